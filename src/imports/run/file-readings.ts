import { stat } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import { HeadingsError } from '../file/import-file-error.ts';
import type { BatchNotes } from '../batch/batch-notes.ts';
import type { ImportBatch } from '../batch/import-batch.ts';
import { readIntoBatch, type ReadBatch } from '../batch/read-into-batch.ts';

/** What reading works with. */
export interface FileReadingsParts {
  readonly batches: BatchNotes;
  readonly userType: ResourceType;
  readonly clock: Clock;
}

/** How often it is written down how far a reading is, in milliseconds. */
const tellMs = 1_000;
/** A reading of which nothing was heard for so long has ended with its process, in milliseconds. */
const silentMs = 60_000;

/** Thrown where the process stops: the next reader reads the file again. */
export class ReadingStoppedError extends Error {
  override readonly name = 'ReadingStoppedError';
}

/** The files that this process reads now. */
export class FileReadings {
  readonly #parts: FileReadingsParts;
  readonly #underWay = new Map<string, Promise<unknown>>();
  readonly #cancelled = new Set<string>();
  readonly #plan: (batch: ImportBatch, to: (now: ImportBatch) => ImportBatch) => Promise<unknown>;
  #stopping = false;

  /** @param plan changes a batch that has been read, and has it planned where that changed it */
  constructor(
    parts: FileReadingsParts,
    plan: (batch: ImportBatch, to: (now: ImportBatch) => ImportBatch) => Promise<unknown>,
  ) {
    this.#parts = parts;
    this.#plan = plan;
  }

  /**
   * Begins to read a file that this process alone has, and has it planned then.
   * @returns once the batch is there, the reading, which ends and fails as that of `readAnew`
   */
  async begin(batch: ImportBatch, path: string): Promise<{ readonly read: Promise<void> }> {
    await this.#parts.batches.add(batch);
    return { read: this.#readAndPlan(batch, path, () => true) };
  }

  /**
   * Reads a file that can be read again after a stop, under the same id, and has it planned.
   * @throws ImportFileError where the file as a whole cannot be imported: then the batch has failed.
   *   ReadingStoppedError
   *   where the process stops
   */
  async readAnew(batch: ImportBatch, path: string): Promise<void> {
    await this.#parts.batches.add(batch);
    await this.#readAndPlan(batch, path, (cause) => !(cause instanceof ReadingStoppedError));
  }

  /**
   * Cancels a batch that is being read, or whose plan waits to be approved; where this process reads it, that ends
   * soon.
   * @returns false where the batch is not in that stage any more
   */
  async cancel({ tenant, id, stage }: ImportBatch): Promise<boolean> {
    const changed = await this.#parts.batches.change(tenant, id, (now) =>
      now.stage === stage ? { ...now, stage: 'cancelled' } : now,
    );
    if (this.#underWay.has(id)) this.#cancelled.add(id);
    return changed?.stage === 'cancelled';
  }

  /** Ends all readings. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.allSettled(this.#underWay.values());
  }

  /** @param isFinal whether the import has failed for good with what was thrown */
  async #readAndPlan(batch: ImportBatch, path: string, isFinal: (cause: unknown) => boolean): Promise<void> {
    const { tenant, id } = batch;
    const reading = this.#read(batch, path);
    this.#underWay.set(id, reading);
    try {
      const read = await reading;
      if (read === undefined) return;
      await this.#plan(batch, (now) => {
        const { reading: told, ...rest } = now;
        void told;
        return now.stage === 'reading' ? { ...rest, ...read, stage: 'planning' } : now;
      });
    } catch (cause) {
      if (!isFinal(cause)) throw cause;
      const isTold = cause instanceof ScimError || cause instanceof ReadingStoppedError;
      const fault = isTold ? cause.message : 'The file could not be read to its end.';
      const file = cause instanceof HeadingsError ? { file: cause.file } : {};
      await this.#parts.batches.change(tenant, id, (now) => ({ ...now, stage: 'failed', fault, ...file }));
      if (cause instanceof HeadingsError) cause.importId = id;
      throw cause;
    } finally {
      this.#underWay.delete(id);
      this.#cancelled.delete(id);
    }
  }

  /** @returns undefined where it was cancelled meanwhile, here or by another process */
  async #read(batch: ImportBatch, path: string): Promise<ReadBatch | undefined> {
    const { batches, userType, clock } = this.#parts;
    const of = (await stat(path)).size;
    let told = performance.now();
    const goesOn = async (rows: number, bytes: number): Promise<boolean> => {
      if (this.#stopping) throw new ReadingStoppedError('Latchkey was stopped while it read the file. Send it again.');
      if (this.#cancelled.has(batch.id)) return false;
      if (performance.now() - told < tellMs) return true;
      told = performance.now();
      const reading = { at: clock.now().toISOString(), rows, bytes, of };
      const now = await batches.change(batch.tenant, batch.id, (one) =>
        one.stage === 'reading' ? { ...one, reading } : one,
      );
      return now?.stage === 'reading';
    };
    return readIntoBatch(batches, batch, path, userType, goesOn);
  }
}

/** The batch as people see it: one whose reading fell silent has failed. */
export function withoutLostReading(batch: ImportBatch, now: Date): ImportBatch {
  if (batch.stage !== 'reading') return batch;
  const heard = Date.parse(batch.reading?.at ?? batch.createdAt);
  if (now.getTime() - heard < silentMs) return batch;
  return { ...batch, stage: 'failed', fault: 'Latchkey was stopped while it read the file. Send it again.' };
}
