import { checkObject, type RowReading, type StoredRow } from '../plan/person-of-row.ts';
import { columnsOf, isKnownHeading, type Mapping } from '../file/columns.ts';
import { type FileFacts, HeadingsError, ImportFileError } from '../file/import-file-error.ts';
import { readFileOfPeople } from '../file/read-file.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { chunkRows, type BatchNotes } from './batch-notes.ts';
import type { ImportBatch, Refusal } from './import-batch.ts';

/** What a batch is once its file has been read. */
export type ReadBatch = Pick<ImportBatch, 'file' | 'notes' | 'rows' | 'chunks' | 'refusedAtReading'>;

/**
 * Reads a file of any length into the rows of a batch, piece by piece. Nothing of the people themselves is looked at.
 * @param goesOn is asked now and then, with the rows and bytes read so far, whether to go on
 * @returns undefined where it should not go on
 * @throws ImportFileError where the file as a whole cannot be imported: its detail names the line
 */
export async function readIntoBatch(
  batches: BatchNotes,
  batch: ImportBatch,
  path: string,
  userType: ResourceType,
  goesOn: (rows: number, bytes: number) => Promise<boolean>,
): Promise<ReadBatch | undefined> {
  const { mapping, dates, encoding, delimiter } = batch.options;
  let bytes = 0;
  const wishes = {
    ...(encoding === undefined ? {} : { encoding }),
    ...(delimiter === undefined ? {} : { delimiter }),
    onBytes: (count: number) => void (bytes += count),
  };
  const reading: RowReading = { columns: [], dates, mapping, userType };
  const writer = new ChunkWriter(batches, batch);
  let file: ReadBatch['file'];
  let notes: readonly string[] = [];
  for await (const item of readFileOfPeople(path, isKnownHeading(mapping, userType), wishes)) {
    if (writer.read % chunkRows === 0 && !(await goesOn(writer.read, bytes))) return undefined;
    if (item.kind === 'about') {
      const { format, headings } = item;
      file = {
        format,
        headings,
        ...(item.encoding === undefined ? {} : { encoding: item.encoding }),
        ...(item.delimiter === undefined ? {} : { delimiter: item.delimiter }),
      };
      notes = item.notes;
      if (headings.length > 0) expectColumns(file, mapping, userType);
    } else if (item.kind === 'fault') await writer.refuse(item);
    else if (item.kind === 'row') await writer.add({ line: item.line, cells: item.cells });
    else {
      checkObject(item.line, item.object, reading);
      await writer.add({ line: item.line, object: item.object });
    }
  }
  if (file === undefined) throw new ImportFileError('The file is empty.');
  const counts = await writer.finish();
  return { file, notes, ...counts };
}

/** @throws HeadingsError with what the file is, so that a mapping can be made */
function expectColumns(file: FileFacts, mapping: Mapping, userType: ResourceType): void {
  try {
    columnsOf(file.headings, mapping, userType);
  } catch (cause) {
    throw cause instanceof ImportFileError ? new HeadingsError(cause.message, file) : cause;
  }
}

class ChunkWriter {
  readonly #batches: BatchNotes;
  readonly #batch: ImportBatch;
  #waiting: StoredRow[] = [];
  #refused: Refusal[] = [];
  #rows = 0;
  #chunks = 0;
  #refusedChunks = 0;
  #refusedRows = 0;

  constructor(batches: BatchNotes, batch: ImportBatch) {
    this.#batches = batches;
    this.#batch = batch;
  }

  /** Rows so far, with those that cannot be read. */
  get read(): number {
    return this.#rows + this.#refusedRows;
  }

  async add(row: StoredRow): Promise<void> {
    this.#waiting.push(row);
    this.#rows += 1;
    if (this.#waiting.length === chunkRows) await this.#flush();
  }

  async refuse({ line, reason, cells }: Refusal): Promise<void> {
    this.#refused.push({ line, reason, cells });
    this.#refusedRows += 1;
    if (this.#refused.length === chunkRows) await this.#flushRefused();
  }

  async finish(): Promise<Pick<ReadBatch, 'rows' | 'chunks' | 'refusedAtReading'>> {
    if (this.#waiting.length > 0) await this.#flush();
    if (this.#refused.length > 0) await this.#flushRefused();
    return { rows: this.#rows, chunks: this.#chunks, refusedAtReading: this.#refusedRows };
  }

  async #flush(): Promise<void> {
    await this.#batches.putRows(this.#batch, this.#chunks, this.#waiting);
    this.#chunks += 1;
    this.#waiting = [];
  }

  async #flushRefused(): Promise<void> {
    await this.#batches.putRefusals(this.#batch, 'read', this.#refusedChunks, this.#refused);
    this.#refusedChunks += 1;
    this.#refused = [];
  }
}
