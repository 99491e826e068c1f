import type { Json, JsonObject } from '../../base/json.ts';
import type { ConsoleSite } from '../console-site.ts';
import type { Visit } from '../visit/visit.ts';

type Audit = { readonly events: readonly JsonObject[]; readonly older?: string };
type Calls = { readonly requests: readonly JsonObject[]; readonly nextCursor?: string };

const pageSize = 100;

/**
 * `/console/people/{id}/export.jsonl`: all that is kept of one person, one thing a line, streamed. Each line has a
 * `kind`: `person`, `auditEvent`, `call`. Secrets are never in it.
 */
export function exportPerson(site: ConsoleSite): void {
  const rules = { section: 'people', operations: ['listAuditEvents'] } as const;
  site.page('/people/:id/export.jsonl', rules, async (visit) => {
    const id = visit.param('id');
    // Read before the answer begins, so that a person who is not there is told as such.
    const person = await visit.call<JsonObject>('getUser', { params: { id } });
    return {
      content: linesOf(visit, id, person),
      type: 'application/jsonl',
      headers: { 'Content-Disposition': `attachment; filename="person-${id.replace(/[^\w-]/g, '')}.jsonl"` },
    };
  });
}

async function* linesOf(visit: Visit, id: string, person: JsonObject): AsyncGenerator<string> {
  yield line('person', person);
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const query = { about: id, count: pageSize, cursor };
    const page: Audit = await visit.call<Audit>('listAuditEvents', { query });
    for (const event of page.events) yield line('auditEvent', event);
    cursor = page.older;
  }
  if (!visit.may('listRequests')) return;
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const query = { path: `/Users/${id}`, count: pageSize, cursor };
    const page: Calls = await visit.call<Calls>('listRequests', { query });
    for (const { explanation, ...call } of page.requests) {
      void explanation;
      yield line('call', call);
    }
    cursor = page.nextCursor;
  }
}

function line(kind: string, value: Json): string {
  return `${JSON.stringify({ kind, value })}\n`;
}
