/**
 * How long a removed membership or record stays, in milliseconds, so that no late repetition of an older write can
 * bring it back.
 */
export const tombstonesLive = 24 * 60 * 60 * 1000;

type Expression = Readonly<Record<string, unknown>> | string;
type Pipeline = readonly Readonly<Record<string, unknown>>[];

/**
 * The update that takes entries out of a record's pending changes of members and, with the last of them, lowers the
 * flag and gives up the lease: one write.
 * @param stays says of `$$each` entry whether it still waits
 * @param hasLeft whether the record, if it has been removed, is out of its groups; one that was removed in this very
 *   moment is not
 */
export function withoutPending(stays: Expression, hasLeft: boolean): Pipeline {
  return lowering('pendingMembers', stays, ['moving', 'naming', 'work'], isMissing('relay'), hasLeft);
}

/**
 * The update that takes settled events out of a record and, with the last of them, lowers the flag.
 * @param ids of the settled events
 */
export function withoutEvents(ids: readonly string[]): Pipeline {
  const stays = { $not: [{ $in: ['$$each.id', ids.map((id) => ({ $literal: id }))] }] };
  return lowering('events', stays, ['relay'], isMissing('moving'), true);
}

/** A removed record that loses its last flag by this is given the time from which MongoDB may delete it. */
function lowering(
  list: string,
  stays: Expression,
  flags: readonly string[],
  others: Expression,
  alsoRemoved: boolean,
): Pipeline {
  const nothingLeft = { $eq: [{ $size: `$${list}` }, 0] };
  const isEmpty = alsoRemoved ? nothingLeft : { $and: [nothingLeft, isMissing('removed')] };
  const isDone = { $and: [isEmpty, { $not: [isMissing('removed')] }, others] };
  return [
    { $set: { [list]: { $filter: { input: `$${list}`, as: 'each', cond: stays } } } },
    {
      $set: {
        purgeAt: { $cond: [isDone, { $add: ['$$NOW', tombstonesLive] }, '$$REMOVE'] },
        ...Object.fromEntries(flags.map((flag) => [flag, { $cond: [isEmpty, '$$REMOVE', `$${flag}`] }])),
      },
    },
  ];
}

function isMissing(field: string): Expression {
  return { $eq: [{ $type: `$${field}` }, 'missing'] };
}
