import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { ApiConnection } from '../connection.ts';
import type { ApiCommandTools } from '../api-command.ts';
import { type OutputOptions, linesOf, listAt, tableOf, textAt } from '../output.ts';
import { readPassword } from '../read-input.ts';
import { showMessages, showPerson } from './show-person.ts';
import { idOfUser } from './user-of.ts';
import { UsageError } from '../usage-error.ts';

const extension = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

interface CreateOptions extends OutputOptions {
  readonly name?: string;
  readonly mail?: string;
  readonly phone?: string;
  readonly invite?: boolean;
  readonly by?: string;
  readonly send?: boolean;
  readonly passwordStdin?: boolean;
  readonly forceChange?: boolean;
  readonly dryRun?: boolean;
}

interface ResetOptions extends OutputOptions {
  readonly send?: boolean;
  readonly passwordStdin?: boolean;
  readonly forceChange?: boolean;
  readonly dryRun?: boolean;
}

/** What happens to one user, each an operation of the admin API of the same name. */
const actions = [
  ['invite', 'invite a user who has not set a password yet'],
  ['resend', 'send the pending message again'],
  ['cancel', 'end open links and codes, and what has not gone out'],
  ['unlock', 'end a lock after failed sign-ins'],
  ['verify-email', 'take the address as proved'],
  ['deactivate', 'take access away at once'],
  ['reactivate', 'give access back'],
  ['restore', 'put a user back who was deleted within the last 30 days (by id)'],
] as const;

/** Adds `latchkey users` to the program. */
export function addUserCommands(program: Command, { apiCommand }: ApiCommandTools): void {
  const users = program.command('users').description('people: find, show, create, invite, resend, reset, unlock …');

  apiCommand(
    users
      .command('list')
      .description('who is there, by a SCIM filter')
      .option('--filter <filter>', `a SCIM filter, such as '${extension}:status eq "invited"'`)
      .option('--count <number>', 'how many at most', '100'),
    async (api, output, { filter, count }: OutputOptions & { filter?: string; count: string }) => {
      const query = new URLSearchParams({ count, ...(filter === undefined ? {} : { filter }) });
      const { body } = await api.call({ method: 'GET', path: `/scim/v2/Users?${query.toString()}` });
      output.show(body, () => {
        const table = tableOf(
          [
            ['ID', 'id'],
            ['USER NAME', 'userName'],
            ['NAME', 'displayName'],
            ['ACTIVE', 'active'],
            ['STATUS', 'status'],
          ],
          listAt(body, 'Resources').map((user) => ({
            ...(isJsonObject(user) ? user : {}),
            status: isJsonObject(user) && isJsonObject(user[extension]) ? (user[extension]['status'] ?? null) : null,
          })),
        );
        return `${table}\n\n${textAt(body, 'totalResults')} in all`;
      });
    },
  );

  apiCommand(
    users.command('show <user>').description('one person, how far they are, and every delivery (by userName or id)'),
    async (api, output, _options: OutputOptions, user: string) => {
      const { body } = await api.call({ method: 'GET', path: `${await pathOf(api, user)}/onboarding` });
      output.show(body, () => `${showPerson(body)}\n\n${showMessages(listAt(body, 'deliveries'))}`);
    },
  );

  apiCommand(
    users
      .command('create <userName>')
      .description('create a user and give them their first key')
      .option('--name <name>', 'given and family name, such as "Ines Okoro"')
      .option('--mail <address>', 'the address that messages go to; without it the user name, where that is one')
      .option('--phone <number>', 'a mobile number, with its country code')
      .option('--invite', 'invite them to set a password (the default, where no password is given)')
      .option('--by <method>', 'how to invite: emailLink, emailOtp or smsOtp')
      .option('--send', 'generate a password and mail it')
      .option('--password-stdin', 'take the password from standard input')
      .option('--no-force-change', 'do not ask for another password at the first sign-in')
      .option('--dry-run', 'only tell what would happen'),
    async (api, output, options: CreateOptions, userName: string) => {
      const password = options.passwordStdin === true ? await readPassword() : undefined;
      const withPassword = password !== undefined || options.send === true;
      if (options.invite === true && withPassword) throw new UsageError('--invite and a password exclude each other');
      const body: JsonObject = {
        user: userOf(userName, options),
        ...(withPassword
          ? {
              ...(password === undefined ? {} : { password }),
              send: options.send === true,
              forceChange: options.forceChange !== false,
            }
          : { invite: true }),
      };
      const answer = await api.call({ method: 'POST', path: `/admin/v1/users${dryRunOf(options)}`, body });
      output.show(answer.body, () => showPerson(answer.body));
    },
  );

  for (const [name, description] of actions)
    apiCommand(
      users.command(`${name} <user>`).description(description).option('--dry-run', 'only tell what would happen'),
      async (api, output, options: OutputOptions & { dryRun?: boolean }, user: string) => {
        const path = name === 'restore' ? `/admin/v1/users/${encodeURIComponent(user)}` : await pathOf(api, user);
        const answer = await api.call({ method: 'POST', path: `${path}/${name}${dryRunOf(options)}` });
        output.show(answer.body, () => showPerson(answer.body));
      },
    );

  apiCommand(
    users
      .command('erase <user>')
      .description(
        'delete a user for good: nothing of them is left but ids (by userName or id; of a deleted one the id)',
      )
      .option('--dry-run', 'only tell what would be erased')
      .option('--yes', 'do it without asking'),
    async (api, output, options: OutputOptions & { dryRun?: boolean; yes?: boolean }, user: string) => {
      if (options.dryRun !== true && options.yes !== true)
        throw new UsageError('this cannot be undone: look with --dry-run, then repeat it with --yes');
      const path = `/admin/v1/users/${encodeURIComponent(await idOrDeleted(api, user))}/erase`;
      let { body } = await api.call({ method: 'POST', path: `${path}${dryRunOf(options)}` });
      while (isJsonObject(body) && (body['state'] === 'waiting' || body['state'] === 'running')) {
        await sleep(1_000);
        ({ body } = await api.call({ method: 'GET', path }));
      }
      output.show(body, () => showErasure(body));
      if (isJsonObject(body) && body['state'] === 'failed') process.exitCode = 1;
    },
  );

  apiCommand(
    users
      .command('extend <user>')
      .description('give an open invitation another end')
      .requiredOption('--until <moment>', 'ISO 8601, such as 2031-05-06T17:00:00Z; `never` for no end'),
    async (api, output, { until }: OutputOptions & { until: string }, user: string) => {
      const body = { expiresAt: until === 'never' ? null : until };
      const answer = await api.call({ method: 'POST', path: `${await pathOf(api, user)}/extend`, body });
      output.show(answer.body, () => showPerson(answer.body));
    },
  );

  apiCommand(
    users
      .command('reset <user>')
      .description('put another password in place: a generated one is mailed, or shown once with --no-send')
      .option('--password-stdin', 'take the password from standard input')
      .option('--no-send', 'do not mail it')
      .option('--no-force-change', 'do not ask for another at the next sign-in')
      .option('--dry-run', 'only tell what would happen'),
    async (api, output, options: ResetOptions, user: string) => {
      const password: JsonObject = options.passwordStdin === true ? { password: await readPassword() } : {};
      const body: JsonObject = {
        ...password,
        send: options.send !== false,
        forceChange: options.forceChange !== false,
      };
      const path = `${await pathOf(api, user)}/password${dryRunOf(options)}`;
      const answer = await api.call({ method: 'POST', path, body });
      output.show(answer.body, () => showPerson(answer.body));
    },
  );

  apiCommand(
    users
      .command('address <user> <address>')
      .description('correct the mail address; the pending message goes there again'),
    async (api, output, _options: OutputOptions, user: string, address: string) => {
      const path = `${await pathOf(api, user)}/address`;
      const answer = await api.call({ method: 'POST', path, body: { email: address } });
      output.show(answer.body, () => showPerson(answer.body));
    },
  );
}

function userOf(userName: string, { name, mail, phone, by }: CreateOptions): JsonObject {
  const address = mail ?? (userName.includes('@') ? userName : undefined);
  const [familyName, ...given] = (name ?? '').trim().split(/\s+/).reverse();
  const names = { givenName: given.reverse().join(' '), familyName: familyName ?? '' };
  return {
    userName,
    ...(name === undefined ? {} : { name: names, displayName: name }),
    ...(address === undefined ? {} : { emails: [{ value: address, type: 'work', primary: true }] }),
    ...(phone === undefined ? {} : { phoneNumbers: [{ value: phone, type: 'mobile' }] }),
    ...(by === undefined ? {} : { [extension]: { invitationMethod: by } }),
  };
}

function dryRunOf({ dryRun }: { readonly dryRun?: boolean }): string {
  return dryRun === true ? '?dryRun=true' : '';
}

function showErasure(answer: Json | undefined): string {
  return isJsonObject(answer) ? linesOf(answer) : 'done';
}

/** Of one who is there the id; anything else is taken for the id of one who is not. */
async function idOrDeleted(api: ApiConnection, user: string): Promise<string> {
  try {
    return await idOfUser(api, user);
  } catch (cause) {
    if (/^[\w-]{20,}$/.test(user)) return user;
    throw cause;
  }
}

/** The path of a user in the admin API. @throws UsageError when no user has that userName or id */
async function pathOf(api: ApiConnection, user: string): Promise<string> {
  return `/admin/v1/users/${encodeURIComponent(await idOfUser(api, user))}`;
}
