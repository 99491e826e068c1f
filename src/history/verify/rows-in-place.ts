import type { CheckedEntry } from './chain-faults.ts';

/** The rows that are in their places: whole, and of several with one place the one that the next was sealed after. */
export function chosen(
  window: readonly CheckedEntry[],
  last: { readonly seq: number; readonly hash: string },
  from: number,
): CheckedEntry[] {
  const whole = window.filter(({ isOwn, entry }) => isOwn && entry.seq > from);
  const runs = rising(whole);
  return runs.filter(({ entry }, index) => {
    const rivals = runs.filter((other) => other.entry.seq === entry.seq);
    if (rivals.length === 1) return true;
    const next = whole.find((other) => other.entry.seq === entry.seq + 1);
    const wanted = next?.entry.prev;
    if (wanted !== undefined) return entry.hash === wanted;
    const before = entry.seq === last.seq + 1 ? last.hash : undefined;
    return before === undefined
      ? runs.indexOf(rivals[0]!) === index
      : entry.prev === before && rivals[0] === runs[index];
  });
}

/** Without those that stand where a later or earlier one belongs: their neighbours follow one another without them. */
function rising(rows: readonly CheckedEntry[]): CheckedEntry[] {
  return rows
    .filter(({ entry }, index) => {
      const before = rows[index - 1]?.entry.seq ?? 0;
      const after = rows[index + 1]?.entry.seq ?? Infinity;
      return !(before < after && (entry.seq < before || entry.seq > after)) || before === 0;
    })
    .filter(({ entry }, index, kept) => {
      const after = kept[index + 1]?.entry.seq ?? Infinity;
      return entry.seq <= after;
    });
}

/** How many places rows without an order fill: those whose place is right, even where their content is not. */
export function filled(window: readonly CheckedEntry[], from: number): number {
  const seqs = new Set(window.filter(({ isOwn }) => !isOwn).map(({ entry }) => entry.seq));
  let count = 0;
  while (seqs.has(from + count + 1)) count += 1;
  return count;
}
