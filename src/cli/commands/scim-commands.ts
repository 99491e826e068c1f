import type { Command } from 'commander';
import { UsageError } from '../usage-error.ts';
import type { ApiCommandTools } from '../api-command.ts';
import type { OutputOptions } from '../output.ts';
import { linesFrom, readJsonFile } from '../read-input.ts';

const methods: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Adds `latchkey scim` and `latchkey api`: any call, as a client would make it. Their answers are always JSON. */
export function addScimCommands(program: Command, { apiCommand }: ApiCommandTools): void {
  const scim = program
    .command('scim')
    .description('calls of the protocol itself: get, search, post, put, patch, delete, replay');
  apiCommand(
    scim.command('get <path>').description('such as Users/2819c223 or ServiceProviderConfig'),
    async (api, output, _options: OutputOptions, path: string) => {
      const { body } = await api.call({ method: 'GET', path: scimPath(path) });
      output.show(body, () => JSON.stringify(body, undefined, 2));
    },
  );
  apiCommand(
    scim
      .command('search <type> [filter]')
      .description('resources of a type, such as Users, by a filter')
      .option('--attributes <names>', 'only these, separated by commas')
      .option('--count <number>', 'how many at most'),
    async (
      api,
      output,
      options: OutputOptions & { attributes?: string; count?: string },
      type: string,
      filter?: string,
    ) => {
      const { attributes, count } = options;
      const query = new URLSearchParams({
        ...(filter === undefined ? {} : { filter }),
        ...(attributes === undefined ? {} : { attributes }),
        ...(count === undefined ? {} : { count }),
      });
      const { body } = await api.call({ method: 'GET', path: `${scimPath(type)}?${query.toString()}` });
      output.show(body, () => JSON.stringify(body, undefined, 2));
    },
  );
  for (const method of ['post', 'put', 'patch'] as const)
    apiCommand(
      scim
        .command(`${method} <path> <file>`)
        .description(`${method.toUpperCase()} a JSON file; - is standard input`)
        .option('--dry-run', 'only tell what would happen'),
      async (api, output, { dryRun }: OutputOptions & { dryRun?: boolean }, path: string, file: string) => {
        const suffix = dryRun === true ? '?dryRun=true' : '';
        const { body } = await api.call({
          method: method.toUpperCase(),
          path: `${scimPath(path)}${suffix}`,
          body: readJsonFile(file),
          headers: { 'Content-Type': 'application/scim+json' },
        });
        output.show(body, () => (body === undefined ? 'done' : JSON.stringify(body, undefined, 2)));
      },
    );
  apiCommand(
    scim.command('delete <path>').description('such as Users/2819c223'),
    async (api, output, _options: OutputOptions, path: string) => {
      await api.call({ method: 'DELETE', path: scimPath(path) });
      output.show(null, () => 'deleted');
    },
  );
  apiCommand(
    scim
      .command('replay <request>')
      .description(
        'what a call of the request log would come to now, as a dry run; its id is in `api GET /admin/v1/requests`',
      ),
    async (api, output, _options: OutputOptions, request: string) => {
      const path = `/admin/v1/requests/${encodeURIComponent(request)}/replay`;
      const { body } = await api.call({ method: 'POST', path });
      output.show(body, () => JSON.stringify(body, undefined, 2));
    },
  );
  apiCommand(
    program
      .command('api <method> <path> [file]')
      .description('any call of the admin API, such as `api GET /admin/v1/requests`; - is standard input'),
    async (api, output, _options: OutputOptions, method: string, path: string, file: string | undefined) => {
      if (!path.startsWith('/')) throw new UsageError(`a path begins with /: '/admin/v1/…', not '${path}'`);
      if (!methods.includes(method.toUpperCase()))
        throw new UsageError(`a method is one of ${methods.join(', ')}, not '${linesFrom(method)}'`);
      const call = { method: method.toUpperCase(), path, ...(file === undefined ? {} : { body: readJsonFile(file) }) };
      const { body } = await api.call(call);
      output.show(body, () => JSON.stringify(body, undefined, 2));
    },
  );
}

function scimPath(path: string): string {
  return `/scim/v2/${path.replace(/^\/+/, '').replace(/^scim\/v2\//, '')}`;
}
