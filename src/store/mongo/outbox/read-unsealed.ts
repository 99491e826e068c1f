import type { UnsealedTail } from '../../../history/event-log.ts';
import type { Collections } from '../database/collections.ts';

/** Records of which the events are counted. */
const mostRecords = 1_000;

/** What a look at the events that wait finds: a row is of one of these kinds. */
interface TailRow {
  /** The events of a tenant that wait to be sealed. */
  readonly tail?: { readonly _id: string; readonly events: number; readonly oldest: string };
  /** A record with events, and their moments. */
  readonly record?: { readonly _id: string; readonly moments: readonly unknown[] };
  /** A note with events. */
  readonly note?: string;
}

/** An event goes from its note or record to those that wait: read last, they miss none that moves meanwhile. */
const stages = [
  { $match: { waits: true } },
  { $limit: 1 },
  { $project: { _id: 0, note: '$_id' } },
  {
    $unionWith: {
      coll: 'records',
      pipeline: [
        { $match: { relay: { $gt: 0 } } },
        { $limit: mostRecords },
        {
          $project: {
            _id: 0,
            record: { _id: '$_id', moments: { $map: { input: '$events', as: 'one', in: '$$one.event.at' } } },
          },
        },
      ],
    },
  },
  {
    $unionWith: {
      coll: 'unsealed',
      pipeline: [
        { $group: { _id: '$tenant', events: { $sum: 1 }, oldest: { $min: '$at' } } },
        { $project: { _id: 0, tail: { _id: '$_id', events: '$events', oldest: '$oldest' } } },
      ],
    },
  },
] as const;

/**
 * Which tenants have events that wait to be sealed, those included that the relay has not yet moved out of their
 * records: one command, for every process asks every second.
 * @returns isMore: events of notes wait too, and are not among them
 */
export async function readUnsealed({
  notes,
}: Collections): Promise<{ readonly tails: readonly UnsealedTail[]; readonly isMore: boolean }> {
  const rows = await notes.aggregate<TailRow>(stages);
  const tails = new Map<string, UnsealedTail>();
  const add = (tenant: string, events: number, oldest: string) => {
    const known = tails.get(tenant) ?? { tenant, events: 0, oldest };
    tails.set(tenant, { tenant, events: known.events + events, oldest: oldest < known.oldest ? oldest : known.oldest });
  };
  for (const { tail, record } of rows) {
    if (tail) add(tail._id, tail.events, tail.oldest);
    if (!record) continue;
    const moments = record.moments.filter((moment) => typeof moment === 'string').toSorted();
    add(tenantOf(record._id), record.moments.length, moments[0] ?? '');
  }
  return { tails: [...tails.values()], isMore: rows.some(({ note }) => note !== undefined) };
}

function tenantOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}
