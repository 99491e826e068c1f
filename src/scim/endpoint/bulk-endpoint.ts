import { parseBulkRequest } from '../bulk/bulk-request.ts';
import type { BulkRequest } from '../bulk/bulk-request.ts';
import { runBulk } from '../bulk/bulk.ts';
import type { BulkOutcome, BulkParts as BulkRunParts, Execute } from '../bulk/bulk-parts.ts';
import { createAttemptOf } from '../port/idempotency-key.ts';
import type { Capabilities } from './discovery.ts';
import { deferBulk, wishIn } from './deferred-endpoint.ts';
import type { DeferredBulk } from '../port/deferred-bulk.ts';
import { ResourceEndpoint } from './resource-endpoint.ts';
import type { ResourceParts } from './resource-endpoint.ts';
import { parseRoute } from './route.ts';
import { answer } from '../answer/scim-answer.ts';
import { ScimError } from '../model/scim-error.ts';
import type { ScimRequest, ScimResponse } from '../port/scim-request.ts';

/** What Bulk needs of the endpoint's parts. */
export interface BulkParts extends ResourceParts {
  readonly capabilities: Capabilities;
  /** The answer to an error that is not a ScimError; the place to log it. */
  readonly failureOf?: (cause: unknown) => ScimError;
  /** Where batches can be answered before they are done. */
  readonly deferred?: DeferredBulk;
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Carries out many operations of one request, one by one or all or nothing. */
export class BulkEndpoint {
  readonly #parts: BulkParts;

  constructor(parts: BulkParts) {
    this.#parts = parts;
  }

  /** RFC 7644 §3.7. */
  async handle(request: ScimRequest): Promise<ScimResponse> {
    const {
      capabilities: { bulk },
    } = this.#parts;
    if (Number(request.headers['content-length'] ?? 0) > bulk.maxPayloadSize) {
      throw new ScimError(
        413,
        undefined,
        `A Bulk request may have at most ${bulk.maxPayloadSize} bytes (maxPayloadSize).`,
      );
    }
    const bulkRequest = parseBulkRequest(request.body, bulk.maxOperations);
    const { deferred, sleep = defaultSleep } = this.#parts;
    if (deferred !== undefined && !request.context.dryRun && wishIn(request.headers['prefer']).isAsync)
      return deferBulk(request, deferred, sleep);
    const { body, notes } = await (bulkRequest.allOrNothing
      ? this.#runAtomically(request, bulkRequest)
      : this.#runPiecewise(request, bulkRequest));
    return answer(200, body, {}, notes);
  }

  /**
   * Of a batch that comes again with its `Idempotency-Key` nothing is done, since all of it is: it is answered as it
   * was then.
   */
  #runAtomically(request: ScimRequest, bulkRequest: BulkRequest): Promise<Pick<BulkOutcome, 'body' | 'notes'>> {
    const {
      context,
      headers: { 'idempotency-key': key },
      body = null,
    } = request;
    const attempt = context.dryRun
      ? undefined
      : createAttemptOf(context.client.id, key, body, this.#parts.attemptKeys());
    return this.#parts.handler.atomically<Pick<BulkOutcome, 'body' | 'notes'>>(async (handler) => {
      const earlier = attempt === undefined ? undefined : await handler.recall(context, attempt);
      if (earlier !== undefined) return { keep: false, answer: { body: earlier, notes: {} } };
      const outcome = await this.#runBulk(request, bulkRequest, new ResourceEndpoint({ ...this.#parts, handler }));
      if (attempt !== undefined && outcome.succeeded) await handler.remember(context, attempt, outcome.body);
      return { keep: outcome.succeeded, answer: outcome };
    });
  }

  /** Each operation stands by itself; the writes of many go to the database together where it can do that. */
  #runPiecewise(request: ScimRequest, bulkRequest: BulkRequest): Promise<BulkOutcome> {
    const stage: BulkRunParts['stage'] = (work, onto) =>
      this.#parts.handler.stage(
        (handler) => work(this.#executor(request, new ResourceEndpoint({ ...this.#parts, handler }))),
        onto,
      );
    return this.#runBulk(
      request,
      bulkRequest,
      new ResourceEndpoint(this.#parts),
      request.context.dryRun ? {} : { stage },
    );
  }

  #runBulk(
    request: ScimRequest,
    bulkRequest: BulkRequest,
    resources: ResourceEndpoint,
    more: Pick<BulkRunParts, 'stage'> = {},
  ): Promise<BulkOutcome> {
    const { failureOf = unexpected } = this.#parts;
    return runBulk(bulkRequest, {
      ...more,
      execute: this.#executor(request, resources),
      locationOf: (path) => `${request.baseUrl}${path}`,
      toScimError: (cause) => (cause instanceof ScimError ? cause : failureOf(cause)),
    });
  }

  #executor(request: ScimRequest, resources: ResourceEndpoint): Execute {
    const { types } = this.#parts;
    const key = request.headers['idempotency-key'];
    return async ({ method, path, version, data }, index) => {
      const route = parseRoute(types, method, path);
      if (route.kind !== 'collection' && route.kind !== 'resource')
        throw new ScimError(400, 'invalidValue', `Bulk cannot go to ${path.slice(0, 200)}.`);
      const headers = {
        prefer: 'return=minimal',
        ...(version === undefined ? {} : { 'if-match': version }),
        // A request that may be repeated as a whole may be repeated in its parts.
        ...(key === undefined || key === '' ? {} : { 'idempotency-key': `${key}/${index}` }),
      };
      const inner = { ...request, method, path, query: new URLSearchParams(), headers, body: data };
      return route.kind === 'collection'
        ? resources.create(inner, route.type)
        : resources.handle(inner, route.type, route.id);
    };
  }
}

async function defaultSleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

function unexpected(): ScimError {
  return new ScimError(500, undefined, 'Something failed on our side.');
}
