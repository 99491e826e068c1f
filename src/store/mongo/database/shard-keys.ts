import type { Collections } from './collections.ts';

/** A shard key; `hashed` where only single documents are asked for. */
export type ShardKey = Readonly<Record<string, 1 | 'hashed'>>;

/**
 * What each collection is sharded by on a sharded cluster; one without a key is small and stays on one shard. Every
 * unique index begins with the key of its collection, and every `_id` determines it, so that uniqueness holds on a
 * cluster as on one server. docs/decisions/0024 says which shards each query meets.
 */
export const shardKeys: Readonly<Partial<Record<keyof Collections, ShardKey>>> = {
  records: { tenant: 1 },
  memberships: { tenant: 1, group: 1 },
  memberChanges: { commit: 1 },
  events: { _id: 'hashed' },
  deliveries: { _id: 'hashed' },
  requests: { _id: 1 },
  tallies: { _id: 'hashed' },
  audit: { tenant: 1 },
  unsealed: { tenant: 1 },
};
