import { createHash } from 'node:crypto';
import type { Standing } from '../plan/decide-row.ts';
import { KeyTable } from '../plan/key-table.ts';
import { chunkRows, type BatchNotes } from '../batch/batch-notes.ts';
import type { DecidedRow } from '../batch/batch-rows.ts';
import type { ImportBatch, MissingPerson } from '../batch/import-batch.ts';
import type { People } from '../batch/people.ts';
import type { Steps } from '../batch/steps.ts';

/** Who is not in a full file. */
export interface Missing {
  readonly count: number;
  readonly first: readonly MissingPerson[];
  readonly hash: string;
  /** Active people who are neither in the file nor managed by imports. */
  readonly others: number;
  /** Why no one is deactivated, though people are missing. */
  readonly blocked?: string;
}

/** Missing people that are shown. */
const shownMissing = 200;

/**
 * Finds the people missing from a complete file. A person whose row is refused is not missing; if a row does not tell
 * which person it means, no one is deactivated at all.
 */
export class FullFile {
  readonly #batches: BatchNotes;
  readonly #batch: ImportBatch;
  readonly #people: People;
  readonly #keeps: boolean;
  readonly #seen: KeyTable;
  #nameless: number | undefined;
  #usable = 0;

  /** @param keeps whether the missing are written down, for the run */
  constructor({ batches }: { readonly batches: BatchNotes }, batch: ImportBatch, people: People, keeps = true) {
    this.#batches = batches;
    this.#batch = batch;
    this.#people = people;
    this.#keeps = keeps;
    this.#seen = new KeyTable(batch.rows * 3 + 100_000);
  }

  /** Notes the people that rows name, including refused rows. */
  async see(rows: readonly DecidedRow[]): Promise<void> {
    for (const { row, person, names = [], decision } of rows) {
      if (decision.kind !== 'refused') this.#usable += 1;
      if (decision.kind === 'change' || decision.kind === 'unchanged') this.#seen.add(decision.id, row.line);
      if (decision.kind !== 'refused') continue;
      const told = person === undefined ? names : [person.userName ?? '', person.externalId ?? ''];
      if (told.every((name) => name === '')) this.#nameless ??= row.line;
      for (const name of told) if (name !== '') this.#seen.add(`name ${name.toLowerCase()}`, row.line);
    }
  }

  /** @returns undefined where it had to stop */
  async findMissing(steps: Steps): Promise<Missing | undefined> {
    const hash = createHash('sha256');
    const first: MissingPerson[] = [];
    let waiting: MissingPerson[] = [];
    let count = 0;
    let chunk = 0;
    let others = 0;
    const blocked = this.#blocked();
    const flush = async (): Promise<void> => {
      if (this.#keeps) await this.#batches.putMissing(this.#batch, chunk, waiting);
      chunk += 1;
      waiting = [];
    };
    const own = this.#batch.options.fullScope === 'own' ? await this.#ownIds() : undefined;
    for await (const page of this.#people.active()) {
      if (steps.mustStop()) return undefined;
      for (const standing of page) {
        if (this.#isSeen(standing)) continue;
        if (own !== undefined && !own.has(standing.id)) {
          others += 1;
          continue;
        }
        if (blocked !== undefined) continue;
        const person = shownOf(standing);
        hash.update(person.id);
        count += 1;
        if (first.length < shownMissing) first.push(person);
        waiting.push(person);
        if (waiting.length === chunkRows) await flush();
      }
    }
    await flush();
    return { count, first, hash: hash.digest('base64url'), others, ...(blocked === undefined ? {} : { blocked }) };
  }

  #isSeen({ id, resource }: Standing): boolean {
    const names = [resource['userName'], resource['externalId']];
    return (
      this.#seen.has(id)
      || names.some((name) => typeof name === 'string' && this.#seen.has(`name ${name.toLowerCase()}`))
    );
  }

  async #ownIds(): Promise<KeyTable> {
    let ids = 0;
    for await (const piece of this.#batches.owned(this.#batch.tenant)) ids += piece.length;
    const table = new KeyTable(ids);
    for await (const piece of this.#batches.owned(this.#batch.tenant)) for (const id of piece) table.add(id, 1);
    return table;
  }

  #blocked(): string | undefined {
    if (this.#batch.refusedAtReading > 0)
      return (
        'Nobody is deactivated: some rows cannot be read, so it is not known whom they are about. Mend them ' + 'first.'
      );
    if (this.#usable === 0)
      return 'Nobody is deactivated: no row of the file can be imported, so it is not taken for a complete one.';
    return this.#nameless === undefined
      ? undefined
      : `Nobody is deactivated: line ${this.#nameless} does not tell whom it is about. Mend it first.`;
  }
}

function shownOf({ id, resource }: Standing): MissingPerson {
  const { userName, displayName } = resource;
  return {
    id,
    userName: typeof userName === 'string' ? userName : '',
    ...(typeof displayName === 'string' ? { displayName } : {}),
  };
}
