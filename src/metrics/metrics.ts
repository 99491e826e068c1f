import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestLogEntry } from '../domain/request-log.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';

/** What is read when somebody asks, in seconds and numbers; each is read at most once in a while. */
export interface Readings {
  /** Messages by state. */
  readonly outbox: () => Promise<Readonly<Record<string, number>>>;
  /** How long the oldest message that is due has waited. */
  readonly oldestDue: () => Promise<number>;
  /** How long the oldest event without a place in the audit's chain has waited. */
  readonly unsealed: () => Promise<number>;
  /** Of each client, until its last living credential ends; those without an end are left out. */
  readonly credentials: () => Promise<ReadonlyMap<string, number>>;
  /** People by onboarding status. */
  readonly onboarding: () => Promise<Readonly<Record<string, number>>>;
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
const resources = new Set([
  'Users',
  'Groups',
  'Bulk',
  'Me',
  'AuditEvents',
  'Schemas',
  'ResourceTypes',
  'ServiceProviderConfig',
]);
/** How long a reading that costs the database something is good, in milliseconds. */
const keptMs = 15_000;

/** Numbers about this process and what it shares, in the text format of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #calls: Counter;
  readonly #seconds: Histogram;
  readonly #deliveries: Counter;

  /** @param elapsed the present moment in milliseconds, of a clock that never goes back */
  constructor(readings: Readings, elapsed: () => number = () => performance.now()) {
    const registers = [this.#registry];
    this.#calls = new Counter({
      name: 'latchkey_scim_requests_total',
      help: 'SCIM calls that were answered.',
      labelNames: ['tenant', 'client', 'resource', 'method', 'outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'latchkey_scim_request_seconds',
      help: 'How long SCIM calls took until they were answered.',
      labelNames: ['resource', 'method'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
      registers,
    });
    this.#deliveries = new Counter({
      name: 'latchkey_deliveries_total',
      help: 'Messages that have ended.',
      labelNames: ['channel', 'template', 'outcome'],
      registers,
    });
    const read = <T>(work: () => Promise<T>): (() => Promise<T>) => remembered(work, elapsed);
    this.#gauge('latchkey_outbox_messages', 'Messages in the outbox by state.', 'state', read(readings.outbox));
    this.#gauge(
      'latchkey_outbox_oldest_seconds',
      'How long the oldest message that is due has waited.',
      undefined,
      read(readings.oldestDue),
    );
    this.#gauge(
      'latchkey_audit_unsealed_seconds',
      "How long the oldest event without a place in the audit's chain has waited.",
      undefined,
      read(readings.unsealed),
    );
    this.#gauge(
      'latchkey_credentials_expire_seconds',
      'Until the last living credential of a client ends; clients with one that has no end are left out.',
      'client',
      read(readings.credentials),
    );
    this.#gauge('latchkey_onboarding', 'People by onboarding status.', 'status', read(readings.onboarding));
  }

  /** Counts a call. Whatever a caller chooses freely is no label: strangers cannot make series. */
  call({ tenant, client, method, path, status, ms }: RequestLogEntry): void {
    const first = path.split('/', 2)[1] ?? '';
    const resource = resources.has(first) ? first : 'other';
    const known = methods.has(method) ? method : 'other';
    this.#calls.inc({ tenant, client: client?.name ?? '', resource, method: known, outcome: outcomeOf(status) });
    this.#seconds.observe({ resource, method: known }, ms / 1000);
  }

  /** Counts a message that has ended. */
  delivery({ channel, template, state }: Pick<Delivery, 'channel' | 'template' | 'state'>): void {
    if (state === 'sent' || state === 'dead' || state === 'cancelled')
      this.#deliveries.inc({ channel, template, outcome: state });
  }

  /** Everything, as Prometheus reads it. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** What `text` is. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  #gauge(
    name: string,
    help: string,
    label: string | undefined,
    read: () => Promise<number | ReadonlyMap<string, number> | Readonly<Record<string, number>>>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [this.#registry],
      async collect() {
        this.reset();
        // What cannot be read just now is left out; the others are told.
        const value = await read().catch(() => undefined);
        if (value === undefined) return;
        if (typeof value === 'number') return this.set(value);
        const entries = value instanceof Map ? [...(value as ReadonlyMap<string, number>)] : Object.entries(value);
        for (const [of, number] of entries) this.set({ [label ?? '']: of }, number as number);
      },
    });
  }
}

function outcomeOf(status: number): string {
  if (status === 429) return 'limited';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'done';
}

/** Several who ask at the same time, or soon after, share one reading. */
function remembered<T>(work: () => Promise<T>, elapsed: () => number): () => Promise<T> {
  let last: { readonly at: number; readonly value: Promise<T> } | undefined;
  return () => {
    if (last !== undefined && elapsed() - last.at < keptMs) return last.value;
    const value = work();
    last = { at: elapsed(), value };
    value.catch(() => (last = undefined));
    return value;
  };
}
