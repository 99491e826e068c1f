import type { DomainEvent } from '../../src/domain/events.ts';
import type { Delivery } from '../../src/notify/delivery/delivery.ts';
import type { Commit, StoredRecord } from '../../src/provisioning/records/resource-store.ts';
import type { SearchDocument } from '../../src/scim/search/search-document.ts';
import type { Store } from '../../src/store/store.ts';

/** One store under test: `wipe` empties it between tests, `close` ends it after the last. */
export interface OpenedStore {
  readonly store: Store;
  wipe(): Promise<void>;
  close(): Promise<void>;
}

/** The tenant that tests write to when they do not care. */
export const TENANT = 'harbour';

const MADE_AT = '2026-03-01T08:00:00.000Z';

type Put = Extract<Commit, { kind: 'put' }>;

/** The first version of a User whose userName is its id, unless `changes` say otherwise. */
export function newUser(
  id: string,
  changes: Partial<Omit<Put, 'record'>> & { readonly tenant?: string; readonly record?: Partial<StoredRecord> } = {},
): Put {
  const { tenant = TENANT, record, ...rest } = changes;
  return {
    kind: 'put',
    record: {
      tenant,
      type: 'User',
      id,
      version: 1,
      created: MADE_AT,
      lastModified: MADE_AT,
      resource: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: id },
      ...record,
    },
    expectedVersion: 0,
    search: searchOf('user', id, { username: id }),
    uniqueKeys: [`username:${id}`],
    lookupKeys: [],
    events: [],
    ...rest,
  };
}

/** The first version of a Group whose displayName is its id. */
export function newGroup(
  id: string,
  changes: Partial<Omit<Put, 'record'>> & { readonly members?: Put['members'] } = {},
): Put {
  return newUser(id, {
    record: { type: 'Group', resource: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: id } },
    search: searchOf('group', id, { displayname: id.toLowerCase() }),
    uniqueKeys: [],
    ...changes,
  });
}

/** The next version of what `put` wrote. */
export function nextVersion(
  put: Put,
  changes: Partial<Omit<Put, 'record'>> & { readonly record?: Partial<StoredRecord> } = {},
): Put {
  const { record, ...rest } = changes;
  return {
    ...put,
    // Members are a change, not a state: the next version names its own.
    members: undefined,
    record: { ...put.record, version: put.record.version + 1, lastModified: '2026-03-01T09:00:00.000Z', ...record },
    expectedVersion: put.record.version,
    events: [],
    ...rest,
  };
}

/** The removal of a record at a version. */
export function removal(
  record: Pick<StoredRecord, 'type' | 'id' | 'version'> & { readonly tenant?: string },
  events: readonly DomainEvent[] = [],
): Commit {
  return {
    kind: 'remove',
    tenant: record.tenant ?? TENANT,
    type: record.type,
    id: record.id,
    expectedVersion: record.version,
    events,
  };
}

/** A search document with what every one holds. */
export function searchOf(resourceType: string, id: string, values: SearchDocument = {}): SearchDocument {
  const moment = '2026-03-01T08:00:00.000000000Z';
  return { id, ...values, meta: { resourcetype: resourceType, created: moment, lastmodified: moment } };
}

/** Members of a group to add. */
export function adding(...values: readonly string[]): NonNullable<Put['members']> {
  return { clear: false, remove: [], add: values.map((value) => ({ value, type: 'User' as const })) };
}

/** An event about a user. */
export function event(id: string, changes: Partial<DomainEvent> = {}): DomainEvent {
  return {
    id,
    tenant: TENANT,
    type: 'user.created',
    at: MADE_AT,
    resourceType: 'User',
    resourceId: 'u1',
    version: 1,
    triggeredBy: 'scim',
    data: {},
    ...changes,
  };
}

/** A queued delivery that is due since the fixtures' moment. */
export function delivery(id: string, changes: Partial<Delivery> = {}): Delivery {
  return {
    id,
    tenant: TENANT,
    channel: 'email',
    template: 'invitation',
    userId: 'u1',
    eventId: `event-of-${id}`,
    data: {},
    state: 'queued',
    createdAt: MADE_AT,
    notBefore: MADE_AT,
    attempts: 0,
    messageId: `<${id}@latchkey.example>`,
    reported: true,
    ...changes,
  };
}

/** What a worker writes of a delivery it had leased. */
export function unleased(leased: Delivery | undefined, changes: Partial<Delivery>): Delivery {
  if (leased === undefined) throw new Error('nothing was leased');
  const written: Delivery & { lease?: Delivery['lease'] } = { ...leased, ...changes };
  delete written.lease;
  return written;
}

/** All that an iterable of chunks yields, in one array. */
export async function gather<T>(chunks: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const chunk of chunks) all.push(...chunk);
  return all;
}
