import { each, inTurns } from '../../base/cooperative.ts';
import { columnsOf } from '../file/columns.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import { decideRow, type Decision } from '../plan/decide-row.ts';
import { KeyTable } from '../plan/key-table.ts';
import { ManagerCycles } from '../plan/manager-cycles.ts';
import { managerPath } from '../plan/decide-row.ts';
import { personOfRow, type ImportPerson, type RowReading, type StoredRow } from '../plan/person-of-row.ts';
import { chunkRows, type BatchNotes } from './batch-notes.ts';
import type { Steps } from './steps.ts';
import { Superiors } from './superiors.ts';
import type { ImportBatch } from './import-batch.ts';
import { AmbiguousError, type People, type Relations } from './people.ts';
import { keysOf, namesIn, twiceIn } from './row-keys.ts';

/** A row and what it comes to. */
export interface DecidedRow {
  readonly row: StoredRow;
  /** Absent where the row cannot be read. */
  readonly person?: ImportPerson;
  /** Of a row that cannot be read: whom it may be about, as far as it tells. */
  readonly names?: readonly string[];
  readonly decision: Decision;
}

/** What deciding works with. */
export interface BatchRowsParts {
  readonly batches: BatchNotes;
  readonly userType: ResourceType;
  readonly timezone: string;
}

/** New groups that are told. */
const mostNewGroups = 200;
/** Rows decided at the same time. */
const atOnce = 8;

/**
 * The rows of a batch, as often as they are gone through: each time they are decided again against the present state.
 */
export class BatchRows {
  readonly #parts: BatchRowsParts;
  readonly #batch: ImportBatch;
  readonly #people: People;
  readonly #superiors: Superiors;
  readonly #reading: RowReading;
  #keys: KeyTable | undefined;
  #cycles: ManagerCycles | undefined;
  /** Names of groups that the rows decided so far would make; the first of many. */
  readonly newGroups = new Set<string>();

  constructor(parts: BatchRowsParts, batch: ImportBatch, people: People) {
    const { mapping, dates } = batch.options;
    const headings = batch.file?.headings ?? [];
    this.#parts = parts;
    this.#batch = batch;
    this.#people = people;
    this.#superiors = new Superiors((id) => people.read(id));
    this.#reading = {
      columns: headings.length === 0 ? [] : columnsOf(headings, mapping, parts.userType),
      dates,
      mapping,
      userType: parts.userType,
    };
  }

  /** Reads every row's names, so that those that are there twice, and managers of the file, are known. */
  async readKeys({ mustStop, step }: Steps): Promise<void> {
    if (this.#keys !== undefined) return;
    const table = new KeyTable(this.#batch.rows * 2);
    const cycles = new ManagerCycles(this.#batch.rows);
    for (let chunk = 0; chunk < this.#batch.chunks && !mustStop(); chunk += 1) {
      for (const row of await this.#parts.batches.rows(this.#batch, chunk)) {
        const read = personOfRow(row, this.#reading);
        if (!('person' in read)) continue;
        for (const key of keysOf(read.person)) table.add(key, row.line);
        const { manager } = read.person;
        cycles.add(row.line, manager === undefined ? undefined : KeyTable.hashOf(`x${manager}`));
      }
      await step(Math.min(this.#batch.rows, (chunk + 1) * chunkRows), this.#batch.rows, 'keys');
    }
    if (mustStop()) return;
    cycles.find(table);
    this.#cycles = cycles;
    this.#keys = table;
  }

  /**
   * The rows of a chunk, decided, in their order.
   * @param isNew the rows whose people are not looked up: the run has begun to create them, and may have done so
   * @throws Error when they are no longer kept
   */
  async decide(chunk: number, isNew: (line: number) => boolean = () => false): Promise<readonly DecidedRow[]> {
    const rows = await this.#parts.batches.rows(this.#batch, chunk);
    if (rows.length === 0) throw new Error(`the rows of import ${this.#batch.id} are kept no longer`);
    const keys = this.#keys;
    if (keys === undefined) throw new Error('the keys of the file are not read yet');
    const read = rows.map((row) => ({ row, read: personOfRow(row, this.#reading) }));
    const people = read.flatMap((one) => ('person' in one.read ? [one.read.person] : []));
    const here = await this.#people.lookUp(people, (externalId) => keys.has(`x${externalId}`));
    const decide = ({ row, read: one }: (typeof read)[number]): DecidedRow =>
      'reason' in one
        ? { row, names: namesIn(row, this.#reading), decision: { kind: 'refused', reason: one.reason } }
        : { row, person: one.person, decision: this.#decide(one.person, keys, here, isNew(row.line)) };
    const decided = await inTurns(each(read, decide));
    return inOrder(decided, async (one) => ((await this.#isAboveItself(one)) ? aboveItself(one) : one));
  }

  /** Whether somebody would have themselves as their manager's manager, however far up, as people are here now. */
  async #isAboveItself({ decision }: DecidedRow): Promise<boolean> {
    if (decision.kind !== 'change') return false;
    const manager = decision.operations.find(({ path }) => path === managerPath)?.value;
    return typeof manager === 'string' && this.#superiors.isBelow(manager, decision.id);
  }

  #decide(person: ImportPerson, keys: KeyTable, here: Relations, isNew: boolean): Decision {
    const twice = twiceIn(keys, person);
    if (twice !== undefined) return { kind: 'refused', reason: twice };
    const cycle = this.#cycles?.of(person.line);
    if (cycle !== undefined) return { kind: 'refused', reason: cycleReason(person.line, cycle) };
    try {
      const relations = here.of(person);
      const [unknown] = relations.newGroups;
      if (this.#batch.options.createGroups)
        for (const name of relations.newGroups) if (this.newGroups.size < mostNewGroups) this.newGroups.add(name);
      if (unknown !== undefined && !this.#batch.options.createGroups) {
        return {
          kind: 'refused',
          reason:
            `groups: there is no group "${unknown.slice(0, 100)}". Mend the name, make the group first, `
            + 'or let the import make groups.',
        };
      }
      const nobody = { byUserName: undefined, byExternalId: undefined };
      return decideRow(person, isNew ? { ...relations, ...nobody } : relations, this.#parts);
    } catch (cause) {
      if (cause instanceof AmbiguousError || cause instanceof ScimError)
        return { kind: 'refused', reason: cause.message };
      throw cause;
    }
  }
}

function cycleReason(line: number, first: number): string {
  const where = line === first ? 'this row and of others' : `this row, of line ${first}`;
  return (
    `manager: the managers of ${where} lead in a circle, so somebody would be their own `
    + 'superior. Mend one of them.'
  );
}

function aboveItself(one: DecidedRow): DecidedRow {
  const reason = 'manager: the person named reports to this one, directly or through others. Mend one of them.';
  return { ...one, decision: { kind: 'refused', reason } };
}

/** Does something for each of a list, several at the same time; answers in the order of the list. */
export async function inOrder<From, To>(
  list: readonly From[],
  each: (one: From, index: number) => Promise<To>,
  width = atOnce,
): Promise<readonly To[]> {
  const answers = new Array<To>(list.length);
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(width, list.length) }, async () => {
      for (let index = next++; index < list.length; index = next++) {
        const one = list[index] as From;
        answers[index] = await each(one, index);
      }
    }),
  );
  return answers;
}
