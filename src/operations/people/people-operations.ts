import type { Clock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Outbox } from '../../notify/outbox/outbox.ts';
import type { AdminRecords } from '../../provisioning/admin/admin-records.ts';
import type { OnboardingOverview } from '../../provisioning/first-key/onboarding-overview.ts';
import type { DeletedUsers } from '../../provisioning/records/deleted-users.ts';
import type { ResourceStore, StoredRecord } from '../../provisioning/records/resource-store.ts';
import { emailAddress } from '../../provisioning/user/first-key-address.ts';
import { readOnboarding } from '../../provisioning/user/latchkey-extension.ts';
import { personOf } from '../../provisioning/user/person.ts';
import { NotFoundError } from '../../scim/model/scim-error.ts';
import { byteOrderMark, csvLine } from '../csv.ts';
import { timelineOf } from '../messages/delivery-view.ts';
import { operation, type Operation } from '../operation.ts';
import { lookUp, type LookupParts } from './people-lookups.ts';
import type { PageCursors } from './page-cursors.ts';
import type { PeopleList, PeopleListParts } from './people-list.ts';
import { peopleFilter, type PeopleQuery } from './people-query.ts';
import type { PersonRow } from './person-row.ts';
import { profileOf } from './profile-view.ts';
import type { SavedViews } from './saved-views.ts';
import { shownMessage, type ShownMessageParts } from '../messages/shown-message.ts';

type ListQuery = PeopleQuery & { readonly count: number; readonly cursor?: string };

/** What the operations work with. */
export interface PeopleOperationsParts extends PeopleListParts, ShownMessageParts {
  readonly store: ResourceStore;
  readonly overview: OnboardingOverview;
  readonly records: AdminRecords;
  readonly deleted: DeletedUsers;
  readonly outbox: Pick<Outbox, 'ofUser' | 'find'>;
  readonly views: SavedViews;
  readonly lookups: LookupParts;
  /** The names of the clients that may have made people. */
  readonly sourcesOf: (tenant: string) => Promise<readonly string[]>;
  /** A user as SCIM shows them, without secrets. */
  readonly scimOf: (record: StoredRecord) => Promise<JsonObject>;
  readonly clock: Clock;
  readonly people: PeopleList;
  readonly cursors: PageCursors;
}

/** The columns of a CSV of people, in their order. */
export const csvColumns = [
  'id',
  'userName',
  'displayName',
  'mail',
  'active',
  'status',
  'hindrance',
  'detail',
  'lastEvent',
  'lastEventAt',
  'source',
  'groups',
  'startDate',
  'invitedAt',
  'expiresAt',
  'createdAt',
] as const;
type CsvColumn = (typeof csvColumns)[number];

const timelineLength = 100;
/** People that a CSV reads at a time. */
const csvChunk = 200;

/** What administrators see of people: lists, one person, files, messages, saved filters. */
export function peopleOperations(parts: PeopleOperationsParts): Readonly<Record<string, Operation>> {
  const { store, overview, records, outbox, views, settingsOf, clock, deleted } = parts;
  const { people, cursors } = parts;
  return {
    listUsers: operation<unknown, ListQuery>(async ({ actor: { tenant }, query: { count, cursor, ...query } }) => {
      const start = cursors.open(tenant, cursor);
      const [page, counts, found, sources] = await Promise.all([
        people.page(tenant, query, count, start),
        people.counts(tenant, query),
        query.q === undefined ? [] : lookUp(parts.lookups, tenant, query.q),
        parts.sourcesOf(tenant),
      ]);
      const { scim, scimIsComplete } = peopleFilter(query, settingsOf(tenant), clock.now());
      const named = found.filter(({ kind }) => kind === 'person').map(({ id }) => id);
      return {
        body: {
          people: named.length === 0 ? page.people : await people.these(tenant, named),
          totalResults: named.length === 0 ? page.total : named.length,
          counts,
          filter: scim,
          filterIsComplete: scimIsComplete,
          found,
          sources,
          older: named.length === 0 ? cursors.sign(tenant, 'before', page.older) : undefined,
          newer: start === undefined || named.length > 0 ? undefined : cursors.sign(tenant, 'after', page.newer),
        },
      };
    }),
    exportUsers: operation<unknown, PeopleQuery & { readonly columns?: readonly CsvColumn[] }>(
      ({ actor: { tenant }, query: { columns = csvColumns, ...query } }) => ({
        body: undefined,
        file: { name: 'people.csv', type: 'text/csv; charset=utf-8', chunks: csvOf(people, tenant, query, columns) },
      }),
    ),
    getUser: operation(async ({ actor: { tenant }, id }) => {
      const record = await records.read(tenant, id);
      const [deliveries, groups, scim] = await Promise.all([
        outbox.ofUser(tenant, id, timelineLength),
        store.groupsOf(tenant, [id]),
        parts.scimOf(record),
      ]);
      const onboarding = readOnboarding(record.resource);
      return {
        body: {
          ...overview.progress(record),
          mail: emailAddress(record.resource),
          notificationEmail: onboarding.notificationEmail,
          startDate: onboarding.startDate,
          source: record.account?.source,
          hasPassword: record.account?.passwordHash !== undefined,
          deliveries: timelineOf(id, deliveries, onboarding.deliveries ?? []),
          groups: (groups.get(id) ?? []).map(({ value, display, type }) => ({ id: value, displayName: display, type })),
          profile: profileOf(record.resource),
          scim,
          version: record.version,
        },
      };
    }),
    getDeliveryMessage: operation(async ({ actor: { tenant }, id }) => {
      const delivery = await outbox.find(tenant, id);
      if (delivery === undefined || delivery.channel === 'webhook')
        throw new NotFoundError(`There is no message with id "${id.slice(0, 100)}".`);
      // An administrator's account is not a user, and a link in what they got opens the console.
      if (delivery.userId.includes(':'))
        throw new NotFoundError(
          'This message went to an administrator. What such a message says is not shown again, because it may hold a '
            + 'way in.',
        );
      return { body: shownMessage(parts, delivery, await records.read(tenant, delivery.userId)) };
    }),
    listDeletedUsers: operation<unknown, { readonly count: number; readonly after?: string }>(
      async ({ actor: { tenant }, query: { count, after } }) => {
        const page = await deleted.list(tenant, count, after);
        return {
          body: {
            deleted: page.deleted.map(({ record, deletedAt, restorableUntil, by }) => {
              const { userName, displayName } = personOf(record);
              return { id: record.id, userName, displayName, deletedAt, restorableUntil, by };
            }),
            next: page.next,
          },
        };
      },
    ),
    listViews: operation(async ({ actor: { tenant } }) => ({ body: { views: await views.list(tenant) } })),
    saveView: operation<{ readonly name: string; readonly query: JsonObject }>(async ({ actor, body }) => ({
      status: 201,
      body: await views.save(actor.tenant, { ...body, by: actor.client }),
    })),
    removeView: operation(async ({ actor: { tenant }, id }) => {
      await views.remove(tenant, id);
      return { body: { id } };
    }),
  };
}

async function* csvOf(
  people: PeopleList,
  tenant: string,
  query: PeopleQuery,
  columns: readonly CsvColumn[],
): AsyncGenerator<string> {
  yield byteOrderMark + csvLine(columns);
  for (let before: string | undefined = ''; before !== undefined;) {
    const page = await people.page(tenant, query, csvChunk, { before });
    yield page.people.map((row) => csvLine(columns.map((column) => cellOf(row, column)))).join('');
    before = page.older;
  }
}

function cellOf(row: PersonRow, column: CsvColumn): string | boolean | null | undefined {
  switch (column) {
    case 'lastEvent':
      return row.lastEvent.what;
    case 'lastEventAt':
      return row.lastEvent.at;
    case 'groups':
      return row.groups.map(({ displayName, id }) => displayName ?? id).join('; ');
    default:
      return row[column];
  }
}
