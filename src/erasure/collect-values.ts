import type { EventLog } from '../history/event-log.ts';

import type { DeletedUsers } from '../provisioning/records/deleted-users.ts';
import type { ResourceStore } from '../provisioning/records/resource-store.ts';
import { typedWords, wordsFrom } from '../provisioning/records/find-keys.ts';
import type { Condition } from '../scim/search/condition.ts';
import { ValueCollector } from './values-of-person.ts';

/** What the values of a person are found with. */
export interface CollectParts {
  readonly store: Pick<ResourceStore, 'get' | 'query'>;
  readonly events: Pick<EventLog, 'query' | 'seal'>;
  readonly deleted: Pick<DeletedUsers, 'find'>;
}

const pageSize = 500;

/** Events about a person, of a person's own doing too. */
export function eventsOf(person: string): Condition {
  return { kind: 'or', conditions: [equals('target', person), equals('actor', person)] };
}

/**
 * All values by which a person is or was known: of their record, of the copy of a deleted one, and of what events tell
 * of them. Single names are among them where nobody else in the tenant bears them.
 */
export async function collectValues(parts: CollectParts, tenant: string, id: string): Promise<readonly string[]> {
  const { store, events, deleted } = parts;
  const values = new ValueCollector();
  const [present, past] = [await store.get(tenant, 'User', id), await deleted.find(tenant, id)];
  if (present !== undefined) values.addRecord(present);
  if (past !== undefined) values.addRecord(past.record);
  while ((await events.seal(tenant, pageSize)) > 0);
  for (let offset = 0; ;) {
    const { entries } = await events.query({
      tenant,
      condition: equals('target', id),
      sort: undefined,
      limit: pageSize,
      page: { offset },
    });
    for (const entry of entries) values.addEvent(entry);
    offset += entries.length;
    if (entries.length < pageSize) break;
  }
  const rare: string[] = [];
  for (const name of values.names) if (await isOnlyTheirs(parts, tenant, id, name)) rare.push(name);
  return [...values.own, ...rare];
}

/** Whether nobody else bears a name. */
async function isOnlyTheirs(
  { store }: Pick<CollectParts, 'store'>,
  tenant: string,
  id: string,
  name: string,
): Promise<boolean> {
  const keys = typedWords(name).map((word) => ({ anyOf: [wordsFrom(word)] }));
  if (keys.length === 0) return false;
  const { records } = await store.query({
    tenant,
    type: 'User',
    condition: undefined,
    keys,
    sort: undefined,
    limit: 2,
    page: { offset: 0 },
  });
  return records.every((record) => record.id === id);
}

function equals(part: 'target' | 'actor', id: string): Condition {
  const target = [
    { key: part, multiValued: false },
    { key: 'id', multiValued: false },
  ];
  return { kind: 'compare', operator: 'eq', target, value: id };
}
