import { type Command, Option } from 'commander';
import { UsageError } from '../usage-error.ts';
import type { ApiCommandTools } from '../api-command.ts';
import { listAt, tableOf, type OutputOptions } from '../output.ts';

/** Adds `latchkey tenants` to the program. */
export function addTenantCommands(program: Command, { apiCommand }: ApiCommandTools): void {
  const tenants = program
    .command('tenants')
    .description('organisations apart from each other: list, add, suspend, erase');
  apiCommand(tenants.command('list').description('all tenants'), async (api, output) => {
    const { body } = await api.call({ method: 'GET', path: '/admin/v1/tenants' });
    const columns = [
      ['ID', 'id'],
      ['NAME', 'name'],
      ['STATUS', 'status'],
      ['MADE', 'createdAt'],
    ] as const;
    output.show(body, () => tableOf(columns, listAt(body, 'tenants')));
  });
  apiCommand(
    tenants
      .command('add <id>')
      .description('make a tenant, served at /t/<id>')
      .option('--name <name>', 'what people call it'),
    async (api, output, { name }: OutputOptions & { name?: string }, id: string) => {
      const { body } = await api.call({ method: 'POST', path: '/admin/v1/tenants', body: { id, name: name ?? id } });
      output.show(body, () => `${id} is served at /t/${id}`);
    },
  );
  for (const [name, status, said] of [
    ['suspend', 'suspended', 'is suspended: it is answered 403, and nothing is sent for it'],
    ['resume', 'active', 'is served again'],
  ] as const)
    apiCommand(
      tenants.command(`${name} <id>`).description(`${name} a tenant`),
      async (api, output, _options: OutputOptions, id: string) => {
        const { body } = await api.call({ method: 'PATCH', path: pathOf(id), body: { status } });
        output.show(body, () => `${id} ${said}`);
      },
    );
  apiCommand(
    tenants
      .command('erase <id>')
      .description('erase a tenant with all its data and keys; this cannot be undone')
      .addOption(new Option('--yes-erase <id>', 'the id once more')),
    async (api, output, { yesErase }: OutputOptions & { yesErase?: string }, id: string) => {
      if (yesErase !== id) throw new UsageError(`to erase everything of ${id}, add --yes-erase ${id}`);
      const { body } = await api.call({ method: 'DELETE', path: pathOf(id) });
      output.show(body, () => `${id} is erased`);
    },
  );
}

function pathOf(id: string): string {
  return `/admin/v1/tenants/${encodeURIComponent(id)}`;
}
