import { type Command, Option } from 'commander';
import { allScopes } from '../client.ts';
import type { ClientProfile } from '../client-profile.ts';
import { usualEnd } from '../clients/credential-life.ts';
import { daysAfter } from '../clients/remembered.ts';
import { rotationDays } from '../clients/credential-register.ts';
import { systemClock } from '../clock.ts';
import type { ClientParts } from '../composition/compose-clients.ts';
import { ConfigError } from '../config/config.ts';
import type { ResourceStore } from '../provisioning/records/resource-store.ts';
import { userNameKey } from '../provisioning/user/user-name-key.ts';
import { inTenant, tenantOption, type TenantOption } from './tenant-option.ts';

/** What the commands are given by the program. */
export interface CommandTools {
  readonly print: (text: string) => void;
  /** Ends the process with a plain sentence where the operator can mend what went wrong. */
  readonly guarded: <Arguments extends unknown[]>(
    action: (...args: Arguments) => Promise<void>,
  ) => (...args: Arguments) => Promise<void>;
}

interface AddOptions extends TenantOption {
  readonly profile: ClientProfile;
  readonly scopes: string;
  readonly me?: string;
}

/** Adds `latchkey clients` and `latchkey credentials` to the program. */
export function addClientCommands(program: Command, { print, guarded }: CommandTools): void {
  const clients = program.command('clients').description('the systems that may call: list, add, remove');
  clients
    .command('list')
    .addOption(tenantOption())
    .action(
      guarded(async ({ tenant }: TenantOption) =>
        inTenant(tenant, async ({ clients: register }) => {
          for (const { id, profile, createdAt, scopes, name, paused } of await register.list(tenant))
            print(
              `${id}  ${profile.padEnd(6)}  ${createdAt}  ${scopes.join(',')}  ${name}${paused ? '  (paused)' : ''}`,
            );
        }),
      ),
    );
  clients
    .command('add <name>')
    .description('make a client with a token, which is shown once')
    .addOption(
      new Option('--profile <profile>', 'the dialect it speaks')
        .choices(['auto', 'entra', 'okta', 'strict'])
        .default('auto'),
    )
    .addOption(
      new Option('--scopes <scopes>', `what it may do, separated by commas, of: ${allScopes.join(', ')}`).default(
        'scim:read,scim:write',
      ),
    )
    .option('--me <user>', 'the user that /Me stands for, by userName or id')
    .addOption(tenantOption())
    .action(
      guarded(async (name: string, { tenant, profile, scopes, me }: AddOptions) =>
        inTenant(tenant, async ({ clients: register, store: { resources } }) => {
          const client = await register.add({
            tenant,
            name,
            profile,
            scopes: readScopes(scopes),
            ...(me === undefined ? {} : { me: await readUser(resources, tenant, me) }),
          });
          if (client === undefined) throw new ConfigError(['the id of the new client was taken: try again']);
          await printNewToken(register, tenant, client.id);
        }),
      ),
    );
  clients
    .command('remove <id>')
    .addOption(tenantOption())
    .action(
      guarded(async (id: string, { tenant }: TenantOption) =>
        inTenant(tenant, async ({ clients: register }) => {
          if (!(await register.remove(tenant, id))) throw new ConfigError([`there is no client ${id}`]);
        }),
      ),
    );

  const credentials = program.command('credentials').description("clients' credentials: list, add, rotate, revoke");
  credentials
    .command('list <client>')
    .addOption(tenantOption())
    .action(
      guarded(async (client: string, { tenant }: TenantOption) =>
        inTenant(tenant, async ({ clients: register, credentialUses }) => {
          const uses = await credentialUses.of(tenant, client);
          for (const { id, kind, createdAt, expiresAt, revokedAt } of await register.credentials.list(tenant, client)) {
            const end = revokedAt === undefined ? `ends ${expiresAt ?? 'never'}` : `revoked ${revokedAt}`;
            print(`${id}  ${kind.padEnd(10)}  made ${createdAt}  ${end}  used ${uses.get(id)?.lastUsedAt ?? 'never'}`);
          }
        }),
      ),
    );
  credentials
    .command('add <client>')
    .description('make another token of a client, which is shown once')
    .addOption(tenantOption())
    .action(
      guarded(async (client: string, { tenant }: TenantOption) =>
        inTenant(tenant, async ({ clients: register }) => {
          if ((await register.find(tenant, client)) === undefined)
            throw new ConfigError([`there is no client ${client}`]);
          await printNewToken(register, tenant, client);
        }),
      ),
    );
  credentials
    .command('rotate <client> <credential>')
    .description(`make the successor of a token or secret; the old one works for ${rotationDays} more days`)
    .addOption(tenantOption())
    .action(
      guarded(async (client: string, id: string, { tenant }: TenantOption) =>
        inTenant(tenant, async ({ clients: register }) => {
          const old = await register.credentials.find(tenant, client, id);
          if (old === undefined || old.revokedAt !== undefined || (old.kind !== 'token' && old.kind !== 'secret'))
            throw new ConfigError([`the client ${client} has no token or secret ${id} that works`]);
          const draft = { tenant, client, kind: old.kind, expiresAt: usualEnd(systemClock) } as const;
          const made = await register.credentials.rotate(old, draft, rotationDays);
          print(
            `id       ${made?.credential.id}\n${old.kind.padEnd(7)}  ${made?.value}\nthe old one works until ${daysAfter(systemClock.now(), rotationDays)}`,
          );
        }),
      ),
    );
  credentials
    .command('revoke <client> <credential>')
    .description('withdraw a credential at once')
    .addOption(tenantOption())
    .action(
      guarded(async (client: string, id: string, { tenant }: TenantOption) =>
        inTenant(tenant, async ({ clients: register }) => {
          if (!(await register.credentials.revoke(tenant, client, id)))
            throw new ConfigError([`the client ${client} has no credential ${id} that works`]);
        }),
      ),
    );

  async function printNewToken(register: ClientParts['clients'], tenant: string, client: string): Promise<void> {
    const expiresAt = usualEnd(systemClock);
    const made = await register.credentials.add({ tenant, client, kind: 'token', expiresAt });
    print(`id     ${client}\ntoken  ${made?.value}\nuntil  ${expiresAt}`);
  }
}

/** @throws ConfigError naming the scopes that do not exist */
function readScopes(list: string): readonly string[] {
  const scopes = [
    ...new Set(
      list
        .split(',')
        .map((scope) => scope.trim())
        .filter((scope) => scope !== ''),
    ),
  ];
  const unknown = scopes.filter((scope) => !allScopes.includes(scope));
  if (unknown.length > 0 || scopes.length === 0)
    throw new ConfigError([`--scopes takes ${allScopes.join(', ')}, not '${unknown.join(', ')}'`]);
  return scopes;
}

/** @throws ConfigError when there is no such user */
async function readUser(resources: ResourceStore, tenant: string, user: string): Promise<string> {
  const found =
    (await resources.findByKey(tenant, 'User', userNameKey(user))) ?? (await resources.get(tenant, 'User', user));
  if (found === undefined) throw new ConfigError([`--me takes a userName or an id; there is no user '${user}'`]);
  return found.id;
}
