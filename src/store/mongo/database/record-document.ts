import { lazily } from '../../../base/lazily.ts';
import type { Account } from '../../../provisioning/records/account.ts';
import type { Commit, StoredRecord } from '../../../provisioning/records/resource-store.ts';
import { wholeOf } from '../../../scim/model/public-part.ts';
import type { Resource } from '../../../scim/model/resource.ts';
import type { SearchDocument } from '../../../scim/search/search-document.ts';
import type { RecordDocument, ShownDocument } from './documents.ts';
import { decodeNames, encodeName, encodeNames } from './field-names.ts';
import type { PublicText } from '../../../provisioning/records/public-text.ts';

type Put = Extract<Commit, { kind: 'put' }>;

/** The fields of a record that are gone when they have nothing to hold. */
const optionalFields = ['account', 'attempt', 'uniqueKeys', 'lookupKeys', 'dueAt'] as const;

/** The value for a record that time alone never changes: as text it sorts after every moment. */
export const never = 'never';

/** The `_id` of a record. Tenants' names hold no slash, and every look-up names the tenant besides. */
export function recordKey(tenant: string, id: string): string {
  return `${tenant}/${id}`;
}

/** A unique or lookup key as its index holds it: one index for all tenants and types. */
export function indexedKey(tenant: string, type: string, key: string): string {
  return `${tenant}/${type}/${key}`;
}

/** The field of a record for a target's first key. */
export function searchField(key: string): string {
  return `search.${encodeName(key)}`;
}

/** The part of a record's document that a put replaces: what to set, and what to leave out. */
export function stateOf({ record, search, uniqueKeys, lookupKeys, dueAt, publicPart }: Put): {
  set: Partial<RecordDocument>;
  unset: Record<string, ''>;
} {
  const { tenant, type, version, created, lastModified, resource, account, attempt } = record;
  const set: Partial<RecordDocument> = {
    tenant,
    type,
    version,
    created,
    lastModified,
    resource: encodeNames(resource),
    shown: shownDocument(record, publicPart),
    search: encodeNames(search) as SearchDocument,
    ...(account === undefined ? {} : { account: encodeNames(account) }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(dueAt === undefined ? {} : { dueAt: dueAt ?? never }),
    ...(uniqueKeys.length === 0 ? {} : { uniqueKeys: uniqueKeys.map((key) => indexedKey(tenant, type, key)) }),
    ...(lookupKeys.length === 0 ? {} : { lookupKeys: lookupKeys.map((key) => indexedKey(tenant, type, key)) }),
  };
  const unset = Object.fromEntries(
    optionalFields.filter((field) => set[field] === undefined).map((field) => [field, '' as const]),
  );
  return { set, unset };
}

function shownDocument({ version, resource }: StoredRecord, part: Put['publicPart']): ShownDocument {
  if (part === undefined) return { version, text: JSON.stringify(resource) };
  const { shown, rest, under, until } = part;
  return {
    version,
    text: JSON.stringify(shown),
    ...(rest === undefined ? {} : { rest: JSON.stringify(rest) }),
    under,
    until,
  };
}

/** The fields that make up a stored record: the resource where its text is missing, or of another version. */
export const recordFields = {
  tenant: 1,
  type: 1,
  version: 1,
  created: 1,
  lastModified: 1,
  resource: { $cond: [{ $eq: ['$shown.version', '$version'] }, '$$REMOVE', '$resource'] },
  shown: 1,
  account: 1,
  attempt: 1,
  position: 1,
} as const;

/**
 * A record as it was put. Its values are parsed and decoded when they are asked for: many reads answer with the text.
 */
export function storedRecord(document: Pick<RecordDocument, '_id' | keyof typeof recordFields>): StoredRecord {
  const { _id, tenant = '', type = '', version, created, lastModified, account, attempt } = document;
  const shown = document.shown?.version === version ? document.shown : undefined;
  const resource = lazily(() => (shown === undefined ? decodeNames(document.resource ?? {}) : resourceOf(shown)));
  const publicText = shown && publicTextOf(shown);
  const keys = { tenant, type, id: _id.slice(tenant.length + 1), version, created, lastModified };
  const more = { ...(attempt === undefined ? {} : { attempt }), ...(publicText === undefined ? {} : { publicText }) };
  if (account === undefined)
    return {
      ...keys,
      get resource() {
        return resource();
      },
      ...more,
    };
  const own = lazily(() => decodeNames(account) as Account & ReturnType<typeof decodeNames>);
  return {
    ...keys,
    get resource() {
      return resource();
    },
    get account() {
      return own();
    },
    ...more,
  };
}

function resourceOf({ text, rest }: ShownDocument): Resource {
  const shown = JSON.parse(text) as Resource;
  return rest === undefined ? shown : wholeOf({ shown, rest: JSON.parse(rest) as Resource });
}

function publicTextOf({ text, under, until = null }: ShownDocument): PublicText | undefined {
  return under === undefined ? undefined : { text, under, until };
}
