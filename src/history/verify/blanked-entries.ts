import { type ChainEntry, type Facts, isErased, readPart } from '../chain-entry.ts';
import type { ChainFault } from './chain-faults.ts';

/** An entry that has lost values of a person, or one that tells of such a loss. */
export type Mark =
  | {
      readonly kind: 'blank';
      readonly seq: number;
      readonly id: string;
      /** Whose values can have been in it. */
      readonly people: readonly string[];
      /** Whether one part alone is gone: erasing takes both. */
      readonly isHalf: boolean;
    }
  /** Says that these places were going to lose their values. */
  | { readonly kind: 'places'; readonly seq: number; readonly places: readonly (readonly [number, number])[] }
  /** Says that a person was erased. */
  | { readonly kind: 'person'; readonly person: string };

/** What an entry means for erasures; undefined for almost all. */
export function markOf(entry: ChainEntry): Mark | undefined {
  const { seq, id, actor, subject, facts } = entry;
  const isBlank = 'digest' in actor || 'digest' in subject;
  if (!isBlank && !('text' in facts && facts.text.includes('.erased"'))) return undefined;
  const read = readPart<Facts>(facts);
  if (read === undefined) return undefined;
  const [, type, , , actorId, , , , targetId] = read;
  if (isBlank) return { kind: 'blank', seq, id, people: [actorId, targetId], isHalf: !isErased(entry) };
  if (type === 'user.erased') return { kind: 'person', person: targetId };
  return type === 'audit.erased' ? { kind: 'places', seq, places: read[13] ?? [] } : undefined;
}

/** Tells the entries that a person was erased from from those that were blanked to look like it. */
export class BlankedEntries {
  readonly #blanks: Extract<Mark, { kind: 'blank' }>[] = [];
  readonly #places: Extract<Mark, { kind: 'places' }>[] = [];
  readonly #people = new Set<string>();

  /** @param known of entries that are not among those that will come: later ones */
  constructor(known: Iterable<Mark> = []) {
    for (const mark of known) this.add(mark);
  }

  add(mark: Mark): void {
    if (mark.kind === 'blank') this.#blanks.push(mark);
    else if (mark.kind === 'places') this.#places.push(mark);
    else this.#people.add(mark.person);
  }

  /** Those that nothing accounts for, by place. */
  faults(): ChainFault[] {
    const told = this.#toldPlaces();
    return this.#blanks
      .filter(({ seq, people, isHalf }) => {
        return isHalf || !(told.has(seq) || people.some((person) => this.#people.has(person)));
      })
      .map(({ seq, id }) => ({
        seq,
        id,
        kind: 'blanked',
        detail: 'its values are gone as if a person had been erased, and no entry tells of such an erasure',
      }));
  }

  /**
   * The places of blanks that a later entry has told of: what is going to be erased is told first, so that it is told
   * whatever happens. Blanks and stretches are walked once, side by side.
   */
  #toldPlaces(): ReadonlySet<number> {
    const stretches = this.#places
      .flatMap(({ seq, places }) => places.map(([first, last]) => ({ first, last: Math.min(last, seq - 1) })))
      .sort((one, other) => one.first - other.first);
    const told = new Set<number>();
    let next = 0;
    let reach = -1;
    for (const seq of this.#blanks.map((blank) => blank.seq).sort((one, other) => one - other)) {
      for (; next < stretches.length && stretches[next]!.first <= seq; next += 1)
        reach = Math.max(reach, stretches[next]!.last);
      if (seq <= reach) told.add(seq);
    }
    return told;
  }
}
