import type { Clock } from '../base/clock.ts';
import type { Note, Notes } from '../domain/notes.ts';
import type { WebhookEndpoint } from '../config/settings.ts';
import { targetOf } from './webhook-target.ts';

/** An endpoint that is told nothing any more. */
export interface DisabledEndpoint {
  readonly at: string;
  readonly reason: string;
}

const kind = 'disabledWebhook';

/**
 * Remembers which endpoints have asked for no more events, for every process and across restarts. An endpoint with
 * another URL is a new one.
 */
export class EndpointRegister {
  readonly #notes: Pick<Notes, 'find' | 'put' | 'remove'>;
  readonly #clock: Clock;

  constructor(notes: Pick<Notes, 'find' | 'put' | 'remove'>, clock: Clock) {
    this.#notes = notes;
    this.#clock = clock;
  }

  /** Undefined while the endpoint is in use. */
  async disabled(tenant: string, endpoint: WebhookEndpoint): Promise<DisabledEndpoint | undefined> {
    const note = await this.#find(tenant, endpoint.id);
    if (note === undefined || note.value['target'] !== targetOf(endpoint)) return undefined;
    const { at, reason } = note.value;
    return { at: typeof at === 'string' ? at : '', reason: typeof reason === 'string' ? reason : '' };
  }

  /** Of several that disable it at once one writes last; they all mean the same. */
  async disable(tenant: string, endpoint: WebhookEndpoint, reason: string): Promise<void> {
    const value = { target: targetOf(endpoint), reason, at: this.#clock.now().toISOString() };
    await this.#notes.put({ tenant, kind, key: endpoint.id, value }, undefined);
  }

  /** @returns false when it was in use already */
  async enable(tenant: string, { id }: WebhookEndpoint): Promise<boolean> {
    return this.#notes.remove(tenant, kind, id);
  }

  async #find(tenant: string, id: string): Promise<Note | undefined> {
    return this.#notes.find(tenant, kind, id);
  }
}
