import type { Clock } from '../../base/clock.ts';
import { noteKind, type Notes } from '../../domain/notes.ts';
import type { Delivery } from '../delivery/delivery.ts';

const keptMs = 60 * 86_400_000;
const tries = 8;

/** How many messages to people went out on a day, and how many never will. */
export interface DeliveryDay {
  /** `2026-11-30`, local to the tenant's time zone. */
  readonly day: string;
  readonly delivered: number;
  readonly failed: number;
}

const kind = noteKind<DeliveryDay>('deliveryDay');

/** Counts messages by day as they end, so that a page need not count them when it is shown. */
export class DeliveryDays {
  readonly #notes: Notes;
  readonly #clock: Clock;
  readonly #timezoneOf: (tenant: string) => string;
  readonly #fresh = new Map<string, { readonly tenant: string; day: string; delivered: number; failed: number }>();

  /** @param timezoneOf the zone whose days a tenant counts by */
  constructor(notes: Notes, clock: Clock, timezoneOf: (tenant: string) => string) {
    this.#notes = notes;
    this.#clock = clock;
    this.#timezoneOf = timezoneOf;
  }

  /** Counts a message that has ended; what has not ended, and what goes to no person, is passed over. */
  note({ tenant, state, channel }: Pick<Delivery, 'tenant' | 'state' | 'channel'>): void {
    if (channel === 'webhook' || (state !== 'sent' && state !== 'dead')) return;
    const day = this.#dayOf(tenant, this.#clock.now());
    const key = `${tenant}/${day}`;
    const counted = this.#fresh.get(key) ?? { tenant, day, delivered: 0, failed: 0 };
    if (state === 'sent') counted.delivered += 1;
    else counted.failed += 1;
    this.#fresh.set(key, counted);
  }

  /** Adds what was counted to what is stored. What could not be written is tried again the next time. */
  async flush(): Promise<void> {
    for (const [key, { tenant, day, delivered, failed }] of this.#fresh) {
      this.#fresh.delete(key);
      if (await this.#add(tenant, day, delivered, failed)) continue;
      const again = this.#fresh.get(key) ?? { tenant, day, delivered: 0, failed: 0 };
      again.delivered += delivered;
      again.failed += failed;
      this.#fresh.set(key, again);
    }
  }

  /** The last so many days of a tenant, the oldest first, with those on which nothing ended. */
  async last(tenant: string, days: number): Promise<readonly DeliveryDay[]> {
    await this.flush();
    const now = this.#clock.now().getTime();
    const names = Array.from({ length: days }, (_, index) =>
      this.#dayOf(tenant, new Date(now - (days - 1 - index) * 86_400_000)),
    );
    const notes = await this.#notes.list({ tenant, kind, limit: 100 });
    const known = new Map(notes.map(({ key, value }) => [key, value]));
    return [...new Set(names)].map((day) => known.get(day) ?? { day, delivered: 0, failed: 0 });
  }

  async #add(tenant: string, day: string, delivered: number, failed: number): Promise<boolean> {
    for (let left = tries; left > 0; left -= 1) {
      const note = await this.#notes.find(tenant, kind, day);
      const before = note?.value ?? { delivered: 0, failed: 0 };
      const value = { day, delivered: before.delivered + delivered, failed: before.failed + failed };
      const expiresAt = new Date(this.#clock.now().getTime() + keptMs).toISOString();
      const { outcome } = await this.#notes.put({ tenant, kind, key: day, value, expiresAt }, note?.version ?? 0);
      if (outcome === 'done') return true;
    }
    return false;
  }

  #dayOf(tenant: string, moment: Date): string {
    return new Intl.DateTimeFormat('en-CA', { timeZone: this.#timezoneOf(tenant) }).format(moment);
  }
}
