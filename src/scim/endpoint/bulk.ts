import type { Json, JsonObject } from '../../base/json.ts';
import { referencesIn, replaceReferences, splitResource } from './bulk-references.ts';
import type { SplitResource } from './bulk-references.ts';
import { BulkNotes, notCarriedOut, noteOf } from './bulk-notes.ts';
import { bulkResponseUrn } from './bulk-request.ts';
import type { BulkFault, BulkOperation, BulkRequest } from './bulk-request.ts';
import { dryRunIn } from '../port/dry-run.ts';
import { inTurns, nextTurn, type Steps } from '../../base/cooperative.ts';
import { patchOpUrn } from '../patch/patch-op.ts';
import type { RequestNotes } from '../model/request-notes.ts';
import { InvalidValueError, ScimError } from '../model/scim-error.ts';
import type { ScimResponse } from '../port/scim-request.ts';

/** What a Bulk run needs of the endpoint. */
export interface BulkParts {
  /** Carries out one request, as if it had come by itself. @param index of the operation it belongs to */
  execute(operation: Omit<BulkOperation, 'bulkId'>, index: number): Promise<ScimResponse>;
  /** The URI of a path below the base. */
  locationOf(path: string): string;
  /** What to answer for anything thrown. */
  toScimError(cause: unknown): ScimError;
}

/** What came of a Bulk request. */
export interface BulkOutcome {
  /** Whether each operation succeeded. */
  readonly succeeded: boolean;
  readonly body: JsonObject;
  readonly notes: RequestNotes;
}

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

/** What is still to be added to a resource that was created without it. */
interface Remainder {
  readonly index: number;
  readonly path: string;
  readonly operations: readonly JsonObject[];
}

class BulkRun {
  readonly #request: BulkRequest;
  readonly #parts: BulkParts;
  readonly #indexOf = new Map<string, number>();
  /** By bulkId. */
  readonly #ids = new Map<string, string>();
  readonly #begun = new Set<number>();
  readonly #answers = new Map<number, JsonObject>();
  readonly #notes = new BulkNotes();
  #remainders: Remainder[] = [];
  /** What an operation met that found the store away. */
  #unavailable: ScimError | undefined;
  /** How long operations have waited for a store that was away, in milliseconds. */
  #waitedMs = 0;
  #errors = 0;

  constructor(request: BulkRequest, parts: BulkParts) {
    this.#request = request;
    this.#parts = parts;
    for (const [index, { bulkId }] of request.operations.entries()) {
      if (bulkId !== undefined && !this.#indexOf.has(bulkId)) this.#indexOf.set(bulkId, index);
    }
  }

  async run(): Promise<BulkOutcome> {
    for (const index of this.#request.operations.keys()) {
      if (this.#isOver()) break;
      await this.#perform(index);
      await this.#addRemainders();
    }
    if (this.#request.allOrNothing && this.#errors > 0) this.#takeBack();
    const answers = [...this.#answers].sort(([one], [other]) => one - other).map(([, answer]) => answer);
    const notes = {
      operations: this.#request.operations.map((operation, index) =>
        noteOf(operation, this.#answers.get(index)?.['status']),
      ),
      ...this.#notes.all(),
    };
    return { succeeded: this.#errors === 0, body: { schemas: [bulkResponseUrn], Operations: answers }, notes };
  }

  #isOver(): boolean {
    return this.#errors >= this.#request.failOnErrors;
  }

  async #perform(index: number): Promise<void> {
    const operation = this.#request.operations[index];
    if (operation === undefined || this.#begun.has(index)) return;
    this.#begun.add(index);
    if ('fault' in operation) {
      this.#refuse(index, operation, operation.fault);
      return;
    }
    const references = await inTurns(referencesIn([{ path: operation.path }, operation.data ?? null]));
    for (const bulkId of references) {
      const needed = this.#indexOf.get(bulkId);
      if (needed !== undefined && !this.#isOver()) await this.#perform(needed);
    }
    if (this.#isOver()) return;
    await nextTurn();
    const start = performance.now();
    try {
      if (this.#unavailable !== undefined && this.#waitedMs > patienceMs) throw this.#unavailable;
      await this.#execute(index, operation, references);
    } catch (cause) {
      const error = this.#parts.toScimError(cause);
      if (error.status === 503) {
        this.#unavailable = error;
        this.#waitedMs += performance.now() - start;
      }
      this.#refuse(index, operation, error);
    }
  }

  /** @param references bulkIds that the operation refers to: most refer to none, and are carried out as they are */
  async #execute(index: number, operation: BulkOperation, references: ReadonlySet<string>): Promise<void> {
    const { method, bulkId, version } = operation;
    const { path, data, later } =
      references.size > 0 ? await inTurns(this.#resolved(operation, references)) : { ...operation, later: [] };
    const response = await this.#send(
      { method, path, ...(version === undefined ? {} : { version }), ...(data === undefined ? {} : { data }) },
      index,
    );
    const rehearsed = dryRunIn(response.body);
    const location = rehearsed?.location ?? response.headers['Location'] ?? this.#parts.locationOf(path);
    const id = decodeURIComponent(location.slice(location.lastIndexOf('/') + 1));
    if (bulkId !== undefined) this.#ids.set(bulkId, id);
    // A change is answered 200, as in the examples of RFC 7644 §3.7.3, though the resource is not repeated here.
    const status = method === 'PUT' || method === 'PATCH' ? 200 : response.status;
    this.#answer(index, operation, status, {
      location,
      version: response.headers['ETag'],
      response: rehearsed?.report,
    });
    if (later.length > 0 && rehearsed === undefined)
      this.#remainders.push({ index, path: `${path.replace(/\/$/, '')}/${encodeURIComponent(id)}`, operations: later });
  }

  /** The operation with ids for its references, but for those that must be added later. */
  *#resolved(
    { method, path, data }: BulkOperation,
    references: ReadonlySet<string>,
  ): Steps<Pick<BulkOperation, 'path' | 'data'> & Pick<SplitResource, 'later'>> {
    const isCircular = data !== undefined && method === 'POST' && [...references].some((one) => this.#isPending(one));
    const { now, later } = isCircular
      ? yield* splitResource(data, (one) => this.#isPending(one))
      : { now: data, later: [] };
    const body = now === undefined ? {} : { data: (yield* replaceReferences(now, this.#idOf)) as JsonObject };
    return { path: (yield* replaceReferences(path, this.#idOf, 'path')) as string, ...body, later };
  }

  async #send(operation: Omit<BulkOperation, 'bulkId'>, index: number): Promise<ScimResponse> {
    const response = await this.#parts.execute(operation, index);
    this.#notes.add(response.log);
    return response;
  }

  /** Adds the circular references that creating left out. By now each is known, or failed. */
  async #addRemainders(): Promise<void> {
    const remainders = this.#remainders;
    this.#remainders = [];
    for (const { index, path, operations } of remainders) {
      const operation = this.#request.operations[index];
      const location = this.#answers.get(index)?.['location'];
      if (operation === undefined) continue;
      await nextTurn();
      try {
        const data = {
          schemas: [patchOpUrn],
          Operations: await inTurns(replaceReferences([...operations], this.#idOf)),
        };
        const response = await this.#send({ method: 'PATCH', path, data }, index);
        this.#answer(index, operation, 201, { location, version: response.headers['ETag'] });
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

  /** @throws ScimError when the bulkId is unknown, or its operation failed */
  readonly #idOf = (bulkId: string): string => {
    const id = this.#ids.get(bulkId);
    if (id !== undefined) return id;
    const index = this.#indexOf.get(bulkId);
    if (index === undefined)
      throw new InvalidValueError(`"bulkId:${bulkId.slice(0, 100)}" names no operation of this request.`);
    throw new ScimError(
      409,
      undefined,
      `The operation that "bulkId:${bulkId.slice(0, 100)}" refers to did not succeed.`,
    );
  };

  /** True for what is being worked on further up: the reference is circular. */
  #isPending(bulkId: string): boolean {
    const index = this.#indexOf.get(bulkId);
    return index !== undefined && this.#begun.has(index) && !this.#answers.has(index);
  }

  /** Says of all but the operation at fault that nothing came of them. */
  #takeBack(): void {
    const [fault = 0] = [...this.#answers].find(([, { status }]) => Number(status) >= 400) ?? [];
    const error = new ScimError(
      Number(notCarriedOut),
      undefined,
      `Not carried out: Operations[${fault}] failed, and all or nothing was asked for.`,
    );
    for (const [index, operation] of this.#request.operations.entries())
      if (index !== fault) this.#refuse(index, operation, error);
  }

  #answer(
    index: number,
    { method, bulkId }: BulkOperation | BulkFault,
    status: number,
    more: Record<string, Json | undefined>,
  ): void {
    const given = Object.entries(more).filter((entry): entry is [string, Json] => entry[1] !== undefined);
    this.#answers.set(index, {
      method,
      ...(bulkId === undefined ? {} : { bulkId }),
      ...Object.fromEntries(given),
      status: String(status),
    });
  }

  #refuse(index: number, operation: BulkOperation | BulkFault, error: ScimError, location?: Json): void {
    this.#errors += 1;
    const created =
      location
      ?? ('path' in operation && operation.method !== 'POST' ? this.#parts.locationOf(operation.path) : undefined);
    this.#answer(index, operation, error.status, { location: created, response: { ...error.body() } });
  }
}
