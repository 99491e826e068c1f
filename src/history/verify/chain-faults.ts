import { type ChainEntry, hashOfEntry } from '../chain-entry.ts';
import type { Misfiled } from '../event-log.ts';

/** What can be wrong with a chain. */
export type FaultKind =
  'altered' | 'removed' | 'swapped' | 'added' | 'foreign' | 'cut' | 'rebuilt' | 'blanked' | 'misfiled';

/** One thing that is wrong, and where. */
export interface ChainFault {
  /** The place in the chain. */
  readonly seq: number;
  /** The event that is found there, where one is. */
  readonly id?: string;
  readonly kind: FaultKind;
  readonly detail: string;
}

/** An entry with its hash worked out; `isOwn` where that is the hash it has, in the tenant's own chain. */
export interface CheckedEntry {
  readonly entry: ChainEntry;
  readonly computed: string;
  readonly isOwn: boolean;
}

/** An entry that is not in its place. */
export type OddRow = CheckedEntry;

/** Empty places that every odd row is tried for. */
const mostTried = 2_000;

/**
 * Says what has happened to rows that are not in their places, and to places without a row.
 * @param holes by place, each with the hash that was sealed there, where the next entry tells it
 * @param last the last place
 */
export function classify(
  tenant: string,
  odd: readonly OddRow[],
  holes: ReadonlyMap<number, string | undefined>,
  last: number,
): ChainFault[] {
  const faults: ChainFault[] = [];
  const open = new Map(holes);
  const left: OddRow[] = [];
  for (const row of odd) {
    const home = homeOf(tenant, row.entry, open);
    if (home === undefined) {
      left.push(row);
      continue;
    }
    open.delete(home);
    const { seq, id } = row.entry;
    const isMoved = seq === home ? row.isOwn : holes.has(seq);
    faults.push({
      seq: home,
      id,
      kind: isMoved ? 'swapped' : 'altered',
      detail: isMoved
        ? 'it is in the place of another entry'
        : row.entry.tenant === tenant
          ? `its place was changed to ${seq}`
          : 'it was given to another tenant',
    });
  }
  for (const row of left) faults.push(faultOf(tenant, row, open, last));
  for (const [from, to] of stretches([...open.keys()]))
    faults.push({
      seq: from,
      kind: 'removed',
      detail: from === to ? 'there is no entry in this place' : `there are no entries from ${from} to ${to}`,
    });
  return faults.sort((one, other) => one.seq - other.seq);
}

/** The fault of an entry that another than the sealed one has taken the place of. */
export function rewritten({ entry }: CheckedEntry): ChainFault {
  return {
    seq: entry.seq,
    id: entry.id,
    kind: 'altered',
    detail: 'it was written again: the next entry was sealed after another',
  };
}

/** The fault of an entry that is whole, and that lists do not find by what it says. */
export function misfiled({ seq, id }: Misfiled): ChainFault {
  return {
    seq,
    id,
    kind: 'misfiled',
    detail: 'what filters read of it was changed: lists do not find it by what it says',
  };
}

function faultOf(
  tenant: string,
  { entry, isOwn }: OddRow,
  open: Map<number, string | undefined>,
  last: number,
): ChainFault {
  const { seq, id } = entry;
  if (entry.tenant !== tenant)
    return { seq, id, kind: 'foreign', detail: `it is an entry of the tenant ${entry.tenant.slice(0, 40)}` };
  if (!isOwn && open.has(seq)) {
    open.delete(seq);
    return { seq, id, kind: 'altered', detail: 'its content is not what was sealed' };
  }
  return {
    seq,
    id,
    kind: 'added',
    detail: seq > last ? 'it comes after the end of the chain' : 'the chain has another entry in this place',
  };
}

/** The empty place for which an entry was sealed; undefined when there is none. */
function homeOf(tenant: string, entry: ChainEntry, open: ReadonlyMap<number, string | undefined>): number | undefined {
  if (entry.tenant === tenant && open.has(entry.seq) && hashOfEntry(entry) === entry.hash) return entry.seq;
  let tried = 0;
  for (const [seq, sealed] of open) {
    // Where the next entry tells the hash, that alone can be it.
    if (sealed !== undefined && sealed !== entry.hash && seq !== entry.seq) continue;
    if ((tried += 1) > mostTried) return undefined;
    if (seq === entry.seq && entry.tenant === tenant) continue;
    if (hashOfEntry({ ...entry, tenant, seq }) === entry.hash) return seq;
  }
  return undefined;
}

function stretches(places: readonly number[]): (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const place of [...places].sort((one, other) => one - other)) {
    const open = found.at(-1);
    if (open !== undefined && open[1] === place - 1) open[1] = place;
    else found.push([place, place]);
  }
  return found;
}
