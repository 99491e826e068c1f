import { noteKind, type Note, type NoteDraft, type NoteKind, type Notes } from '../../domain/notes.ts';
import { cellText } from '../file/file-item.ts';
import type { StoredRow } from '../plan/person-of-row.ts';
import type { DoneRow, ImportBatch, MissingPerson, PlanDetails, Refusal } from './import-batch.ts';

/** Rows of one note. */
export const chunkRows = 200;
/** How long a batch with its rows is kept. */
const keptDays = 90;
/** How long the rows themselves are kept: past the days in which it can be undone. */
const rowsKeptDays = 8;
const dayMs = 86_400_000;

/** What the plan decided of the rows of a chunk: of each a letter for its kind, and the digest of its decision. */
export interface PlannedChunk {
  readonly kinds: string;
  readonly digests: readonly string[];
}

type KeptBatch = Omit<ImportBatch, 'tenant' | 'id'>;
type Rows<Row> = { readonly rows: readonly Row[] };
/** The kinds of notes of a batch. */
const kinds = {
  batch: noteKind<KeptBatch>('import'),
  rows: noteKind<Rows<StoredRow>>('importRows'),
  planned: noteKind<PlannedChunk>('importPlanned'),
  details: noteKind<PlanDetails>('importPlan'),
  done: noteKind<Rows<DoneRow>>('importDone'),
  missing: noteKind<{ readonly people: readonly MissingPerson[] }>('importMissing'),
  refused: noteKind<Rows<Refusal>>('importRefused'),
  owned: noteKind<{ readonly ids: readonly string[] }>('importOwned'),
};

/** Import batches over notes: a header, and chunks of rows, decisions, refusals and what was done. */
export class BatchNotes {
  readonly #notes: Notes;
  readonly #now: () => Date;

  constructor(notes: Notes, now: () => Date) {
    this.#notes = notes;
    this.#now = now;
  }

  async find(tenant: string, id: string): Promise<ImportBatch | undefined> {
    const note = await this.#notes.find(tenant, kinds.batch, id);
    return note === undefined ? undefined : batchOf(note);
  }

  /** Newest first: ids count down. */
  async list(tenant: string, limit: number, after?: string): Promise<readonly ImportBatch[]> {
    const query = { tenant, kind: kinds.batch, limit, ...(after === undefined ? {} : { after }) };
    return (await this.#notes.list(query)).map(batchOf);
  }

  async add(batch: ImportBatch): Promise<void> {
    await this.#notes.put(this.#header(batch), 0);
  }

  /** Changes the header as it is at this moment. @returns undefined where there is no such batch */
  async change(tenant: string, id: string, to: (batch: ImportBatch) => ImportBatch): Promise<ImportBatch | undefined> {
    for (;;) {
      const note = await this.#notes.find(tenant, kinds.batch, id);
      if (note === undefined) return undefined;
      const wanted = to(batchOf(note));
      if ((await this.#notes.put(this.#header(wanted), note.version)).outcome === 'done') return wanted;
    }
  }

  putRows(batch: BatchRef, chunk: number, rows: readonly StoredRow[]): Promise<void> {
    return this.#put(batch, kinds.rows, chunkKey(batch, chunk), { rows });
  }

  async rows(batch: BatchRef, chunk: number): Promise<readonly StoredRow[]> {
    return (await this.#find(batch, kinds.rows, chunkKey(batch, chunk)))?.rows ?? [];
  }

  putPlanned(batch: BatchRef, chunk: number, planned: PlannedChunk): Promise<void> {
    return this.#put(batch, kinds.planned, chunkKey(batch, chunk), planned);
  }

  async planned(batch: BatchRef, chunk: number): Promise<PlannedChunk> {
    return (await this.#find(batch, kinds.planned, chunkKey(batch, chunk))) ?? { kinds: '', digests: [] };
  }

  putDetails(batch: BatchRef, details: PlanDetails): Promise<void> {
    return this.#put(batch, kinds.details, batch.id, details);
  }

  async details(batch: BatchRef): Promise<PlanDetails> {
    return (await this.#find(batch, kinds.details, batch.id)) ?? { people: [], mails: [], missing: [] };
  }

  /**
   * What was done, or is about to be, with the rows of a chunk.
   * @param part `rows` of the file, or `missing` people of a full file
   */
  putDone(batch: BatchRef, part: DonePart, chunk: number, rows: readonly DoneRow[]): Promise<void> {
    return this.#put(batch, kinds.done, doneKey(batch, part, chunk), { rows });
  }

  /** @returns none where nothing of the chunk was begun */
  async done(batch: BatchRef, part: DonePart, chunk: number): Promise<readonly DoneRow[]> {
    return (await this.#find(batch, kinds.done, doneKey(batch, part, chunk)))?.rows ?? [];
  }

  /** People of a full file's plan who are not in the file. */
  putMissing(batch: BatchRef, chunk: number, people: readonly MissingPerson[]): Promise<void> {
    return this.#put(batch, kinds.missing, chunkKey(batch, chunk), { people });
  }

  async missing(batch: BatchRef, chunk: number): Promise<readonly MissingPerson[]> {
    return (await this.#find(batch, kinds.missing, chunkKey(batch, chunk)))?.people ?? [];
  }

  /** @param source from which part of the work they come; of the same source and number the later takes the place */
  putRefusals(batch: BatchRef, source: RefusalSource, chunk: number, refusals: readonly Refusal[]): Promise<void> {
    if (refusals.length === 0) return this.#remove(batch, kinds.refused, refusalKey(batch, source, chunk));
    return this.#put(batch, kinds.refused, refusalKey(batch, source, chunk), { rows: refusals });
  }

  /** Adds refusals to those of a chunk; the cells are read from its rows. */
  async addRefusals(
    batch: BatchRef,
    source: RefusalSource,
    chunk: number,
    refusals: readonly Refusal[],
    rows: readonly StoredRow[],
  ): Promise<void> {
    const before = (await this.#find(batch, kinds.refused, refusalKey(batch, source, chunk)))?.rows ?? [];
    const byLine = new Map(rows.map((row) => [row.line, row]));
    const known = new Map(before.map((refusal) => [refusal.line, refusal]));
    for (const refusal of refusals) {
      const row = byLine.get(refusal.line);
      known.set(refusal.line, { ...refusal, cells: row === undefined ? refusal.cells : cellsOf(row) });
    }
    await this.putRefusals(batch, source, chunk, [...known.values()]);
  }

  /** Every refusal of a batch, of each source in the order of lines. */
  async *refusals(batch: BatchRef): AsyncGenerator<Refusal> {
    for await (const { value } of this.#all(batch, kinds.refused)) yield* value.rows;
  }

  /** Forgets what an earlier plan had refused. */
  async forgetRefusals(batch: BatchRef, source: RefusalSource): Promise<void> {
    for await (const note of this.#all(batch, kinds.refused, `${batch.id}/${source}/`))
      await this.#notes.remove(batch.tenant, kinds.refused, note.key);
  }

  /** Notes that imports manage these people from now on. Kept until the batch is undone. */
  async own(batch: BatchRef, chunk: number, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const key = chunkKey(batch, chunk);
    await this.#notes.put({ tenant: batch.tenant, kind: kinds.owned, key, value: { ids } }, undefined);
  }

  /** The ids of all people that imports manage, in pieces; a person may be named twice. */
  async *owned(tenant: string): AsyncGenerator<readonly string[]> {
    for await (const { value } of this.#walk({ tenant, kind: kinds.owned, prefix: '' })) yield value.ids;
  }

  async disown(batch: BatchRef): Promise<void> {
    for await (const note of this.#all(batch, kinds.owned))
      await this.#notes.remove(batch.tenant, kinds.owned, note.key);
  }

  async #put<Value extends object>(
    { tenant }: BatchRef,
    kind: NoteKind<Value>,
    key: string,
    value: NoInfer<Value>,
  ): Promise<void> {
    const expiresAt = this.#later(rowsKeptDays);
    await this.#notes.put({ tenant, kind, key, value, expiresAt }, undefined);
  }

  async #remove({ tenant }: BatchRef, kind: string, key: string): Promise<void> {
    await this.#notes.remove(tenant, kind, key);
  }

  async #find<Value extends object>(
    { tenant }: BatchRef,
    kind: NoteKind<Value>,
    key: string,
  ): Promise<Value | undefined> {
    return (await this.#notes.find(tenant, kind, key))?.value;
  }

  #all<Value extends object>(
    { tenant, id }: BatchRef,
    kind: NoteKind<Value>,
    prefix = `${id}/`,
  ): AsyncGenerator<Note<Value>> {
    return this.#walk({ tenant, kind, prefix });
  }

  async *#walk<Value extends object>(query: {
    tenant: string;
    kind: NoteKind<Value>;
    prefix: string;
  }): AsyncGenerator<Note<Value>> {
    let after: string | undefined;
    for (;;) {
      const page = await this.#notes.list({ ...query, limit: 20, ...(after === undefined ? {} : { after }) });
      yield* page;
      if (page.length < 20) return;
      after = page.at(-1)?.key;
    }
  }

  #header({ tenant, id, ...value }: ImportBatch): NoteDraft<KeptBatch> {
    return { tenant, kind: kinds.batch, key: id, value, expiresAt: this.#later(keptDays) };
  }

  #later(days: number): string {
    return new Date(this.#now().getTime() + days * dayMs).toISOString();
  }
}

/** Which batch. */
export interface BatchRef {
  readonly tenant: string;
  readonly id: string;
}

/** What a run works through. */
export type DonePart = 'rows' | 'missing';
/** Where a refusal comes from. */
export type RefusalSource = 'read' | 'plan' | 'run';

/** The cells of a row as an errors file has them: of JSON the object. */
export function cellsOf({ object, cells = [] }: StoredRow): readonly string[] {
  return object === undefined ? cells.map(cellText) : [JSON.stringify(object)];
}

function batchOf({ tenant, key, value }: Note<KeptBatch>): ImportBatch {
  return { ...value, tenant, id: key };
}

function chunkKey({ id }: BatchRef, chunk: number): string {
  return `${id}/${String(chunk).padStart(7, '0')}`;
}

function doneKey({ id }: BatchRef, part: DonePart, chunk: number): string {
  return `${id}/${part}/${String(chunk).padStart(7, '0')}`;
}

function refusalKey({ id }: BatchRef, source: RefusalSource, chunk: number): string {
  return `${id}/${source}/${String(chunk).padStart(7, '0')}`;
}
