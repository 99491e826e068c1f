import type { DomainEvent } from '../../src/domain/events.ts';
import { momentOf } from '../../src/history/audit-event.ts';
import { auditSearch } from '../../src/history/audit-search.ts';
import {
  emptyChain,
  eraseEntry,
  isErased,
  sealEvents,
  type ChainEntry,
  type ChainHead,
} from '../../src/history/chain-entry.ts';
import type { ChainBase, ChainPage, EventLog, Misfiled, UnsealedTail } from '../../src/history/event-log.ts';
import { matchCondition } from '../../src/scim/search/filter-match.ts';

/** The permanent record in memory. */
export class MemoryEventLog implements EventLog {
  readonly waiting: DomainEvent[] = [];
  readonly entries: ChainEntry[] = [];
  readonly #heads = new Map<string, ChainHead>();
  readonly #bases = new Map<string, ChainBase>();

  async append(events: readonly DomainEvent[]): Promise<void> {
    for (const event of events) {
      const isKnown = [...this.waiting, ...this.entries].some(({ id }) => id === event.id);
      if (!isKnown) this.waiting.push(event);
    }
  }

  async unsealed(): Promise<readonly UnsealedTail[]> {
    const tenants = new Set(this.waiting.map(({ tenant }) => tenant));
    return [...tenants].map((tenant) => {
      const own = this.waiting.filter((event) => event.tenant === tenant);
      return { tenant, events: own.length, oldest: own.map(({ at }) => at).sort()[0] ?? '' };
    });
  }

  async seal(tenant: string, limit: number): Promise<number> {
    const events = this.waiting.filter((event) => event.tenant === tenant).slice(0, limit);
    const { entries, head } = sealEvents(this.#heads.get(tenant) ?? emptyChain, events);
    this.entries.push(...entries);
    this.#heads.set(tenant, head);
    for (const event of events) this.waiting.splice(this.waiting.indexOf(event), 1);
    return events.length;
  }

  async head(tenant: string): Promise<ChainHead> {
    return this.#heads.get(tenant) ?? emptyChain;
  }

  async base(tenant: string): Promise<ChainBase> {
    return this.#bases.get(tenant) ?? emptyChain;
  }

  async read(tenant: string, after: number, limit: number): Promise<readonly ChainEntry[]> {
    return this.entries.filter((entry) => entry.tenant === tenant && entry.seq > after).slice(0, limit);
  }

  /** Filters read the entries themselves. */
  async misfiled(): Promise<readonly Misfiled[]> {
    return [];
  }

  async find(tenant: string, id: string): Promise<ChainEntry | undefined> {
    return this.entries.find((entry) => entry.tenant === tenant && entry.id === id);
  }

  /** Pages by offset alone, in the order of the chain. */
  async query({ tenant, condition, limit, page }: Parameters<EventLog['query']>[0]): Promise<ChainPage> {
    const found = this.entries.filter(
      (entry) => entry.tenant === tenant && (condition === undefined || matchCondition(condition, auditSearch(entry))),
    );
    const offset = 'offset' in page ? page.offset : 0;
    return { total: found.length, entries: found.slice(offset, offset + limit) };
  }

  async settle(tenant: string): Promise<void> {
    while ((await this.seal(tenant, 100)) > 0);
  }

  async erase(tenant: string, places: readonly number[]): Promise<void> {
    for (const [index, entry] of this.entries.entries())
      if (entry.tenant === tenant && places.includes(entry.seq) && !isErased(entry))
        this.entries[index] = eraseEntry(entry);
  }

  async cut(tenant: string, before: string, most = Infinity): Promise<ChainBase> {
    const own = await this.read(tenant, 0, most);
    const end = own.findIndex((entry) => momentOf(entry) >= before);
    const cut = end === -1 ? own : own.slice(0, end);
    const last = cut.at(-1);
    const base = await this.base(tenant);
    if (last === undefined) return base;

    this.#bases.set(tenant, {
      seq: last.seq,
      hash: last.hash,
      frontier: base.frontier.add(cut.map(({ hash }) => Buffer.from(hash, 'hex'))),
      cutAt: 'now',
    });
    for (const entry of cut) this.entries.splice(this.entries.indexOf(entry), 1);
    return this.base(tenant);
  }
}
