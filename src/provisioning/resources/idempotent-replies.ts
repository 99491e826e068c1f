import type { Clock } from '../../base/clock.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { type IdempotencyKey, wantsTheSame } from '../../scim/port/idempotency-key.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { ResourceStore, StoredRecord } from '../records/resource-store.ts';

const type = 'KeptAnswer';
const purgedAtOnce = 100;

/**
 * The answers to batches that may be repeated, each written in the one atomic write of its batch: an answer exists
 * exactly when the batch was carried out. They are kept among the resources under a type without a schema, so SCIM
 * never shows them.
 */
export class IdempotentReplies {
  readonly #store: Pick<ResourceStore, 'get' | 'query' | 'commit'>;
  readonly #clock: Clock;

  constructor(store: Pick<ResourceStore, 'get' | 'query' | 'commit'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * What an attempt was answered before; undefined when it has not been carried out.
   * @throws ScimError 422 when its key was used for another request
   */
  async earlier(tenant: string, attempt: IdempotencyKey): Promise<JsonObject | undefined> {
    const kept = await this.#store.get(tenant, type, idOf(attempt));
    if (kept === undefined) return undefined;
    if (!wantsTheSame(attempt, kept.resource['digest']))
      throw new ScimError(422, undefined, 'This Idempotency-Key was used for another request: use a new one.');
    const { answer } = kept.resource;
    return isJsonObject(answer) ? answer : undefined;
  }

  /**
   * Keeps an answer. Of the same attempt made twice at once, one is refused by its version when the batch is written.
   */
  async keep(tenant: string, attempt: IdempotencyKey, answer: JsonObject): Promise<void> {
    const at = this.#clock.now().toISOString();
    const record: StoredRecord = {
      tenant,
      type,
      id: idOf(attempt),
      version: 1,
      created: at,
      lastModified: at,
      resource: { digest: attempt.digest, answer },
    };
    await this.#store.commit({
      kind: 'put',
      record,
      expectedVersion: 0,
      search: { id: record.id },
      uniqueKeys: [],
      lookupKeys: [],
      events: [],
    });
  }

  /**
   * Forgets the answers from before a moment: their keys may be used again.
   * @param before ISO 8601 UTC
   */
  async purge(tenant: string, before: string): Promise<void> {
    for (;;) {
      const { records } = await this.#store.query({
        tenant,
        type,
        condition: undefined,
        sort: undefined,
        limit: purgedAtOnce,
        page: { offset: 0 },
      });
      // Oldest first.
      const old = records.filter(({ created }) => created < before);
      for (const { id, version } of old)
        await this.#store.commit({ kind: 'remove', tenant, type, id, expectedVersion: version, events: [] });
      if (old.length < purgedAtOnce) return;
    }
  }
}

/** No resource's id looks like this: a look-up of ids of any type finds no answer by chance. */
function idOf({ key }: IdempotencyKey): string {
  return `answer:${key}`;
}
