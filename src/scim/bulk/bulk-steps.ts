import type { Json } from '../../base/json.ts';
import { inTurns, nextTurn, turnTaking } from '../../base/cooperative.ts';
import { patchOpUrn } from '../patch/patch-op.ts';
import { ScimError } from '../model/scim-error.ts';
import { dryRunIn } from '../port/dry-run.ts';
import type { ScimResponse } from '../port/scim-request.ts';
import { BulkIds } from './bulk-ids.ts';
import type { BulkParts, Execute } from './bulk-parts.ts';
import { BulkProgress } from './bulk-progress.ts';
import { mayRefer, referencesIn, replaceReferences } from './bulk-references.ts';
import type { BulkFault, BulkOperation, BulkRequest } from './bulk-request.ts';

/** How long operations of one run wait, together, for a store that is away; those that follow are not tried. */
const patienceMs = 5_000;

/** What most operations refer to. */
const noReferences: ReadonlySet<string> = new Set();

/** How long staged operations, each of a fraction of a millisecond, keep other requests waiting. */
const turnMs = 2;

/** Operations that follow each other: indexes of the first, and of the one after the last. */
export interface Stretch {
  readonly from: number;
  readonly end: number;
}

/** Carries out operations of a Bulk request, one after another, and notes what came of each. */
export class BulkSteps {
  progress = new BulkProgress();
  readonly #request: BulkRequest;
  readonly #parts: BulkParts;
  readonly #bulkIds: BulkIds;
  #execute: Execute;
  #takeTurns: () => Promise<void> = nextTurn;

  constructor(request: BulkRequest, parts: BulkParts) {
    this.#request = request;
    this.#parts = parts;
    this.#execute = parts.execute;
    this.#bulkIds = new BulkIds(request);
  }

  /** Whether so many operations failed that no other is begun. */
  get isOver(): boolean {
    return this.progress.errors >= this.#request.failOnErrors;
  }

  /**
   * Performs the operations of a stretch, less those that others needed before.
   * @param execute carries them out in place of what carries out each by itself
   */
  async perform({ from, end }: Stretch, execute?: Execute): Promise<void> {
    this.#execute = execute ?? this.#parts.execute;
    this.#takeTurns = execute === undefined ? nextTurn : turnTaking(turnMs);
    for (let index = from; index < end && !this.isOver; index += 1) {
      await this.#perform(index);
      await this.#addRemainders();
    }
  }

  /** Notes that the store was away for some operations. @param since when they began, of `performance.now` */
  noteUnavailable(error: ScimError, since: number): void {
    this.progress.unavailable = error;
    this.progress.waitedMs += performance.now() - since;
  }

  async #perform(index: number): Promise<void> {
    const operation = this.#request.operations[index];
    if (operation === undefined || this.progress.begun.has(index)) return;
    this.progress.begun.add(index);
    if ('fault' in operation) {
      this.refuse(index, operation, operation.fault);
      return;
    }
    const said = [{ path: operation.path }, operation.data ?? null];
    const references = mayRefer(said) ? await inTurns(referencesIn(said)) : noReferences;
    for (const bulkId of references) {
      const needed = this.#bulkIds.operationOf(bulkId);
      if (needed !== undefined && !this.isOver) await this.#perform(needed);
    }
    if (this.isOver) return;
    await this.#takeTurns();
    const start = performance.now();
    try {
      const { unavailable, waitedMs } = this.progress;
      if (unavailable !== undefined && waitedMs > patienceMs) throw unavailable;
      await this.#carryOut(index, operation, references);
    } catch (cause) {
      const error = this.#parts.toScimError(cause);
      if (error.status === 503) this.noteUnavailable(error, start);
      this.refuse(index, operation, error);
    }
  }

  /** @param references bulkIds that the operation refers to: most refer to none, and are carried out as they are */
  async #carryOut(index: number, operation: BulkOperation, references: ReadonlySet<string>): Promise<void> {
    const { method, bulkId, version } = operation;
    const { path, data, later } =
      references.size > 0
        ? await inTurns(this.#bulkIds.resolved(operation, references, this.progress))
        : { ...operation, later: [] };
    const response = await this.#send(
      { method, path, ...(version === undefined ? {} : { version }), ...(data === undefined ? {} : { data }) },
      index,
    );
    const rehearsed = dryRunIn(response.body);
    const location = rehearsed?.location ?? response.headers['Location'] ?? this.#parts.locationOf(path);
    const id = decodeURIComponent(location.slice(location.lastIndexOf('/') + 1));
    if (bulkId !== undefined) this.progress.ids.set(bulkId, id);
    // A change is answered 200, as in the examples of RFC 7644 §3.7.3, though the resource is not repeated here.
    const status = method === 'PUT' || method === 'PATCH' ? 200 : response.status;
    this.progress.answer(index, operation, status, {
      location,
      version: response.headers['ETag'],
      response: rehearsed?.report,
    });
    if (later.length > 0 && rehearsed === undefined)
      this.progress.remainders = [
        ...this.progress.remainders,
        { index, path: `${path.replace(/\/$/, '')}/${encodeURIComponent(id)}`, operations: later },
      ];
  }

  async #send(operation: Omit<BulkOperation, 'bulkId'>, index: number): Promise<ScimResponse> {
    const response = await this.#execute(operation, index);
    this.progress.notes.add(response.log);
    return response;
  }

  /** Adds the circular references that creating left out. By now each is known, or failed. */
  async #addRemainders(): Promise<void> {
    const remainders = this.progress.remainders;
    this.progress.remainders = [];
    for (const { index, path, operations } of remainders) {
      const operation = this.#request.operations[index];
      const location = this.progress.answers.get(index)?.['location'];
      if (operation === undefined) continue;
      await this.#takeTurns();
      try {
        const data = {
          schemas: [patchOpUrn],
          Operations: await inTurns(
            replaceReferences([...operations], (bulkId) => this.#bulkIds.idOf(bulkId, this.progress)),
          ),
        };
        const response = await this.#send({ method: 'PATCH', path, data }, index);
        this.progress.answer(index, operation, 201, { location, version: response.headers['ETag'] });
      } catch (cause) {
        const { message } = this.#parts.toScimError(cause);
        const fault = `a circular reference could not be added: ${message}`;
        if (this.#request.allOrNothing)
          this.refuse(index, operation, new ScimError(409, undefined, `Nothing is created: ${fault}`));
        else {
          const error = new ScimError(409, undefined, `The resource was created, but ${fault}`);
          this.refuse(index, operation, error, location);
        }
      }
    }
  }

  /** Notes why nothing came of an operation. @param location of what came of it all the same */
  refuse(index: number, operation: BulkOperation | BulkFault, error: ScimError, location?: Json): void {
    this.progress.errors += 1;
    const created =
      location
      ?? ('path' in operation && operation.method !== 'POST' ? this.#parts.locationOf(operation.path) : undefined);
    this.progress.answer(index, operation, error.status, { location: created, response: { ...error.body() } });
  }
}
