import type { Clock } from '../base/clock.ts';
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import type { SecretBox } from '../base/secret-box.ts';
import type { Notes } from '../domain/notes.ts';
import type { EventLog } from '../history/event-log.ts';
import type { Sequencer } from '../history/sequencer.ts';
import type { JobHandler } from '../jobs/job-runner.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { ScimError } from '../scim/model/scim-error.ts';
import type { DeferredBulk, DeferredState } from '../scim/port/deferred-bulk.ts';
import type { RequestContext } from '../scim/port/resource-handler.ts';
import type { ScimRequest, ScimResponse } from '../scim/port/scim-request.ts';
import { type Feed, tokensOf } from '../streams/security-events.ts';
import type { TokenSigner } from '../streams/token-signer.ts';
import { completions } from './completions.ts';
import { deferredKind, openKind, requestPurpose, requestSuffix } from './deferred-notes.ts';

/** What deferred batches work with. */
export interface DeferredBatchesParts {
  readonly notes: Pick<Notes, 'find' | 'put' | 'remove' | 'list'>;
  readonly jobs: Jobs;
  /** Seals what is kept of a batch until it is done: it can hold passwords. */
  readonly secrets: Pick<SecretBox, 'seal' | 'open'>;
  readonly events: Pick<EventLog, 'append' | 'query'>;
  readonly sequencer: Pick<Sequencer, 'catchUp'>;
  readonly signer: Pick<TokenSigner, 'sign'>;
  readonly feedOf: (tenant: string, endpoint: { readonly id: string; readonly audience: string | null }) => Feed;
  /** Carries out a SCIM call. */
  readonly handle: (request: ScimRequest) => Promise<ScimResponse>;
  /** The resource type of a path such as `/Users/5`; undefined where there is none. */
  readonly typeAt: (tenant: string, path: string) => string | undefined;
  readonly clock: Clock;
  readonly wake: () => void;
}

/** A request as it is kept, sealed. */
interface Kept {
  readonly context: RequestContext;
  readonly body: Json;
  readonly baseUrl: string;
  readonly idempotencyKey?: string;
}

const kind = deferredKind;
const jobKind = 'deferredBatch';
const purpose = requestPurpose;
/** For how long what came of a batch is told. */
const keptMs = 7 * 86_400_000;
/** For how long one that has failed for good counts among those under way. */
const openMs = 3_600_000;
const mostOperations = 1_000;
/** Batches of a tenant that wait or run at a time: each can have megabytes. */
const mostOpen = 20;

/**
 * Batches that are answered before they are done. A batch is a job: a process that dies in the middle of it leaves it
 * to another, which begins again and knows by the batch's key what has been created.
 */
export class DeferredBatches implements DeferredBulk {
  readonly #parts: DeferredBatchesParts;

  constructor(parts: DeferredBatchesParts) {
    this.#parts = parts;
  }

  /** What does the jobs, for the process's runner. */
  handlers(): Readonly<Record<string, JobHandler>> {
    return { [jobKind]: (run) => this.#run(run.job.tenant, run.job.id) };
  }

  async begin({ context, body, baseUrl, headers }: ScimRequest): Promise<string> {
    const { notes, jobs, secrets, clock, wake } = this.#parts;
    const { tenant, client } = context;
    if ((await notes.list({ tenant, kind: openKind, limit: mostOpen })).length >= mostOpen)
      throw new ScimError(
        429,
        undefined,
        `${mostOpen} batches are under way already: wait for one of them, or send this one without "respond-async".`,
        { 'Retry-After': '5' },
      );
    const { isOver, ...plain } = context;
    void isOver;
    const transaction = clock.newId();
    const key = headers['idempotency-key'];
    const kept: Kept = {
      context: plain,
      body: body ?? null,
      baseUrl,
      ...(key === undefined || key === '' ? {} : { idempotencyKey: key }),
    };
    const expiresAt = this.#end();
    const sealed = secrets.seal(JSON.stringify(kept), { tenant, id: transaction, purpose });
    await notes.put({ tenant, kind, key: transaction + requestSuffix, value: { sealed }, expiresAt }, 0);
    await notes.put({ tenant, kind, key: transaction, value: { client: client.id }, expiresAt }, 0);
    await notes.put({ tenant, kind: openKind, key: transaction, value: {}, expiresAt: this.#end(openMs) }, 0);
    await jobs.add({ tenant, id: transaction, kind: jobKind, data: {} });
    wake();
    return transaction;
  }

  async find({ tenant, client }: RequestContext, transaction: string): Promise<DeferredState | undefined> {
    const note = await this.#parts.notes.find(tenant, kind, transaction.slice(0, 100));
    if (note === undefined || note.value['client'] !== client.id) return undefined;
    const { body, status, detail } = note.value;
    if (isJsonObject(body)) return { state: 'done', body };
    if (typeof status === 'number' && typeof detail === 'string') return { state: 'failed', status, detail };
    const job = await this.#parts.jobs.find(tenant, transaction);
    if (job?.state === 'failed' || job?.state === 'cancelled')
      return { state: 'failed', status: 500, detail: 'The batch could not be carried out: a fault on our side.' };
    return { state: 'running' };
  }

  async tokens(context: RequestContext, transaction: string): Promise<Readonly<Record<string, string>> | undefined> {
    const { events, sequencer, signer, feedOf } = this.#parts;
    const { tenant, client } = context;
    if ((await this.find(context, transaction))?.state !== 'done') return undefined;
    await sequencer.catchUp(tenant);
    const { entries } = await events.query({
      tenant,
      condition: {
        kind: 'compare',
        operator: 'sw',
        target: [{ key: 'requestid', multiValued: false }],
        value: `${transaction}:`,
      },
      sort: undefined,
      limit: mostOperations,
      page: { offset: 0 },
    });
    const feed = feedOf(tenant, { id: transaction, audience: client.id });
    const claims = entries.flatMap((entry) => tokensOf(entry, feed));
    const signed = await Promise.all(claims.map(async (one) => [one.jti, await signer.sign(tenant, one)] as const));
    return Object.fromEntries(signed);
  }

  async #run(tenant: string, transaction: string): ReturnType<JobHandler> {
    const { notes, secrets, events, handle, typeAt } = this.#parts;
    const note = await notes.find(tenant, kind, transaction + requestSuffix);
    const sealed = note?.value['sealed'];
    // It was done, and the process died before that was noted.
    if (typeof sealed !== 'string') return { state: 'done' };
    const kept = JSON.parse(secrets.open(sealed, { tenant, id: transaction, purpose })) as Kept;
    const { context, body, baseUrl, idempotencyKey = transaction } = kept;
    const client = context.client.id;
    try {
      const answered = await handle({
        method: 'POST',
        path: '/Bulk',
        query: new URLSearchParams(),
        headers: { 'idempotency-key': idempotencyKey },
        body,
        baseUrl,
        context,
      });
      const response = isJsonObject(answered.body as Json | undefined) ? (answered.body as JsonObject) : {};
      await events.append(
        completions(response, { transaction, context, asked: body, baseUrl, at: this.#parts.clock.now(), typeAt }),
      );
      await this.#note(tenant, transaction, { client, body: response });
    } catch (cause) {
      if (!(cause instanceof ScimError) || cause.status >= 500) throw cause;
      await this.#note(tenant, transaction, { client, status: cause.status, detail: cause.message });
    }
    await notes.remove(tenant, kind, transaction + requestSuffix);
    await notes.remove(tenant, openKind, transaction);
    return { state: 'done' };
  }

  async #note(tenant: string, transaction: string, value: JsonObject): Promise<void> {
    await this.#parts.notes.put({ tenant, kind, key: transaction, value, expiresAt: this.#end() }, undefined);
  }

  #end(afterMs = keptMs): string {
    return new Date(this.#parts.clock.now().getTime() + afterMs).toISOString();
  }
}
