import type { JsonObject } from '../../src/base/json.ts';
import type { DomainEvent } from '../../src/domain/events.ts';
import type { Leases } from '../../src/domain/leases.ts';
import type { Note, NoteDraft, NoteKind, NoteQuery, Notes, NoteWritten } from '../../src/domain/notes.ts';

/** Notes in memory: the port's meaning in the fewest words. */
export class MemoryNotes implements Notes {
  /** What was written with notes for the audit. */
  readonly events: DomainEvent[] = [];
  readonly #notes = new Map<string, Note>();
  readonly #now: () => Date;

  /** @param now by which notes end */
  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  async find<Value extends object = JsonObject>(
    tenant: string,
    kind: NoteKind<Value> | string,
    key: string,
  ): Promise<Note<Value> | undefined> {
    return this.#at(tenant, kind, key) as Note<Value> | undefined;
  }

  async lookUp<Value extends object = JsonObject>(
    kind: NoteKind<Value> | string,
    lookup: string,
  ): Promise<Note<Value> | undefined> {
    const found: Note<object> | undefined = this.#living().find(
      (note) => note.kind === kind && note.lookups.includes(lookup),
    );
    return found as Note<Value> | undefined;
  }

  async list<Value extends object = JsonObject>({
    tenant,
    kind,
    prefix = '',
    after = '',
    limit,
  }: NoteQuery<Value>): Promise<readonly Note<Value>[]> {
    const found: readonly Note<object>[] = this.#living()
      .filter((note) => note.tenant === tenant && note.kind === kind && note.key.startsWith(prefix))
      .filter(({ key }) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
      .sort((one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)))
      .slice(0, limit);
    return found as readonly Note<Value>[];
  }

  async walk(tenant: string, after: Pick<Note, 'kind' | 'key'> | undefined, limit: number): Promise<readonly Note[]> {
    const place = ({ kind, key }: Pick<Note, 'kind' | 'key'>): string => `${kind}/${key}`;
    return this.#living()
      .filter((note) => note.tenant === tenant && (after === undefined || place(note) > place(after)))
      .sort((one, other) => (place(one) < place(other) ? -1 : 1))
      .slice(0, limit);
  }

  async put<Value extends object = JsonObject>(
    draft: NoteDraft<Value>,
    expectedVersion: number | undefined,
    events: readonly DomainEvent[] = [],
  ): Promise<NoteWritten> {
    const { tenant, kind, key, lookups = [] } = draft;
    const value = draft.value as JsonObject;
    const before = this.#at(tenant, kind, key);
    if (expectedVersion !== undefined && expectedVersion !== (before?.version ?? 0)) return { outcome: 'conflict' };
    const others = this.#living().filter((note) => note.kind === kind && note !== before);
    if (others.some((note) => lookups.some((lookup) => note.lookups.includes(lookup)))) return { outcome: 'taken' };
    const note = structuredClone({ ...draft, value, lookups, version: (before?.version ?? 0) + 1 });
    this.#notes.set(JSON.stringify([tenant, kind, key]), note);
    this.events.push(...events);
    return { outcome: 'done', version: note.version };
  }

  async remove(
    tenant: string,
    kind: string,
    key: string,
    expectedVersion?: number,
    events: readonly DomainEvent[] = [],
  ): Promise<boolean> {
    const before = this.#at(tenant, kind, key);
    if (before === undefined || (expectedVersion ?? before.version) !== before.version) return false;
    this.events.push(...events);
    return this.#notes.delete(JSON.stringify([tenant, kind, key]));
  }

  async purge(): Promise<void> {
    const living = new Set(this.#living());
    for (const [id, note] of this.#notes) if (!living.has(note)) this.#notes.delete(id);
  }

  #at(tenant: string, kind: string, key: string): Note | undefined {
    return this.#living().find((note) => note.tenant === tenant && note.kind === kind && note.key === key);
  }

  #living(): Note[] {
    const now = this.#now().toISOString();
    return [...this.#notes.values()].filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
  }
}

/** Leases in memory. */
export class MemoryLeases implements Leases {
  readonly #leases = new Map<string, { readonly owner: string; readonly until: number }>();
  readonly #now: () => Date;

  /** @param now by which leases run out */
  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  async take(name: string, owner: string, forMs: number): Promise<boolean> {
    const now = this.#now().getTime();
    const held = this.#leases.get(name);
    if (held !== undefined && held.owner !== owner && held.until > now) return false;
    this.#leases.set(name, { owner, until: now + forMs });
    return true;
  }

  async release(name: string, owner: string): Promise<void> {
    if (this.#leases.get(name)?.owner === owner) this.#leases.delete(name);
  }
}
