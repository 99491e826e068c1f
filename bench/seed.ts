import type { JsonObject } from '../src/base/json.ts';
import { benchUser } from './bench-user.ts';
import type { Contestant } from './process.ts';

/** What stands in a server before it is measured. */
export interface Seeded {
  readonly users: readonly string[];
  /** Ids of groups by their number of members. */
  readonly groups: ReadonlyMap<number, string>;
}

const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const bulkUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/**
 * Creates users and groups over SCIM: users by Bulk, each group with all its members in one request.
 * @param pace requests at a time, and users in each of them
 */
export async function seed(
  server: Contestant,
  headers: Record<string, string>,
  users: number,
  groupSizes: readonly number[],
  { inFlight, chunk } = { inFlight: 16, chunk: 100 },
): Promise<Seeded> {
  const send = async (path: string, body: JsonObject): Promise<JsonObject> => {
    const answer = await fetch(server.url + server.base + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`seeding ${server.name} failed: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as JsonObject;
  };
  const ids = new Array<string>(users);
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < users) {
        const start = next;
        next = Math.min(users, start + chunk);
        const operations = Array.from({ length: next - start }, (_, index) => ({
          method: 'POST',
          path: '/Users',
          bulkId: String(start + index),
          data: benchUser(start + index),
        }));
        const { Operations: done } = await send('/Bulk', { schemas: [bulkUrn], Operations: operations });
        for (const { bulkId, location } of done as { bulkId: string; location: string }[])
          ids[Number(bulkId)] = location.slice(location.lastIndexOf('/') + 1);
      }
    }),
  );
  console.log(
    `${server.name}: ${users} users by Bulk, ${Math.round((users / (performance.now() - began)) * 1000)} a second`,
  );
  const groups = new Map<number, string>();
  for (const size of groupSizes) {
    const members = ids.slice(0, size).map((value) => ({ value }));
    groups.set(size, idOf(await send('/Groups', { schemas: [groupUrn], displayName: `Group of ${size}`, members })));
  }
  return { users: ids, groups };
}

/** The id of what was created. */
export function idOf({ id }: JsonObject): string {
  if (typeof id !== 'string') throw new Error('a created resource has no id');
  return id;
}

/** The body of a PATCH that takes a member out of a group, or puts it back, spelt as Entra ID does. */
export function memberPatch(op: 'Add' | 'Remove', member: string): string {
  const operation =
    op === 'Add' ? { op, path: 'members', value: [{ value: member }] } : { op, path: `members[value eq "${member}"]` };
  return JSON.stringify({ schemas: [patchUrn], Operations: [operation] });
}
