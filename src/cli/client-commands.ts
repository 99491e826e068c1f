import { type Command, Option } from 'commander';
import { allScopes } from '../client.ts';
import type { ClientProfile } from '../client-profile.ts';
import { usualEnd } from '../clients/credential-life.ts';
import { daysAfter } from '../clients/remembered.ts';
import { rotationDays } from '../clients/credential-register.ts';
import { systemClock } from '../clock.ts';
import { composeClients, type ClientParts } from '../composition/compose-clients.ts';
import { defaultTenant } from '../composition/first-start.ts';
import { ConfigError } from '../config/config.ts';
import type { ResourceStore } from '../provisioning/records/resource-store.ts';
import { userNameKey } from '../provisioning/user/user-name-key.ts';
import type { Store } from '../store/store.ts';

/** What the commands are given by the program. */
export interface CommandTools {
  readonly withStore: (use: (store: Store) => Promise<void>) => Promise<void>;
  readonly print: (text: string) => void;
  /** Ends the process with a plain sentence where the operator can mend what went wrong. */
  readonly guarded: <Arguments extends unknown[]>(
    action: (...args: Arguments) => Promise<void>,
  ) => (...args: Arguments) => Promise<void>;
}

interface AddOptions {
  readonly profile: ClientProfile;
  readonly scopes: string;
  readonly me?: string;
}

/** Adds `latchkey clients` and `latchkey credentials` to the program. */
export function addClientCommands(program: Command, { withStore, print, guarded }: CommandTools): void {
  const withClients = (use: (parts: ClientParts, store: Store) => Promise<void>): Promise<void> =>
    withStore((store) => use(composeClients(store.notes, systemClock), store));

  const clients = program.command('clients').description('the systems that may call: list, add, remove');
  clients.command('list').action(
    guarded(async () =>
      withClients(async ({ clients: register }) => {
        for (const { id, profile, createdAt, scopes, name, paused } of await register.list(defaultTenant))
          print(`${id}  ${profile.padEnd(6)}  ${createdAt}  ${scopes.join(',')}  ${name}${paused ? '  (paused)' : ''}`);
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
    .action(
      guarded(async (name: string, { profile, scopes, me }: AddOptions) =>
        withClients(async ({ clients: register }, { resources }) => {
          const client = await register.add({
            tenant: defaultTenant,
            name,
            profile,
            scopes: readScopes(scopes),
            ...(me === undefined ? {} : { me: await readUser(resources, me) }),
          });
          if (client === undefined) throw new ConfigError(['the id of the new client was taken: try again']);
          await printNewToken(register, client.id);
        }),
      ),
    );
  clients.command('remove <id>').action(
    guarded(async (id: string) =>
      withClients(async ({ clients: register }) => {
        if (!(await register.remove(defaultTenant, id))) throw new ConfigError([`there is no client ${id}`]);
      }),
    ),
  );

  const credentials = program.command('credentials').description("clients' credentials: list, add, rotate, revoke");
  credentials.command('list <client>').action(
    guarded(async (client: string) =>
      withClients(async ({ clients: register, credentialUses }) => {
        const uses = await credentialUses.of(defaultTenant, client);
        for (const { id, kind, createdAt, expiresAt, revokedAt } of await register.credentials.list(
          defaultTenant,
          client,
        )) {
          const end = revokedAt === undefined ? `ends ${expiresAt ?? 'never'}` : `revoked ${revokedAt}`;
          print(`${id}  ${kind.padEnd(10)}  made ${createdAt}  ${end}  used ${uses.get(id)?.lastUsedAt ?? 'never'}`);
        }
      }),
    ),
  );
  credentials
    .command('add <client>')
    .description('make another token of a client, which is shown once')
    .action(
      guarded(async (client: string) =>
        withClients(async ({ clients: register }) => {
          if ((await register.find(defaultTenant, client)) === undefined)
            throw new ConfigError([`there is no client ${client}`]);
          await printNewToken(register, client);
        }),
      ),
    );
  credentials
    .command('rotate <client> <credential>')
    .description(`make the successor of a token or secret; the old one works for ${rotationDays} more days`)
    .action(
      guarded(async (client: string, id: string) =>
        withClients(async ({ clients: register }) => {
          const old = await register.credentials.find(defaultTenant, client, id);
          if (old === undefined || old.revokedAt !== undefined || (old.kind !== 'token' && old.kind !== 'secret'))
            throw new ConfigError([`the client ${client} has no token or secret ${id} that works`]);
          const draft = { tenant: defaultTenant, client, kind: old.kind, expiresAt: usualEnd(systemClock) } as const;
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
    .action(
      guarded(async (client: string, id: string) =>
        withClients(async ({ clients: register }) => {
          if (!(await register.credentials.revoke(defaultTenant, client, id)))
            throw new ConfigError([`the client ${client} has no credential ${id} that works`]);
        }),
      ),
    );

  async function printNewToken(register: ClientParts['clients'], client: string): Promise<void> {
    const expiresAt = usualEnd(systemClock);
    const made = await register.credentials.add({ tenant: defaultTenant, client, kind: 'token', expiresAt });
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
async function readUser(resources: ResourceStore, user: string): Promise<string> {
  const found =
    (await resources.findByKey(defaultTenant, 'User', userNameKey(user)))
    ?? (await resources.get(defaultTenant, 'User', user));
  if (found === undefined) throw new ConfigError([`--me takes a userName or an id; there is no user '${user}'`]);
  return found.id;
}
