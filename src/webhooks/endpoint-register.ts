import type { Clock } from '../base/clock.ts';
import type { ResourceStore, StoredRecord } from '../provisioning/records/resource-store.ts';
import type { WebhookEndpoint } from '../config/settings.ts';
import { targetOf } from './webhook-target.ts';

/** An endpoint that is told nothing any more. */
export interface DisabledEndpoint {
  readonly at: string;
  readonly reason: string;
}

const type = 'WebhookEndpoint';

/**
 * Remembers which endpoints have asked for no more events, for every process and across restarts. It is kept among the
 * resources under a type without a schema, so SCIM never shows it. An endpoint with another URL is a new one.
 */
export class EndpointRegister {
  readonly #store: Pick<ResourceStore, 'get' | 'commit'>;
  readonly #clock: Clock;

  constructor(store: Pick<ResourceStore, 'get' | 'commit'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Undefined while the endpoint is in use. */
  async disabled(tenant: string, endpoint: WebhookEndpoint): Promise<DisabledEndpoint | undefined> {
    const entry = await this.#entry(tenant, endpoint.id);
    if (entry === undefined || entry.resource['url'] !== targetOf(endpoint)) return undefined;
    const { reason } = entry.resource;
    return { at: entry.lastModified, reason: typeof reason === 'string' ? reason : '' };
  }

  /** Of several that disable it at once one writes; they all mean the same. */
  async disable(tenant: string, endpoint: WebhookEndpoint, reason: string): Promise<void> {
    const { id } = endpoint;
    const before = await this.#entry(tenant, id);
    const expectedVersion = before?.version ?? 0;
    const now = this.#clock.now().toISOString();
    const record: StoredRecord = {
      tenant,
      type,
      id: keyOf(id),
      version: expectedVersion + 1,
      created: before?.created ?? now,
      lastModified: now,
      resource: { url: targetOf(endpoint), reason },
    };
    await this.#store.commit({
      kind: 'put',
      record,
      expectedVersion,
      search: { id: record.id },
      uniqueKeys: [],
      lookupKeys: [],
      events: [],
    });
  }

  /** @returns false when it was in use already */
  async enable(tenant: string, { id }: WebhookEndpoint): Promise<boolean> {
    const entry = await this.#entry(tenant, id);
    if (entry === undefined) return false;
    const { outcome } = await this.#store.commit({
      kind: 'remove',
      tenant,
      type,
      id: entry.id,
      expectedVersion: entry.version,
      events: [],
    });
    return outcome === 'done';
  }

  async #entry(tenant: string, id: string): Promise<StoredRecord | undefined> {
    return this.#store.get(tenant, type, keyOf(id));
  }
}

/** No resource's id looks like this: a look-up of ids of any type finds no endpoint by chance. */
function keyOf(id: string): string {
  return `webhook:${id}`;
}
