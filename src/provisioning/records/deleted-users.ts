import type { Clock } from '../../base/clock.ts';
import { noteKind, type Notes } from '../../domain/notes.ts';
import type { StoredRecord } from './resource-store.ts';

/** How long a deleted person can be put back. */
const keptDays = 30;
const dayMs = 86_400_000;

/** A person who was deleted, as they were. */
export interface DeletedUser {
  readonly record: StoredRecord;
  /** The ids of the groups they were in themselves. */
  readonly groups: readonly string[];
  /** ISO 8601 UTC. */
  readonly deletedAt: string;
  /** After this moment nothing of them is left. */
  readonly restorableUntil: string;
  /** Who deleted them: the client's name. */
  readonly by: string;
}

const kind = noteKind<DeletedUser>('deletedUser');

/** A page of deleted people, by their ids. */
export interface DeletedPage {
  readonly deleted: readonly DeletedUser[];
  /** The id after which to go on; absent on the last page. */
  readonly next?: string;
}

/** Deleted people, kept apart from the resources for 30 days so that they can be put back under the same id. */
export class DeletedUsers {
  readonly #notes: Notes;
  readonly #clock: Clock;

  constructor(notes: Notes, clock: Clock) {
    this.#notes = notes;
    this.#clock = clock;
  }

  /**
   * Keeps a copy of a user. It is written before the removal, so that no user is lost; if the removal fails the copy
   * stays, and `find` ignores it as long as the user exists.
   */
  async keep(record: StoredRecord, groups: readonly string[], by: string): Promise<void> {
    const now = this.#clock.now().getTime();
    const restorableUntil = new Date(now + keptDays * dayMs).toISOString();
    const deleted: DeletedUser = { record, groups, deletedAt: new Date(now).toISOString(), restorableUntil, by };
    await this.#notes.put(
      { tenant: record.tenant, kind, key: record.id, value: deleted, expiresAt: restorableUntil },
      undefined,
    );
  }

  async find(tenant: string, id: string): Promise<DeletedUser | undefined> {
    return (await this.#notes.find(tenant, kind, id))?.value;
  }

  async list(tenant: string, limit: number, after?: string): Promise<DeletedPage> {
    const notes = await this.#notes.list({ tenant, kind, limit: limit + 1, ...(after === undefined ? {} : { after }) });
    const page = notes.slice(0, limit);
    return { deleted: page.map(({ value }) => value), ...(notes.length > limit ? { next: page.at(-1)!.key } : {}) };
  }

  /** Leaves nothing of them. @returns false where there was nothing */
  async forget(tenant: string, id: string): Promise<boolean> {
    return this.#notes.remove(tenant, kind, id);
  }
}
