import type { Command } from 'commander';
import type { Json } from '../../base/json.ts';
import { rootTenant } from '../../tenancy/tenant.ts';
import type { ApiCommandParts } from '../api-command.ts';
import type { ApiConnection } from '../connection.ts';
import { listAt, textAt } from '../output.ts';
import { tenantOption, type TenantOption } from '../tenant-option.ts';
import { toStandardOutput } from '../standard-output.ts';
import { writeWholeFile } from '../whole-file.ts';
import { idOfUser } from './user-of.ts';

interface ExportOptions extends TenantOption {
  readonly output?: string;
  readonly person?: string;
}

/** Resources in one page. */
const pageSize = 200;

/** Adds `latchkey export` to the program: all of a tenant, or of one person, as JSON Lines, streamed. */
export function addExportCommand(program: Command, { withApi, guarded }: ApiCommandParts): void {
  program
    .command('export')
    .description('all that a tenant has, or that is kept of one person, as JSON Lines; secrets are left out')
    .option('--person <user>', 'one person alone (by userName or id): profile, messages, audit events, calls')
    .option('--output <file>', 'a file, which appears when it is whole; without it standard output')
    .addOption(tenantOption())
    .action(
      guarded(async ({ tenant, output, person }: ExportOptions) => {
        // A whole tenant is the operator's to take; one person is their tenant's.
        await withApi(person === undefined ? rootTenant : tenant, async (api) => {
          const lines =
            person === undefined
              ? await api.download(`/admin/v1/tenants/${encodeURIComponent(tenant)}/export`)
              : linesOfPerson(api, await idOfUser(api, person));
          if (output === undefined) await toStandardOutput(lines);
          else {
            await writeWholeFile(output, lines);
            process.stderr.write(
              `${output} is written. It holds personal data: keep it where only those can read it who may.\n`,
            );
          }
        });
      }),
    );
}

/** Each line has a `kind`: `person`, `message`, `auditEvent`, `call`. */
async function* linesOfPerson(api: ApiConnection, id: string): AsyncGenerator<string> {
  const { body } = await api.call({ method: 'GET', path: `/admin/v1/users/${encodeURIComponent(id)}` });
  yield line('person', body ?? null);
  const onboarding = await api.call({ method: 'GET', path: `/admin/v1/users/${encodeURIComponent(id)}/onboarding` });
  for (const delivery of listAt(onboarding.body, 'deliveries')) yield line('message', delivery);
  const filter = `target.id eq "${id}" or actor.id eq "${id}"`;
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const query = new URLSearchParams({ filter, count: String(pageSize), cursor });
    const page = await api.call({ method: 'GET', path: `/scim/v2/AuditEvents?${query.toString()}` });
    for (const event of listAt(page.body, 'Resources')) yield line('auditEvent', event);
    const next = textAt(page.body, 'nextCursor');
    cursor = next === '' ? undefined : next;
  }
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const query = new URLSearchParams({ path: `/Users/${id}`, count: '100', ...(cursor === '' ? {} : { cursor }) });
    const page = await api.call({ method: 'GET', path: `/admin/v1/requests?${query.toString()}` });
    for (const call of listAt(page.body, 'requests')) yield line('call', call);
    const next = textAt(page.body, 'nextCursor');
    cursor = next === '' ? undefined : next;
  }
}

function line(kind: string, value: Json): string {
  return `${JSON.stringify({ kind, value })}\n`;
}
