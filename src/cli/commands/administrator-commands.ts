import { type Command, Option } from 'commander';
import { roles } from '../../domain/role.ts';
import type { ApiConnection } from '../connection.ts';
import type { ApiCommandTools } from '../api-command.ts';
import { listAt, tableOf, textAt, type OutputOptions } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { calledAs } from '../called-as.ts';

const path = '/admin/v1/administrators';
const columns = [
  ['ID', 'id'],
  ['NAME', 'name'],
  ['MAIL', 'email'],
  ['ROLE', 'role'],
  ['STATE', 'state'],
  ['SECOND FACTOR', 'secondFactor'],
  ['LAST SIGN-IN', 'lastSignInAt'],
] as const;

/** Adds `latchkey administrators` to the program: who signs in to the console. */
export function addAdministratorCommands(program: Command, { apiCommand }: ApiCommandTools): void {
  const administrators = program
    .command('administrators')
    .description('who signs in to the console: list, invite, role, remove, sessions');
  apiCommand(administrators.command('list').description('all of a tenant'), async (api, output) => {
    const { body } = await api.call({ method: 'GET', path });
    output.show(body, () => tableOf(columns, listAt(body, 'administrators')));
  });
  apiCommand(
    administrators
      .command('invite <address>')
      .description('make an account and mail its link')
      .requiredOption('--name <name>', 'their name')
      .addOption(new Option('--role <role>', 'what they may do').choices([...roles]).makeOptionMandatory()),
    async (api, output, { name, role }: OutputOptions & { name: string; role: string }, email: string) => {
      const { body } = await api.call({ method: 'POST', path, body: { email, name, role } });
      output.show(body, () => `${email} is invited as ${role}`);
    },
  );
  apiCommand(
    administrators.command('invite-again <who>').description('mail the link once more; who is an address or an id'),
    async (api, output, _options: OutputOptions, who: string) => {
      const { body } = await api.call({ method: 'POST', path: `${path}/${await idOf(api, who)}/invite` });
      output.show(body, () => `${who} is invited again`);
    },
  );
  apiCommand(
    administrators.command('role <who> <role>').description(`give another role: ${roles.join(', ')}`),
    async (api, output, _options: OutputOptions, who: string, role: string) => {
      const { body } = await api.call({ method: 'PATCH', path: `${path}/${await idOf(api, who)}`, body: { role } });
      output.show(body, () => `${who} has the role ${role}`);
    },
  );
  apiCommand(
    administrators.command('remove <who>').description('remove an account; its sessions end at once'),
    async (api, output, _options: OutputOptions, who: string) => {
      const { body } = await api.call({ method: 'DELETE', path: `${path}/${await idOf(api, who)}` });
      output.show(body, () => `${who} is removed`);
    },
  );
  apiCommand(
    administrators
      .command('reset-second-factor <who>')
      .description('forget their second factor; they set up another when they sign in'),
    async (api, output, _options: OutputOptions, who: string) => {
      const id = await idOf(api, who);
      const { body } = await api.call({ method: 'POST', path: `${path}/${id}/second-factor/reset` });
      output.show(body, () => `${who} sets up another second factor at the next sign-in`);
    },
  );
  apiCommand(
    administrators.command('sessions <who>').description('where they are signed in'),
    async (api, output, _options: OutputOptions, who: string) => {
      const { body } = await api.call({ method: 'GET', path: `${path}/${await idOf(api, who)}/sessions` });
      const shown = [
        ['SINCE', 'startedAt'],
        ['LAST SEEN', 'seenAt'],
        ['ADDRESS', 'address'],
        ['BROWSER', 'browser'],
      ] as const;
      output.show(body, () => tableOf(shown, listAt(body, 'sessions')));
    },
  );
  apiCommand(
    administrators.command('sign-out <who>').description('end all of their sessions'),
    async (api, output, _options: OutputOptions, who: string) => {
      const { body } = await api.call({ method: 'DELETE', path: `${path}/${await idOf(api, who)}/sessions` });
      output.show(body, () => `${who} is signed out everywhere`);
    },
  );
}

/** @throws UsageError where no account has that address or id */
async function idOf(api: ApiConnection, who: string): Promise<string> {
  const { body } = await api.call({ method: 'GET', path });
  const found = listAt(body, 'administrators').find(
    (one) => textAt(one, 'id') === who || textAt(one, 'email').toLowerCase() === who.toLowerCase(),
  );
  if (found === undefined)
    throw new UsageError(
      `no administrator has the address or id '${who}'; ${calledAs()} administrators list shows them`,
    );
  return encodeURIComponent(textAt(found, 'id'));
}
