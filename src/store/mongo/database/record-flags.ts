import type { Clock } from '../../../clock.ts';
import type { Collections } from './collections.ts';

/**
 * How long a removed membership or record stays, in milliseconds, so that no late repetition of an older write can
 * bring it back.
 */
export const tombstonesLive = 24 * 60 * 60 * 1000;

/** What a record's flag says is waiting in it: `relay` unsettled events, `moving` memberships to be changed. */
const waiting = { relay: 'events', moving: 'pendingMembers' } as const;

/**
 * Takes a flag from those of these records in which nothing waits any more. A removed record that loses its last flag
 * by this is given, in the same write, the time from which MongoDB may delete it.
 */
export async function lowerFlag(
  collections: Collections,
  clock: Clock,
  flag: keyof typeof waiting,
  keys: readonly string[],
): Promise<void> {
  const isMissing = (field: string) => ({ $eq: [{ $type: `$${field}` }, 'missing'] });
  const isLast = { $and: [{ $not: [isMissing('removed')] }, isMissing(flag === 'relay' ? 'moving' : 'relay')] };
  const purgeAt = { $cond: [isLast, new Date(clock.now().getTime() + tombstonesLive), '$$REMOVE'] };
  await collections.records.updateMany(
    { _id: { $in: [...keys] }, [waiting[flag]]: { $size: 0 } },
    [{ $set: { purgeAt } }, { $unset: [flag] }],
    // What waits is looked at again when this is lost, so it need not be waited for on a majority's disks.
    { writeConcern: { w: 1 } },
  );
}
