import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeForCommand } from '../composition/compose.ts';
import { readConfig } from '../config/config.ts';
import { NoStoreError, UsageError } from './usage-error.ts';
import { farUrl } from './far-url.ts';
import { rootTenant } from '../tenancy/tenant.ts';
import { ApiConnection, type Place, RefusedError } from './connection.ts';
import { isAnswered, serveLocally, socketPathOf } from './local-socket.ts';
import { linkBase } from './link-base.ts';
import { calledAs } from './called-as.ts';

/**
 * Finds a Latchkey for a command: by `LATCHKEY_URL` and `LATCHKEY_TOKEN` one that runs elsewhere; else the one that
 * runs on the data folder, through its socket; else, where none runs, one that is made for this command alone.
 * @param tenant whose data the command is about
 * @param mayMake whether an embedded store is made where there is none; without it, a folder that was named wrongly is
 *   not answered for as if it were an empty store
 * @throws UsageError where a URL is given without a token; NoStoreError; what `compose` throws
 */
export async function withApi(
  tenant: string,
  use: (api: ApiConnection) => Promise<void>,
  mayMake = false,
): Promise<void> {
  const url = farUrl();
  if (url !== undefined) {
    const { LATCHKEY_TOKEN: token } = process.env;
    if (token === undefined || token === '')
      throw new UsageError('LATCHKEY_URL needs LATCHKEY_TOKEN: the token of a client with the scope admin');
    return use(new ApiConnection({ url, token }, tenant));
  }
  const { config } = readConfig(process.env);
  if (config.mongodbUri === undefined && !existsSync(join(config.dataDir, 'latchkey.db'))) {
    if (!mayMake) throw new NoStoreError(config.dataDir);
    process.stderr.write(`There is no store in ${config.dataDir} yet: one is made.\n`);
  }
  const socketPath = socketPathOf(config.dataDir);
  // On MongoDB a command works on the database itself, beside all processes.
  if (config.mongodbUri === undefined && (await isAnswered(socketPath))) return onTenant({ socketPath }, tenant, use);

  const application = await composeForCommand(config, linkBase(config));
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-'));
  try {
    const server = await serveLocally(application.app, application.localCallers, socketPathOf(folder));
    try {
      await onTenant({ socketPath: socketPathOf(folder) }, tenant, use);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  } finally {
    await application.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** To others a tenant that does not exist is one that they have no token for; the operator is told. */
async function onTenant(place: Place, tenant: string, use: (api: ApiConnection) => Promise<void>): Promise<void> {
  if (tenant !== rootTenant) {
    const path = `/admin/v1/tenants/${encodeURIComponent(tenant)}`;
    await new ApiConnection(place, rootTenant).call({ method: 'GET', path }).catch((cause: unknown) => {
      if (cause instanceof RefusedError && cause.status === 404)
        throw new UsageError(`there is no tenant '${tenant}'; ${calledAs()} tenants list shows them all`);
      throw cause;
    });
  }
  return use(new ApiConnection(place, tenant));
}
