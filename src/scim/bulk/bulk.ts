import { notCarriedOut, noteOf } from './bulk-notes.ts';
import type { BulkOutcome, BulkParts } from './bulk-parts.ts';
import { BulkProgress } from './bulk-progress.ts';
import { bulkResponseUrn } from './bulk-request.ts';
import type { BulkRequest } from './bulk-request.ts';
import { BulkSteps, type Stretch } from './bulk-steps.ts';
import { ScimError } from '../model/scim-error.ts';
import type { StagedWork } from '../port/resource-handler.ts';

/**
 * Carries out a Bulk request (RFC 7644 §3.7): in the order of the request, except that an operation's bulkId references
 * run first; circular references are left out of the create and added afterwards. Other requests get their turn between
 * any two operations. When all or nothing is asked for and one operation fails, the others are answered 424, and the
 * caller undoes them.
 */
export async function runBulk(request: BulkRequest, parts: BulkParts): Promise<BulkOutcome> {
  return new BulkRun(request, parts).run();
}

/** Operations whose writes go to the database together. */
const atOnce = 100;

/** A stretch whose writes are on their way to the disk. */
interface UnderWay {
  readonly stretch: Stretch;
  readonly staged: StagedWork;
  readonly written: Promise<boolean>;
  /** How far the run was before it, and with it. */
  readonly before: BulkProgress;
  readonly tried: BulkProgress;
  /** When it began, of `performance.now`. */
  readonly start: number;
}

class BulkRun {
  readonly #request: BulkRequest;
  readonly #parts: BulkParts;
  readonly #steps: BulkSteps;
  #underWay: UnderWay | undefined;

  constructor(request: BulkRequest, parts: BulkParts) {
    this.#request = request;
    this.#parts = parts;
    this.#steps = new BulkSteps(request, parts);
  }

  async run(): Promise<BulkOutcome> {
    const { length } = this.#request.operations;
    for (let from = 0; ;) {
      if (from >= length || this.#steps.isOver) {
        // What was only tried may come out otherwise, and then there may be more to do.
        if (this.#underWay === undefined) break;
        await this.#finishWriting();
      } else {
        const stretch = { from, end: this.#endOfStretch(from) };
        if (stretch.end - from < 2 || !(await this.#performTogether(stretch))) await this.#performEach(stretch);
        from = stretch.end;
      }
    }
    const { progress } = this.#steps;
    if (this.#request.allOrNothing && progress.errors > 0) this.#takeBack();
    const answers = [...progress.answers].sort(([one], [other]) => one - other).map(([, answer]) => answer);
    const notes = {
      operations: this.#request.operations.map((operation, index) =>
        noteOf(operation, progress.answers.get(index)?.['status']),
      ),
      ...progress.notes.all(),
    };
    return { succeeded: progress.errors === 0, body: { schemas: [bulkResponseUrn], Operations: answers }, notes };
  }

  /**
   * Operations that follow each other and whose writes can go together; what a removal leaves behind goes its own way.
   */
  #endOfStretch(from: number): number {
    const { operations } = this.#request;
    let end = from;
    while (end < operations.length && end < from + atOnce && operations[end]!.method !== 'DELETE') end += 1;
    return Math.max(end, from + 1);
  }

  async #performEach(stretch: Stretch): Promise<void> {
    await this.#finishWriting();
    await this.#steps.perform(stretch);
  }

  /**
   * Performs the operations of a stretch on what the stretch before it has left, while that is on its way to the disk,
   * and sends their writes to the disk in one go once that is durable.
   * @returns false where that cannot be done: then nothing has happened
   */
  async #performTogether(stretch: Stretch): Promise<boolean> {
    const steps = this.#steps;
    const { stage } = this.#parts;
    if (stage === undefined) return false;
    const before = new BulkProgress(steps.progress);
    const start = performance.now();
    try {
      const staged = await stage((execute) => steps.perform(stretch, execute), this.#underWay?.staged);
      const tried = new BulkProgress(steps.progress);
      if (!(await this.#finishWriting())) return await this.#performTogether(stretch);
      if (staged === undefined) {
        steps.progress = before;
        return false;
      }
      const written = staged.write();
      written.catch(() => undefined);
      this.#underWay = { stretch, staged, written, before, tried, start };
      return true;
    } catch (cause) {
      const error = this.#parts.toScimError(cause);
      const tried = steps.progress;
      steps.progress = before;
      if (!(await this.#finishWriting())) return this.#performTogether(stretch);
      if (error.status !== 503) return false;
      this.#giveUp(tried, error, start);
      return true;
    }
  }

  /**
   * Waits for the stretch that is on its way to the disk. Where another was quicker, its operations are performed
   * again, one by one.
   * @returns false where what came of it is not what was tried: what builds on that is forgotten
   */
  async #finishWriting(): Promise<boolean> {
    const underWay = this.#underWay;
    if (underWay === undefined) return true;
    this.#underWay = undefined;
    const { stretch, written, before, tried, start } = underWay;
    try {
      if (await written) return true;
      this.#steps.progress = before;
      await this.#steps.perform(stretch);
    } catch (cause) {
      const error = this.#parts.toScimError(cause);
      this.#steps.progress = before;
      if (error.status === 503) this.#giveUp(tried, error, start);
      else await this.#steps.perform(stretch);
    }
    return false;
  }

  /** What was refused stays so; of the others that were tried it is not known whether they were written. */
  #giveUp(tried: BulkProgress, error: ScimError, start: number): void {
    const { progress } = this.#steps;
    this.#steps.noteUnavailable(error, start);
    for (const index of [...tried.begun].filter((each) => !progress.begun.has(each))) {
      const answer = tried.answers.get(index);
      progress.begun.add(index);
      if (answer === undefined || Number(answer['status']) < 400)
        this.#steps.refuse(index, this.#request.operations[index]!, error);
      else {
        progress.errors += 1;
        progress.answers.set(index, answer);
      }
    }
  }

  /** Says of all but the operation at fault that nothing came of them. */
  #takeBack(): void {
    const [fault = 0] = [...this.#steps.progress.answers].find(([, { status }]) => Number(status) >= 400) ?? [];
    const error = new ScimError(
      Number(notCarriedOut),
      undefined,
      `Not carried out: Operations[${fault}] failed, and all or nothing was asked for.`,
    );
    for (const [index, operation] of this.#request.operations.entries())
      if (index !== fault) this.#steps.refuse(index, operation, error);
  }
}
