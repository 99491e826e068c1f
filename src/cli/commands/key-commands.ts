import type { Command } from 'commander';
import type { ApiCommandTools } from '../api-command.ts';
import { listAt, tableOf } from '../output.ts';

const columns = [
  ['ID', 'id'],
  ['ACTIVE', 'active'],
  ['SINCE', 'since'],
] as const;

/** Adds `latchkey keys` to the program. */
export function addKeyCommands(program: Command, { apiCommand }: ApiCommandTools): void {
  const keys = program.command('keys').description('the keys that seal secrets at rest: list, rotate');
  apiCommand(
    keys
      .command('list', { isDefault: true })
      .description('the keys, the one that seals first, and since when each is used'),
    async (api, output) => {
      const { body } = await api.call({ method: 'GET', path: '/admin/v1/keys' });
      output.show(body, () => tableOf(columns, listAt(body, 'keys')));
    },
  );
  apiCommand(
    keys
      .command('rotate')
      .description(
        'seal all secrets with the newest key; on the embedded store without LATCHKEY_KEY a new key is made',
      ),
    async (api, output) => {
      const { body } = await api.call({ method: 'POST', path: '/admin/v1/keys/rotate' });
      output.show(body, () => tableOf(columns, listAt(body, 'keys')));
    },
  );
}
