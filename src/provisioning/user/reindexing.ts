import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { Leases } from '../../domain/leases.ts';
import { installation, type Note, type Notes } from '../../domain/notes.ts';
import { instantOf } from '../../scim/time/instant.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Condition } from '../../scim/search/condition.ts';
import { lookupKeysOf } from '../records/lookup-keys.ts';
import { indexVersion, type RecordIndex, type Reindexed } from '../records/record-index.ts';
import type { ResourceStore, StoredRecord } from '../records/resource-store.ts';
import { searchOf } from '../records/search-of.ts';
import { draftOf, rulesOf } from './change-user.ts';
import { lockInSearch } from './lock-in-search.ts';

/** What indexing again works with. */
export interface ReindexingParts {
  readonly resources: Pick<ResourceStore, 'query'>;
  readonly index: RecordIndex;
  readonly notes: Notes;
  readonly leases: Leases;
  /** The name under which this process takes leases. */
  readonly owner: string;
  readonly clock: Clock;
  readonly settingsOf: (tenant: string) => Settings;
  /** The types whose records are found by keys: users and groups. */
  readonly types: readonly ResourceType[];
  readonly userType: ResourceType;
  /** A type as a tenant has it. */
  readonly typeOf?: (tenant: string, type: ResourceType) => ResourceType;
  /** Whether no other process, of an older version for example, may write to the same store. */
  readonly alone: boolean;
}

/** Records read at once. */
const batch = 100;

/** A process that has died holds a tenant up for so long, in milliseconds. */
const leaseMs = 90_000;

/** Processes of an older version may serve for so long beside this one, in milliseconds. */
const besideOlderMs = 24 * 60 * 60 * 1000;

/** The clocks of two processes differ by no more than this, in milliseconds. */
const clockErrorMs = 15 * 60 * 1000;

const kind = 'reindexing';

/** How far a tenant is. All but `version` is absent where nothing has been done. */
type Progress = JsonObject & {
  readonly version: number;
  /** When the walk under way began, ISO 8601 UTC. */
  readonly begunAt?: string;
  /** Where the walk under way goes on: the name of the type, and the position in its list. */
  readonly type?: string;
  readonly after?: string;
  /** When the last walk that came to its end began. */
  readonly walkedAt?: string;
  /** When all tenants had been walked: in the note of the whole installation. */
  readonly doneAt?: string;
};

/**
 * Gives records of an older Latchkey the search documents and look-up keys of this one, beside the serving process. A
 * tenant is walked by one process at a time, which writes down how far it is, so that another process goes on where it
 * stopped. Where an older process may still write, what has changed since is walked again for a day.
 */
export class Reindexing {
  readonly #parts: ReindexingParts;
  #isDone = false;
  #isRunning = false;
  #stopping = false;

  constructor(parts: ReindexingParts) {
    this.#parts = parts;
  }

  /**
   * Goes over all tenants. Asks for one note where nothing is left to do, and for nothing from then on.
   * @throws StoreUnavailableError; AggregateError with what went wrong, after all other tenants
   */
  async run(tenants: readonly string[]): Promise<void> {
    if (this.#isDone || this.#isRunning) return;
    this.#isRunning = true;
    try {
      await this.#walk(tenants);
    } finally {
      this.#isRunning = false;
    }
  }

  /** Lets the batch at hand end, and begins no other. */
  stop(): void {
    this.#stopping = true;
  }

  async #walk(tenants: readonly string[]): Promise<void> {
    const { notes, clock, alone } = this.#parts;
    const whole = await notes.find(installation, kind, 'all');
    const known = progressOf(whole);
    const doneAt = known.version >= indexVersion ? known.doneAt : undefined;
    if (doneAt !== undefined && (alone || clock.now().getTime() - Date.parse(doneAt) > besideOlderMs)) {
      this.#isDone = true;
      return;
    }
    const faults: unknown[] = [];
    let walked = 0;
    for (const tenant of tenants) {
      if (this.#stopping) return;
      await this.#walkTenant(tenant).then(
        (isWalked) => (walked += isWalked ? 1 : 0),
        (fault: unknown) => faults.push(fault),
      );
    }
    if (faults.length > 0) throw faults.length === 1 ? faults[0] : new AggregateError(faults);
    if (doneAt !== undefined || walked < tenants.length) return;
    const value = { version: indexVersion, doneAt: clock.now().toISOString() };
    await notes.put({ tenant: installation, kind, key: 'all', value }, whole?.version ?? 0);
  }

  /** @returns whether the tenant has been walked to its end at least once */
  async #walkTenant(tenant: string): Promise<boolean> {
    const { leases, owner, notes, alone } = this.#parts;
    const lease = `reindexing/${tenant}`;
    if (!(await leases.take(lease, owner, leaseMs))) return false;
    try {
      let note = await notes.find(tenant, kind, 'progress');
      let progress = begin(progressOf(note), this.#parts.clock.now());
      if (alone && progress.begunAt === undefined) return true;
      for (;;) {
        const next = await this.#step(tenant, progress);
        const version = note?.version ?? 0;
        const written = await notes.put({ tenant, kind, key: 'progress', value: next }, version);
        // Another process has taken the lease over, and goes on from there.
        if (written.outcome !== 'done') return false;
        note = { tenant, kind, key: 'progress', value: next, lookups: [], version: written.version };
        progress = next;
        if (next.begunAt === undefined) return true;
        if (this.#stopping || !(await leases.take(lease, owner, leaseMs))) return false;
      }
    } finally {
      await leases.release(lease, owner).catch(() => undefined);
    }
  }

  /** Indexes a batch. @returns how far the tenant is then */
  async #step(tenant: string, progress: Progress): Promise<Progress> {
    const { resources, index, types } = this.#parts;
    const { begunAt = '', walkedAt, after = '' } = progress;
    const at = Math.max(
      0,
      types.findIndex(({ name }) => name === progress.type),
    );
    const type = types[at];
    if (type === undefined) return { version: indexVersion, walkedAt: begunAt };
    const since = walkedAt === undefined ? undefined : new Date(Date.parse(walkedAt) - clockErrorMs).toISOString();
    const { records, next } = await resources.query({
      tenant,
      type: type.name,
      condition: since === undefined ? undefined : changedSince(since),
      sort: undefined,
      limit: batch,
      page: { after },
    });
    await index.reindex(
      tenant,
      type.name,
      records.map((record) => this.#reindexed(type, record)),
    );
    if (next !== undefined) return { ...progress, type: type.name, after: next };
    const following = types[at + 1];
    return following === undefined
      ? { version: indexVersion, walkedAt: begunAt }
      : { ...progress, type: following.name, after: '' };
  }

  #reindexed(shared: ResourceType, record: StoredRecord): Reindexed {
    const { userType, typeOf = (_tenant, type) => type } = this.#parts;
    const type = typeOf(record.tenant, shared);
    const isUser = type.name === userType.name;
    const more = isUser ? lockInSearch(draftOf(record), rulesOf(record.tenant, this.#parts)) : {};
    const search = searchOf(type, record, more);
    return { id: record.id, version: record.version, search, lookupKeys: lookupKeysOf(type, record, search) };
  }
}

function changedSince(moment: string): Condition {
  const target = ['meta', 'lastmodified'].map((key) => ({ key, multiValued: false }));
  return { kind: 'compare', target, operator: 'ge', value: instantOf(moment) ?? '' };
}

function progressOf(note: Note | undefined): Progress {
  const value = note?.value;
  return isJsonObject(value) && typeof value['version'] === 'number' ? (value as Progress) : { version: 0 };
}

/** Goes on with the walk under way, or begins one; that of an older version begins again. */
function begin(progress: Progress, now: Date): Progress {
  const begunAt = now.toISOString();
  if (progress.version !== indexVersion) return { version: indexVersion, begunAt };
  return progress.begunAt === undefined ? { ...progress, begunAt } : progress;
}
