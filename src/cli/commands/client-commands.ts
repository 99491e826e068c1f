import { type Command, Option } from 'commander';
import { allScopes } from '../../domain/client.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ApiCommandTools } from '../api-command.ts';
import type { ApiConnection } from '../connection.ts';
import { type OutputOptions, linesOf, listAt, tableOf, textAt, valueAt } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { idOfUser } from './user-of.ts';
import { idOfClient, idOfCredential } from './client-of.ts';

interface AddOptions extends OutputOptions {
  readonly profile: string;
  readonly scopes: string;
  readonly me?: string;
}

interface CredentialOptions extends OutputOptions {
  readonly kind: string;
  readonly until?: string;
}

/** Adds `latchkey clients` and `latchkey credentials` to the program. */
export function addClientCommands(program: Command, { apiCommand }: ApiCommandTools): void {
  const clients = program.command('clients').description('the systems that may call: list, add, pause, remove');
  apiCommand(clients.command('list').description('all clients'), async (api, output) => {
    const { body } = await api.call({ method: 'GET', path: '/admin/v1/clients' });
    const columns = [
      ['ID', 'id'],
      ['NAME', 'name'],
      ['PROFILE', 'profile'],
      ['SCOPES', 'scopes'],
      ['PAUSED', 'paused'],
    ] as const;
    output.show(body, () =>
      tableOf(
        columns,
        listAt(body, 'clients').map((client) => ({
          ...(client as JsonObject),
          scopes: listAt(client, 'scopes')
            .map((scope) => textAt({ scope }, 'scope'))
            .join(','),
        })),
      ),
    );
  });
  apiCommand(
    clients
      .command('add <name>')
      .description('make a client with a token, which is shown once')
      .addOption(
        new Option('--profile <profile>', 'the dialect it speaks')
          .choices(['auto', 'entra', 'okta', 'strict', 'ipsie'])
          .default('auto'),
      )
      .addOption(
        new Option('--scopes <scopes>', `what it may do, separated by commas, of: ${allScopes.join(', ')}`).default(
          'scim:read,scim:write',
        ),
      )
      .option('--me <user>', 'the user that /Me means, by userName or id'),
    async (api, output, { profile, scopes, me }: AddOptions, name: string) => {
      const client = await api.call({
        method: 'POST',
        path: '/admin/v1/clients',
        body: {
          name,
          profile,
          scopes: readScopes(scopes),
          ...(me === undefined ? {} : { me: await idOfUser(api, me) }),
        },
      });
      const id = textAt(client.body, 'id');
      const { body } = await api.call({
        method: 'POST',
        path: `${clientPath(id)}/credentials`,
        body: { kind: 'token' },
      });
      const made = { id, token: valueAt(body, 'token') ?? null, expiresAt: valueAt(body, 'expiresAt') ?? null };
      output.show(made, () => linesOf(made));
    },
  );
  for (const [verb, paused, description] of [
    ['pause', true, 'answer its calls 429 until it is resumed'],
    ['resume', false, 'let it call again'],
  ] as const)
    apiCommand(
      clients.command(`${verb} <client>`).description(description),
      async (api, output, _options: OutputOptions, name: string) => {
        const path = clientPath(await idOfClient(api, name));
        const { body } = await api.call({ method: 'PATCH', path, body: { paused } });
        output.show(body, () => `${name} is ${paused ? 'paused' : 'resumed'}`);
      },
    );
  apiCommand(
    clients.command('remove <client>').description('remove a client; its tokens end at once'),
    async (api, output, _options: OutputOptions, name: string) => {
      const { body } = await api.call({ method: 'DELETE', path: clientPath(await idOfClient(api, name)) });
      output.show(body, () => `${name} is removed`);
    },
  );

  const credentials = program.command('credentials').description("clients' credentials: list, add, rotate, revoke");
  apiCommand(
    credentials.command('list <client>').description('the credentials of a client'),
    async (api, output, _options: OutputOptions, client: string) => {
      const { body } = await api.call({ method: 'GET', path: await credentialsOf(api, client) });
      const columns = [
        ['ID', 'id'],
        ['KIND', 'kind'],
        ['MADE', 'createdAt'],
        ['ENDS', 'expiresAt'],
        ['REVOKED', 'revokedAt'],
        ['LAST USED', 'lastUsedAt'],
        ['FROM', 'lastUsedFrom'],
      ] as const;
      output.show(body, () => tableOf(columns, listAt(body, 'credentials')));
    },
  );
  apiCommand(
    credentials
      .command('add <client>')
      .description('make another token or secret of a client, which is shown once')
      .addOption(new Option('--kind <kind>', 'what kind').choices(['token', 'secret']).default('token'))
      .option('--until <moment>', 'when it ends, ISO 8601; a year from now without it, three years at most'),
    async (api, output, { kind, until }: CredentialOptions, client: string) => {
      const body = { kind, ...(until === undefined ? {} : { expiresAt: until }) };
      await showMade(api, output, { method: 'POST', path: await credentialsOf(api, client), body });
    },
  );
  apiCommand(
    credentials
      .command('rotate <client> [credential]')
      .description('make the successor of a token or secret; the old one works for 7 more days'),
    async (api, output, _options: OutputOptions, client: string, credential: string | undefined) => {
      const [path] = await credentialAt(api, client, credential);
      await showMade(api, output, { method: 'POST', path: `${path}/rotate` });
    },
  );
  apiCommand(
    credentials.command('revoke <client> [credential]').description('withdraw a credential at once'),
    async (api, output, _options: OutputOptions, client: string, credential: string | undefined) => {
      const [path, id] = await credentialAt(api, client, credential);
      const { body } = await api.call({ method: 'DELETE', path });
      output.show(body, () => `${id} is revoked`);
    },
  );
}

async function showMade(
  api: ApiConnection,
  output: Parameters<Parameters<ApiCommandTools['apiCommand']>[1]>[1],
  call: Parameters<ApiConnection['call']>[0],
): Promise<void> {
  const { body } = await api.call(call);
  output.show(body, () => linesOf((body ?? {}) as JsonObject));
}

/** @throws UsageError naming the scopes that do not exist */
function readScopes(list: string): string[] {
  const scopes = [...new Set(list.split(',').map((scope) => scope.trim()))].filter((scope) => scope !== '');
  const unknown = scopes.filter((scope) => !allScopes.includes(scope));
  if (unknown.length > 0 || scopes.length === 0)
    throw new UsageError(`--scopes takes ${allScopes.join(', ')}, not '${unknown.join(', ')}'`);
  return scopes;
}

function clientPath(id: string): string {
  return `/admin/v1/clients/${encodeURIComponent(id)}`;
}

async function credentialsOf(api: ApiConnection, client: string): Promise<string> {
  return `${clientPath(await idOfClient(api, client))}/credentials`;
}

/** The path of a credential, and its id. */
async function credentialAt(
  api: ApiConnection,
  name: string,
  given: string | undefined,
): Promise<readonly [path: string, id: string]> {
  const client = await idOfClient(api, name);
  const id = await idOfCredential(api, client, given);
  return [`${clientPath(client)}/credentials/${encodeURIComponent(id)}`, id];
}
