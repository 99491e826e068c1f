import type { mongo } from 'mongoose';
import type { Collections } from './collections.ts';
import { encodeName } from './field-names.ts';

type Index = mongo.IndexDescription;

/** Where a search document keeps how far a user is with their first key. */
const extension = encodeName('urn:ietf:params:scim:schemas:extension:latchkey:2%2e0:user');

/** Sorted lists and equality of the search document that an index serves, beside tenant and type. */
const searchedPaths = [
  'username',
  'externalid',
  'displayname',
  'emails.value',
  'id',
  'meta.lastmodified',
  `${extension}.status`,
  `${extension}.lockedreason`,
];

/** The same of audit events. */
const auditPaths = [
  'id',
  'at',
  'type',
  'actor.id',
  'actor.name',
  'target.id',
  'target.name',
  'requestid',
  'outcome',
  'changes.path',
] as const;

/** The indexes of each collection. A change here raises `schemaVersion`. */
export const indexes: Readonly<Record<keyof Collections, readonly Index[]>> = {
  records: [
    { key: { tenant: 1, type: 1, position: 1, _id: 1 } },
    // Led by the tenant, as a shard key that a unique index needs; of those alone that have keys, for records without
    // would exclude each other.
    { key: { tenant: 1, uniqueKeys: 1 }, unique: true, partialFilterExpression: { uniqueKeys: { $exists: true } } },
    {
      key: { tenant: 1, lookupKeys: 1, position: 1, _id: 1 },
      partialFilterExpression: { lookupKeys: { $exists: true } },
    },
    ...searchedPaths.map((path): Index => ({
      key: { tenant: 1, type: 1, [`search.${path}`]: 1, position: 1, _id: 1 },
    })),
    { key: { tenant: 1, type: 1, dueAt: 1 } },
    // In the order in which the relay reads: no batch sorts the whole backlog. Partial, for a sparse index of several
    // fields holds each document that has one of them, and each has an `_id`.
    { key: { relay: 1, _id: 1, tenant: 1 }, partialFilterExpression: { relay: { $exists: true } }, name: 'relayed' },
    { key: { 'events.id': 1 }, sparse: true },
    { key: { moving: 1 }, sparse: true },
    { key: { tenant: 1, naming: 1 }, partialFilterExpression: { naming: { $exists: true } } },
    { key: { purgeAt: 1 }, expireAfterSeconds: 0, sparse: true },
  ],
  memberships: [
    { key: { tenant: 1, group: 1, present: 1, member: 1 } },
    { key: { tenant: 1, member: 1, present: 1, group: 1 } },
    { key: { purgeAt: 1 }, expireAfterSeconds: 0, sparse: true },
  ],
  memberChanges: [{ key: { commit: 1, _id: 1 } }, { key: { tenant: 1, names: 1 } }],
  events: [{ key: { settledAt: 1 }, expireAfterSeconds: 30 * 24 * 60 * 60 }],
  deliveries: [
    { key: { state: 1, notBefore: 1, position: 1 } },
    { key: { state: 1, domain: 1, notBefore: 1, position: 1 } },
    { key: { state: 1, tenant: 1, notBefore: 1, position: 1 } },
    { key: { tenant: 1, userId: 1, createdAt: -1, position: -1 } },
    { key: { tenant: 1, state: 1, _id: -1 } },
    { key: { position: 1 }, partialFilterExpression: { reported: false }, name: 'unreported' },
    { key: { tenant: 1, endedAt: 1 }, partialFilterExpression: { endedAt: { $exists: true } }, name: 'ended' },
  ],
  mails: [{ key: { position: -1, _id: -1 } }],
  clients: [],
  requests: [],
  tallies: [{ key: { expiresAt: 1 }, expireAfterSeconds: 0 }],
  notes: [
    { key: { lookups: 1 }, unique: true, sparse: true },
    { key: { waits: 1 }, sparse: true },
    // No TTL: a note that has ended may still hold events of the audit.
    { key: { expiresAt: 1, waits: 1 }, partialFilterExpression: { expiresAt: { $exists: true } }, name: 'ending' },
  ],
  leases: [],
  audit: [
    { key: { tenant: 1, event: 1 }, unique: true },
    { key: { tenant: 1, type: 1, position: 1, _id: 1 } },
    ...auditPaths.map((path): Index => ({ key: { tenant: 1, type: 1, [`search.${path}`]: 1, position: 1, _id: 1 } })),
  ],
  unsealed: [{ key: { tenant: 1, position: 1, _id: 1 } }],
  chains: [],
  counts: [],
  installation: [],
};

/** Indexes of older versions whose work a newer one does: by collection, by name. */
export const outdatedIndexes: readonly (readonly [keyof Collections, string])[] = [
  ['records', 'relay_1'],
  ['records', 'relay_1__id_1'],
  ['records', 'uniqueKeys_1'],
  ['records', 'lookupKeys_1'],
  ['records', 'lookupKeys_1_position_1__id_1'],
  ['events', 'tenant_1_resourceId_1_at_1'],
  ['audit', 'event_1'],
  ['notes', 'expiresAt_1'],
  ['notes', 'expiresAt_1__id_1'],
];
