import type { RecordDocument } from '../database/documents.ts';

/** A record in which changes of memberships wait. */
export type MovingRecord = Pick<
  RecordDocument,
  '_id' | 'tenant' | 'version' | 'pendingMembers' | 'removed' | 'base' | 'moving'
>;

/** What to read of it. */
export const movingFields = { tenant: 1, version: 1, pendingMembers: 1, removed: 1, base: 1, moving: 1 } as const;

/** Which record it is, also where it has been removed. */
export function identityOf({ _id, tenant = '', removed }: Pick<MovingRecord, '_id' | 'tenant' | 'removed'>): {
  readonly tenant: string;
  readonly id: string;
} {
  return removed ?? { tenant, id: _id.slice(tenant.length + 1) };
}

/** Finds this one record, on the one shard that has it. A record that an older release has removed names no tenant. */
export function only({ _id, tenant }: Pick<MovingRecord, '_id' | 'tenant'>): {
  readonly _id: string;
  readonly tenant?: string;
} {
  return tenant === undefined ? { _id } : { _id, tenant };
}
