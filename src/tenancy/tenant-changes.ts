import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { settingName, type SettingsFault } from '../config/parse-settings.ts';
import type { JsonObject } from '../base/json.ts';
import { installation, type Notes } from '../domain/notes.ts';
import { StoreUnavailableError } from '../provisioning/records/resource-store.ts';
import { ConflictError, InvalidValueError, NotFoundError } from '../scim/model/scim-error.ts';
import type { TenantData } from '../domain/tenant-data.ts';
import { namedSettings, overlap, patched } from './layered-settings.ts';
import { newTenantRecord, noteOfTenant, readTenant, tenantKind, type TenantRecord } from './tenant-record.ts';
import { isTenantId, rootTenant, type Tenant, type TenantStatus } from './tenant.ts';
import type { Tenants } from './tenants.ts';
import { withFullStop } from '../text/full-stop.ts';

/** What changes of tenants work with. */
export interface TenantChangesParts {
  readonly tenants: Tenants;
  readonly notes: Notes;
  readonly data: TenantData;
  readonly clock: Clock;
}

/** What of a tenant an operator may change. */
export interface TenantOrder {
  readonly name?: string;
  readonly status?: TenantStatus;
}

const attempts = 12;
/** Characters of a tenant's own texts in all languages together: every process has them in memory. */
const mostWords = 300_000;
/** Leftovers of an erased tenant are looked for again after this long: calls under way elsewhere have ended by then. */
const settledMs = 60_000;

/** Makes, changes and erases tenants. Each change is in force at once in this process, and soon in every other. */
export class TenantChanges {
  readonly #parts: TenantChangesParts;
  /** The last change of each tenant in this process: the next one waits for it. */
  readonly #lines = new Map<string, Promise<unknown>>();

  constructor(parts: TenantChangesParts) {
    this.#parts = parts;
  }

  /**
   * Makes a tenant.
   * @throws InvalidValueError for an id that is not `[a-z0-9-]{1,40}`; ConflictError where it is taken
   */
  async create(id: string, name: string): Promise<Tenant> {
    const { notes, tenants, clock } = this.#parts;
    if (!isTenantId(id)) throw new InvalidValueError('id must be 1 to 40 of the characters a-z, 0-9 and -.');
    const record = newTenantRecord(id, name, clock.now());
    const written = await notes.put(noteOfTenant(record), 0);
    if (written.outcome !== 'done') throw await this.#taken(id);
    await this.#inForce({ ...record, version: written.version });
    return tenants.of(id);
  }

  /**
   * Renames, suspends or resumes a tenant.
   * @throws NotFoundError; ConflictError for the tenant at the root, which cannot be suspended
   */
  async change(id: string, { name, status }: TenantOrder): Promise<Tenant> {
    if (id === rootTenant && status === 'suspended')
      throw new ConflictError(`The tenant '${rootTenant}' cannot be suspended: the operator works in it.`);
    return this.#update(id, (before) => ({
      ...before,
      ...(name === undefined ? {} : { name }),
      ...(status === undefined ? {} : { status }),
    }));
  }

  /**
   * Changes a tenant's own settings by a merge patch (RFC 7396): null takes one back to its default.
   * @throws InvalidValueError naming each setting that is unknown, wrong or pinned; NotFoundError
   */
  async changeSettings(id: string, patch: JsonObject): Promise<Tenant> {
    const { tenants } = this.#parts;
    const pinned = namedSettings(tenants.pinned(id));
    const fixed = namedSettings(patch).filter((named) => pinned.some((one) => overlap(one, named)));
    if (fixed.length > 0)
      throw new InvalidValueError(
        fixed.map((one) => `${settingName(one)} is pinned by LATCHKEY_SETTINGS: change it in that file.`).join(' '),
      );
    return this.#update(id, (before) => {
      const settings = patched(before.settings, patch);
      const { faults } = tenants.settingsWith(id, settings);
      if (faults !== undefined) throw new InvalidValueError(sentencesOf(faults));
      return { ...before, settings };
    });
  }

  /**
   * Changes a tenant's own texts in one language; null takes one back to the standard text.
   * @param texts by their path, checked by the caller
   * @throws InvalidValueError where all of them together are too long; NotFoundError
   */
  async changeWords(id: string, language: string, texts: Readonly<Record<string, string | null>>): Promise<Tenant> {
    return this.#update(id, (before) => {
      const own = Object.entries({ ...before.words[language], ...texts }).flatMap(([path, text]) =>
        text === null ? [] : [[path, text] as const],
      );
      const others = Object.entries(before.words).filter(([one]) => one !== language);
      const words = Object.fromEntries(own.length === 0 ? others : [...others, [language, Object.fromEntries(own)]]);
      if (JSON.stringify(words).length > mostWords)
        throw new InvalidValueError(`texts: all texts of your own may have ${mostWords} characters together.`);
      return { ...before, words };
    });
  }

  /**
   * Erases a tenant with all that is kept of it. From the first moment on it does not exist and its keys are gone; what
   * calls under way in other processes leave behind is removed by `finish`.
   * @throws NotFoundError; ConflictError for the tenant at the root
   */
  async erase(id: string): Promise<void> {
    const { data, clock } = this.#parts;
    if (id === rootTenant)
      throw new ConflictError(`The tenant '${rootTenant}' cannot be erased: the installation cannot be without it.`);
    await this.#write(id, (before) => ({
      ...before,
      name: '',
      status: 'erasing',
      erasedAt: clock.now().toISOString(),
      settings: {},
      words: {},
      salt: Buffer.alloc(0),
    }));
    await data.erase(id);
  }

  /** Removes what came after tenants were erased, and what an erasure that broke off has left. */
  async finish(): Promise<void> {
    const { tenants, data, notes, clock } = this.#parts;
    for (const { id, erasedAt = '', version } of tenants.erasing()) {
      if (clock.now().getTime() - Date.parse(erasedAt) < settledMs) continue;
      await data.erase(id);
      await notes.remove(installation, tenantKind, id, version);
      tenants.forget(id);
      await tenants.mark();
    }
  }

  async #update(id: string, change: (before: TenantRecord) => TenantRecord): Promise<Tenant> {
    await this.#write(id, change);
    return this.#parts.tenants.of(id);
  }

  /** Changes of one tenant follow one another; those of other processes are met by trying again after a pause. */
  async #write(id: string, change: (before: TenantRecord) => TenantRecord): Promise<TenantRecord> {
    const earlier = this.#lines.get(id) ?? Promise.resolve();
    const own = earlier.then(() => this.#tryToWrite(id, change));
    const settled = own.catch(() => undefined);
    this.#lines.set(id, settled);
    void settled.then(() => this.#lines.get(id) === settled && this.#lines.delete(id));
    return own;
  }

  async #tryToWrite(id: string, change: (before: TenantRecord) => TenantRecord): Promise<TenantRecord> {
    const { notes } = this.#parts;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const note = isTenantId(id) ? await notes.find(installation, tenantKind, id) : undefined;
      const before = note === undefined ? undefined : readTenant(note);
      if (before === undefined || before.status === 'erasing')
        throw new NotFoundError(`There is no tenant '${id.slice(0, 40)}'.`);
      const after = change(before);
      const written = await notes.put(noteOfTenant(after), before.version);
      if (written.outcome !== 'done') {
        await sleep(Math.random() * Math.min(200, 5 * 2 ** attempt));
        continue;
      }
      const record = { ...after, version: written.version };
      await this.#inForce(record);
      return record;
    }
    throw new StoreUnavailableError(`The tenant ${id} was changed by others all the time.`);
  }

  async #inForce(record: TenantRecord): Promise<void> {
    this.#parts.tenants.take(record);
    await this.#parts.tenants.mark();
  }

  async #taken(id: string): Promise<ConflictError> {
    const note = await this.#parts.notes.find(installation, tenantKind, id);
    const isErasing = note !== undefined && readTenant(note).status === 'erasing';
    return new ConflictError(
      isErasing
        ? `The tenant '${id}' is being erased: its id is free again in some minutes.`
        : `There is a tenant '${id}' already.`,
    );
  }
}

function sentencesOf(faults: readonly SettingsFault[]): string {
  return faults
    .map(({ pointer, message }) => withFullStop(`${settingName(pointer) || 'the body'} ${message}`))
    .join(' ');
}
