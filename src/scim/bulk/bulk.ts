import type { Json } from '../../base/json.ts';
import { BulkIds } from './bulk-ids.ts';
import { referencesIn, replaceReferences } from './bulk-references.ts';
import { notCarriedOut, noteOf } from './bulk-notes.ts';
import type { BulkOutcome, BulkParts, Execute } from './bulk-parts.ts';
import { BulkProgress } from './bulk-progress.ts';
import { bulkResponseUrn } from './bulk-request.ts';
import type { BulkFault, BulkOperation, BulkRequest } from './bulk-request.ts';
import { dryRunIn } from '../port/dry-run.ts';
import { inTurns, nextTurn, turnTaking } from '../../base/cooperative.ts';
import { patchOpUrn } from '../patch/patch-op.ts';
import { ScimError } from '../model/scim-error.ts';
import type { ScimResponse } from '../port/scim-request.ts';

/**
 * Carries out a Bulk request (RFC 7644 §3.7): in the order of the request, except that an operation's bulkId references
 * run first; circular references are left out of the create and added afterwards. Other requests get their turn between
 * any two operations. When all or nothing is asked for and one operation fails, the others are answered 424, and the
 * caller undoes them.
 */
export async function runBulk(request: BulkRequest, parts: BulkParts): Promise<BulkOutcome> {
  return new BulkRun(request, parts).run();
}

/** How long operations of one run wait, together, for a store that is away; those that follow are not tried. */
const patienceMs = 5_000;

/** Operations whose writes go to the database together. */
const atOnce = 100;

/** How long these operations, each of a fraction of a millisecond, keep other requests waiting. */
const turnMs = 2;

class BulkRun {
  readonly #request: BulkRequest;
  readonly #parts: BulkParts;
  readonly #bulkIds: BulkIds;
  #progress = new BulkProgress();
  #execute: Execute;
  #takeTurns: () => Promise<void> = nextTurn;

  constructor(request: BulkRequest, parts: BulkParts) {
    this.#request = request;
    this.#parts = parts;
    this.#execute = parts.execute;
    this.#bulkIds = new BulkIds(request);
  }

  async run(): Promise<BulkOutcome> {
    const { length } = this.#request.operations;
    for (let from = 0; from < length && !this.#isOver();) {
      const end = this.#endOfStretch(from);
      if (end - from < 2 || !(await this.#performTogether(from, end))) await this.#performAll(from, end);
      from = end;
    }
    if (this.#request.allOrNothing && this.#progress.errors > 0) this.#takeBack();
    const answers = [...this.#progress.answers].sort(([one], [other]) => one - other).map(([, answer]) => answer);
    const notes = {
      operations: this.#request.operations.map((operation, index) =>
        noteOf(operation, this.#progress.answers.get(index)?.['status']),
      ),
      ...this.#progress.notes.all(),
    };
    return { succeeded: this.#progress.errors === 0, body: { schemas: [bulkResponseUrn], Operations: answers }, notes };
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

  async #performAll(from: number, end: number): Promise<void> {
    for (let index = from; index < end && !this.#isOver(); index += 1) {
      await this.#perform(index);
      await this.#addRemainders();
    }
  }

  /**
   * Performs operations one after another and writes what they come to in one go.
   * @returns false where that cannot be done: then nothing has happened
   */
  async #performTogether(from: number, end: number): Promise<boolean> {
    const { together } = this.#parts;
    if (together === undefined) return false;
    const before = new BulkProgress(this.#progress);
    const start = performance.now();
    try {
      const isDone = await together(async (execute) => {
        this.#execute = execute;
        this.#takeTurns = turnTaking(turnMs);
        await this.#performAll(from, end);
      });
      if (!isDone) this.#progress = before;
      return isDone;
    } catch (cause) {
      const error = this.#parts.toScimError(cause);
      const tried = this.#progress;
      this.#progress = before;
      if (error.status !== 503) return false;
      this.#noteUnavailable(error, start);
      for (const index of tried.begun) if (!before.begun.has(index)) this.#giveUp(index, tried, error);
      return true;
    } finally {
      this.#execute = this.#parts.execute;
      this.#takeTurns = nextTurn;
    }
  }

  /** What was refused stays so; of the others it is not known whether they were written. */
  #giveUp(index: number, tried: BulkProgress, error: ScimError): void {
    const answer = tried.answers.get(index);
    this.#progress.begun.add(index);
    if (answer === undefined || Number(answer['status']) < 400)
      return this.#refuse(index, this.#request.operations[index]!, error);
    this.#progress.errors += 1;
    this.#progress.answers.set(index, answer);
  }

  #noteUnavailable(error: ScimError, since: number): void {
    this.#progress.unavailable = error;
    this.#progress.waitedMs += performance.now() - since;
  }

  #isOver(): boolean {
    return this.#progress.errors >= this.#request.failOnErrors;
  }

  async #perform(index: number): Promise<void> {
    const operation = this.#request.operations[index];
    if (operation === undefined || this.#progress.begun.has(index)) return;
    this.#progress.begun.add(index);
    if ('fault' in operation) {
      this.#refuse(index, operation, operation.fault);
      return;
    }
    const references = await inTurns(referencesIn([{ path: operation.path }, operation.data ?? null]));
    for (const bulkId of references) {
      const needed = this.#bulkIds.operationOf(bulkId);
      if (needed !== undefined && !this.#isOver()) await this.#perform(needed);
    }
    if (this.#isOver()) return;
    await this.#takeTurns();
    const start = performance.now();
    try {
      const { unavailable, waitedMs } = this.#progress;
      if (unavailable !== undefined && waitedMs > patienceMs) throw unavailable;
      await this.#carryOut(index, operation, references);
    } catch (cause) {
      const error = this.#parts.toScimError(cause);
      if (error.status === 503) this.#noteUnavailable(error, start);
      this.#refuse(index, operation, error);
    }
  }

  /** @param references bulkIds that the operation refers to: most refer to none, and are carried out as they are */
  async #carryOut(index: number, operation: BulkOperation, references: ReadonlySet<string>): Promise<void> {
    const { method, bulkId, version } = operation;
    const { path, data, later } =
      references.size > 0
        ? await inTurns(this.#bulkIds.resolved(operation, references, this.#progress))
        : { ...operation, later: [] };
    const response = await this.#send(
      { method, path, ...(version === undefined ? {} : { version }), ...(data === undefined ? {} : { data }) },
      index,
    );
    const rehearsed = dryRunIn(response.body);
    const location = rehearsed?.location ?? response.headers['Location'] ?? this.#parts.locationOf(path);
    const id = decodeURIComponent(location.slice(location.lastIndexOf('/') + 1));
    if (bulkId !== undefined) this.#progress.ids.set(bulkId, id);
    // A change is answered 200, as in the examples of RFC 7644 §3.7.3, though the resource is not repeated here.
    const status = method === 'PUT' || method === 'PATCH' ? 200 : response.status;
    this.#progress.answer(index, operation, status, {
      location,
      version: response.headers['ETag'],
      response: rehearsed?.report,
    });
    if (later.length > 0 && rehearsed === undefined)
      this.#progress.remainders = [
        ...this.#progress.remainders,
        { index, path: `${path.replace(/\/$/, '')}/${encodeURIComponent(id)}`, operations: later },
      ];
  }

  async #send(operation: Omit<BulkOperation, 'bulkId'>, index: number): Promise<ScimResponse> {
    const response = await this.#execute(operation, index);
    this.#progress.notes.add(response.log);
    return response;
  }

  /** Adds the circular references that creating left out. By now each is known, or failed. */
  async #addRemainders(): Promise<void> {
    const remainders = this.#progress.remainders;
    this.#progress.remainders = [];
    for (const { index, path, operations } of remainders) {
      const operation = this.#request.operations[index];
      const location = this.#progress.answers.get(index)?.['location'];
      if (operation === undefined) continue;
      await this.#takeTurns();
      try {
        const data = {
          schemas: [patchOpUrn],
          Operations: await inTurns(
            replaceReferences([...operations], (bulkId) => this.#bulkIds.idOf(bulkId, this.#progress)),
          ),
        };
        const response = await this.#send({ method: 'PATCH', path, data }, index);
        this.#progress.answer(index, operation, 201, { location, version: response.headers['ETag'] });
      } catch (cause) {
        const { message } = this.#parts.toScimError(cause);
        const fault = `a circular reference could not be added: ${message}`;
        if (this.#request.allOrNothing)
          this.#refuse(index, operation, new ScimError(409, undefined, `Nothing is created: ${fault}`));
        else {
          const error = new ScimError(409, undefined, `The resource was created, but ${fault}`);
          this.#refuse(index, operation, error, location);
        }
      }
    }
  }

  /** Says of all but the operation at fault that nothing came of them. */
  #takeBack(): void {
    const [fault = 0] = [...this.#progress.answers].find(([, { status }]) => Number(status) >= 400) ?? [];
    const error = new ScimError(
      Number(notCarriedOut),
      undefined,
      `Not carried out: Operations[${fault}] failed, and all or nothing was asked for.`,
    );
    for (const [index, operation] of this.#request.operations.entries())
      if (index !== fault) this.#refuse(index, operation, error);
  }

  #refuse(index: number, operation: BulkOperation | BulkFault, error: ScimError, location?: Json): void {
    this.#progress.errors += 1;
    const created =
      location
      ?? ('path' in operation && operation.method !== 'POST' ? this.#parts.locationOf(operation.path) : undefined);
    this.#progress.answer(index, operation, error.status, { location: created, response: { ...error.body() } });
  }
}
