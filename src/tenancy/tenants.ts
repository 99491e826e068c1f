import { parseSettings, settingName } from '../config/parse-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { JsonObject } from '../base/json.ts';
import { installation, type Note } from '../domain/notes.ts';
import type { MessageBook } from '../notify/words/message-book.ts';
import type { OwnWords } from '../notify/words/own-words.ts';
import { layered, withoutSetting } from './layered-settings.ts';
import { moduleAmong, modulesAreOfTheFile } from './reserved-settings.ts';
import { newTenantRecord, noteOfTenant, readTenant, tenantKind, type TenantRecord } from './tenant-record.ts';
import { isTenantId, rootTenant, type Tenant, UnknownTenantError } from './tenant.ts';
import type { TenantsParts } from './tenants-parts.ts';
import { senderOf } from './sender-of.ts';

/** A tenant with the record that it was made from. */
interface Known {
  readonly tenant: Tenant;
  readonly record: TenantRecord;
}

const markerKind = 'tenants';
const markerKey = 'revision';
/** Tenants read at once. */
const pageSize = 500;
/**
 * Everything is read again this often, in milliseconds: this finds changes of a writer that died before it set the
 * marker.
 */
const fullMs = 60_000;

/** How often a tenant that is not known is looked for in the store, in milliseconds, however many are asked for. */
const missMs = 1_000;

/**
 * The tenants as this process knows them. Reading costs nothing: they are all in memory. `refresh` brings in what other
 * processes have changed, by one look at a marker where nothing has.
 */
export class Tenants {
  readonly #parts: TenantsParts;
  #known: ReadonlyMap<string, Known> = new Map();
  #erasing: readonly TenantRecord[] = [];
  #marker = -1;
  #readAt = -Infinity;
  #missAt = -Infinity;
  #changes = 0;
  #reading: Promise<void> = Promise.resolve();

  constructor(parts: TenantsParts) {
    this.#parts = parts;
  }

  /** Reads all tenants and sees to it that there is one at the root. */
  async open(): Promise<this> {
    const { notes, clock } = this.#parts;
    if ((await notes.find(installation, tenantKind, rootTenant)) === undefined) {
      // Of two processes that start together one writes.
      await notes.put(noteOfTenant(newTenantRecord(rootTenant, 'Default', clock.now())), 0);
      await this.mark();
    }
    await this.#readAll();
    return this;
  }

  /**
   * A tenant as it is now.
   * @throws UnknownTenantError
   */
  of(id: string): Tenant {
    const found = this.find(id);
    if (found === undefined) throw new UnknownTenantError(id);
    return found;
  }

  /** The same; undefined where this process knows no such tenant. */
  find(id: string): Tenant | undefined {
    return this.#known.get(id)?.tenant;
  }

  /** The same; looks in the store where this process does not know the tenant, for one that was made a moment ago. */
  async load(id: string): Promise<Tenant | undefined> {
    const known = this.find(id);
    const now = this.#parts.clock.now().getTime();
    if (known !== undefined || !isTenantId(id) || now - this.#missAt < missMs) return known;
    this.#missAt = now;
    await this.refresh();
    return this.find(id);
  }

  /** Sees to it that this process knows these tenants, if there are such: one look at the store where it does not. */
  async ensure(ids: Iterable<string>): Promise<void> {
    for (const id of ids) {
      if (this.#known.has(id)) continue;
      await this.refresh();
      return;
    }
  }

  /** All of them, the one at the root first, then by id. */
  all(): readonly Tenant[] {
    return [...this.#known.values()].map(({ tenant }) => tenant);
  }

  /** Those that have been erased, as long as something of them may be left. */
  erasing(): readonly TenantRecord[] {
    return this.#erasing;
  }

  /** Brings in what other processes have changed. */
  async refresh(): Promise<void> {
    const turn = this.#reading.then(() => this.#refresh());
    this.#reading = turn.catch(() => undefined);
    await turn;
  }

  /** Tells other processes that there is something new. */
  async mark(): Promise<void> {
    await this.#parts.notes.put({ tenant: installation, kind: markerKind, key: markerKey, value: {} }, undefined);
  }

  /** A record was written here: it is in force at once in this process. */
  take(record: TenantRecord): void {
    this.#changes += 1;
    const others = [...this.#known].filter(([id]) => id !== record.id);
    this.#erasing = this.#erasing.filter(({ id }) => id !== record.id);
    if (record.status === 'erasing') this.#erasing = [...this.#erasing, record];
    this.#keep(new Map(record.status === 'erasing' ? others : [...others, [record.id, this.#make(record)]]));
  }

  /** Nothing is left of a tenant. */
  forget(id: string): void {
    this.#changes += 1;
    this.#erasing = this.#erasing.filter((record) => record.id !== id);
    this.#keep(new Map([...this.#known].filter(([known]) => known !== id)));
  }

  /**
   * The settings that a tenant's own make, with defaults and what is pinned. A module among its own is a fault.
   * @returns as `parseSettings`
   */
  settingsWith(id: string, own: JsonObject): ReturnType<typeof parseSettings> {
    const { checks } = this.#parts.shared;
    const module = moduleAmong(own);
    if (module !== undefined) return { faults: [{ pointer: `/webhooks/${module}`, message: modulesAreOfTheFile }] };
    return parseSettings(layered(own, this.pinned(id)), checks);
  }

  /** What a tenant has set itself. */
  own(id: string): JsonObject {
    return this.#known.get(id)?.record.settings ?? {};
  }

  /** The texts that a tenant has set itself, and the book that they stand over. */
  wordsOf(id: string): { readonly own: OwnWords; readonly standard: MessageBook } {
    return { own: this.#known.get(id)?.record.words ?? {}, standard: this.#parts.shared.bookOf(id) };
  }

  /** What the operator's file sets for a tenant. */
  pinned(id: string): JsonObject {
    return id === rootTenant ? this.#parts.shared.pinned : {};
  }

  async #refresh(): Promise<void> {
    const { notes, clock } = this.#parts;
    const marker = (await notes.find(installation, markerKind, markerKey))?.version ?? 0;
    if (marker === this.#marker && clock.now().getTime() - this.#readAt < fullMs) return;
    await this.#readAll();
  }

  async #readAll(): Promise<void> {
    const { notes, clock } = this.#parts;
    for (;;) {
      const changes = this.#changes;
      // Before the tenants: a change while they are read sets it again.
      const marker = (await notes.find(installation, markerKind, markerKey))?.version ?? 0;
      const records: TenantRecord[] = [];
      for (let after: string | undefined = ''; after !== undefined;) {
        const page: readonly Note[] = await notes.list({
          tenant: installation,
          kind: tenantKind,
          after,
          limit: pageSize,
        });
        records.push(...page.map(readTenant));
        after = page.length < pageSize ? undefined : page.at(-1)?.key;
      }
      // Something was written here meanwhile: what has been read may be older.
      if (changes !== this.#changes) continue;
      const living = records.filter(({ status }) => status !== 'erasing');
      this.#erasing = records.filter(({ status }) => status === 'erasing');
      this.#keep(new Map(living.map((record) => [record.id, this.#unchanged(record) ?? this.#make(record)])));
      this.#marker = marker;
      this.#readAt = clock.now().getTime();
      return;
    }
  }

  #unchanged(record: TenantRecord): Known | undefined {
    const known = this.#known.get(record.id);
    return known?.record.version === record.version && known.record.salt.equals(record.salt) ? known : undefined;
  }

  #keep(known: ReadonlyMap<string, Known>): void {
    const ids = [...known.keys()].sort(
      (one, other) => Number(one !== rootTenant) - Number(other !== rootTenant) || (one < other ? -1 : 1),
    );
    this.#known = new Map(ids.map((id) => [id, known.get(id)!]));
  }

  #make(record: TenantRecord): Known {
    const { typesOf, mapping, publicUrl, sender, bookOf, keysOf } = this.#parts.shared;
    const { id, name, createdAt, salt } = record;
    const settings = this.#usable(record);
    const path = id === rootTenant ? '' : `/t/${id}`;
    const tenant: Tenant = {
      id,
      name,
      status: record.status === 'active' ? 'active' : 'suspended',
      createdAt,
      settings,
      types: typesOf(settings),
      mapping,
      book: bookOf(id).with(record.words),
      publicUrl: publicUrl + path,
      path,
      sender: senderOf(sender, settings),
      salt,
      keys: (use) => keysOf(id, use),
    };
    return { tenant, record };
  }

  /**
   * The settings of a tenant. One that cannot be used any more, for its secret is gone or a newer release knows it no
   * longer, is left out and told of: it must not keep the others from being served.
   */
  #usable({ id, settings: stored }: TenantRecord): Settings {
    let own = stored;
    for (;;) {
      const { settings, faults } = this.settingsWith(id, own);
      if (settings !== undefined) return settings;
      const [{ pointer, message }] = faults as readonly [(typeof faults)[number]];
      const without = withoutSetting(own, pointer);
      this.#parts.log.error(
        { tenant: id, setting: settingName(pointer), fault: message },
        'a setting that is stored cannot be used, and its default is in force: mend it in /admin/v1/settings',
      );
      if (without === own) throw new Error(`${settingName(pointer)} ${message}`);
      own = without;
    }
  }
}
