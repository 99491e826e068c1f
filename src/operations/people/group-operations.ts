import type { Json } from '../../base/json.ts';
import { typedWords, wordsFrom } from '../../provisioning/records/find-keys.ts';
import type { ResourceStore, StoredRecord } from '../../provisioning/records/resource-store.ts';
import { NotFoundError } from '../../scim/model/scim-error.ts';
import { operation, type Operation } from '../operation.ts';
import type { PageCursors } from './page-cursors.ts';
import type { PeopleList } from './people-list.ts';

type ListQuery = { readonly q?: string; readonly count: number; readonly cursor?: string };

/** A group in a list. Times are ISO 8601 UTC. */
export interface GroupRow {
  readonly id: string;
  readonly displayName: string;
  readonly externalId?: string | undefined;
  readonly createdAt: string;
  readonly changedAt: string;
}

/** What the operations work with. */
export interface GroupOperationsParts {
  readonly store: ResourceStore;
  readonly people: PeopleList;
  readonly cursors: PageCursors;
}

const nestedShown = 100;

/** What administrators see of groups: lists, one group, its members of any depth. */
export function groupOperations({ store, people, cursors }: GroupOperationsParts): Readonly<Record<string, Operation>> {
  const groupOf = async (tenant: string, id: string): Promise<StoredRecord> => {
    const record = await store.get(tenant, 'Group', id);
    if (record === undefined) throw new NotFoundError(`There is no Group with id "${id.slice(0, 100)}".`);
    return record;
  };
  return {
    listGroups: operation<unknown, ListQuery>(async ({ actor: { tenant }, query: { q = '', count, cursor } }) => {
      const start = cursors.open(tenant, cursor);
      const page = await store.query({
        tenant,
        type: 'Group',
        condition: undefined,
        keys: typedWords(q).map((word) => ({ anyOf: [wordsFrom(word)] })),
        sort: undefined,
        limit: count,
        page: start ?? { before: '' },
      });
      return {
        body: {
          groups: [...page.records].reverse().map(rowOf),
          totalResults: page.total,
          older: cursors.sign(tenant, 'before', page.previous),
          newer: start === undefined ? undefined : cursors.sign(tenant, 'after', page.next),
        },
      };
    }),
    getGroup: operation(async ({ actor: { tenant }, id }) => {
      const record = await groupOf(tenant, id);
      const [parents, nested] = await Promise.all([
        store.groupsOf(tenant, [id]),
        store.query({
          tenant,
          type: 'Group',
          condition: {
            kind: 'related',
            relation: 'groups',
            condition: { kind: 'compare', target: [{ key: 'value', multiValued: false }], operator: 'eq', value: id },
          },
          sort: undefined,
          limit: nestedShown,
          page: { offset: 0 },
        }),
      ]);
      return {
        body: {
          ...rowOf(record),
          version: record.version,
          parents: (parents.get(id) ?? []).map(({ value, display, type }) => ({
            id: value,
            displayName: display,
            type,
          })),
          nested: nested.records.map(rowOf),
          nestedTotal: nested.total,
        },
      };
    }),
    listGroupMembers: operation<unknown, ListQuery>(async ({ actor: { tenant }, id, query: { q, count, cursor } }) => {
      await groupOf(tenant, id);
      const start = cursors.open(tenant, cursor);
      const page = await people.page(tenant, { group: id, ...(q === undefined ? {} : { q }) }, count, start);
      const groups = await store.groupsOf(
        tenant,
        page.people.map((person) => person.id),
      );
      return {
        body: {
          members: page.people.map((person) => ({
            ...person,
            membership: groups.get(person.id)?.find(({ value }) => value === id)?.type ?? 'direct',
          })),
          totalResults: page.total,
          older: cursors.sign(tenant, 'before', page.older),
          newer: start === undefined ? undefined : cursors.sign(tenant, 'after', page.newer),
        },
      };
    }),
  };
}

function rowOf({ id, resource, created, lastModified }: StoredRecord): GroupRow {
  return {
    id,
    displayName: text(resource['displayName']) ?? id,
    externalId: text(resource['externalId']),
    createdAt: created,
    changedAt: lastModified,
  };
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
