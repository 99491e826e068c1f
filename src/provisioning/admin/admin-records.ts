import { NotFoundError } from '../../scim/model/scim-error.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { type UserDecision, type ChangeUser, keep } from '../user/change-user.ts';
import type { ResourceStore, StoredRecord } from '../records/resource-store.ts';

/** Who acts: a client with the scope `admin`, for its own tenant. */
export interface AdminActor {
  readonly tenant: string;
  /** The client's name. */
  readonly client: string;
  readonly requestId: string;
}

/** What an administrator's changes work with. */
export interface AdminRecordsParts {
  readonly store: ResourceStore;
  readonly changeUser: ChangeUser;
}

/** Users' records as administrators change them: every event says so. */
export class AdminRecords {
  readonly #parts: AdminRecordsParts;

  constructor(parts: AdminRecordsParts) {
    this.#parts = parts;
  }

  /**
   * Reads a user's record.
   * @throws NotFoundError
   */
  async read(tenant: string, userId: string): Promise<StoredRecord> {
    const record = await this.#parts.store.get(tenant, 'User', userId);
    if (record === undefined) throw noSuchUser(userId);
    return record;
  }

  /**
   * Changes a user's record.
   * @param change answers false where nothing is to be written; what it throws is thrown
   * @returns the record as it is afterwards
   * @throws NotFoundError
   */
  async change(
    actor: AdminActor,
    userId: string,
    change: (draft: UserDraft, rules: Rules) => boolean,
  ): Promise<StoredRecord> {
    const origin = { triggeredBy: 'admin_api', client: actor.client, requestId: actor.requestId } as const;
    const changed = await this.#parts.changeUser(
      { tenant: actor.tenant, id: userId },
      origin,
      (draft, rules, record): UserDecision<StoredRecord> =>
        change(draft, rules) ? { kind: 'write', answer: (written) => written } : keep(record),
    );
    if (changed === undefined) throw noSuchUser(userId);
    return changed;
  }
}

function noSuchUser(id: string): NotFoundError {
  return new NotFoundError(`There is no User with id "${id.slice(0, 100)}".`);
}
