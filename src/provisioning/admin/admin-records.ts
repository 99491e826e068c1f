import type { Actor } from '../../domain/actor.ts';
import type { Rights } from '../../domain/client.ts';
import type { Role } from '../../domain/role.ts';
import { NotFoundError } from '../../scim/model/scim-error.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { type UserDecision, type ChangeUser, keep } from '../user/change-user.ts';
import type { Origin } from '../records/origin.ts';
import type { ResourceStore, StoredRecord } from '../records/resource-store.ts';

/** Who acts: a client with the scope `admin`, or an administrator, for their own tenant. */
export interface AdminActor {
  readonly tenant: string;
  /** The client's name. */
  readonly client: string;
  readonly requestId: string;
  /** Of a person in the console. */
  readonly role?: Role;
  /** Who, as the audit tells it; absent: the client of that name. */
  readonly actor?: Actor;
  /** What of rights the actor may hand out; absent: none. */
  readonly rights?: Rights;
  /** The address the call comes from, where it comes from another machine. */
  readonly address?: string;
}

/** The origin of what an administrator does. */
export function originOfAdmin({ client, requestId, actor, address }: Omit<AdminActor, 'tenant'>): Origin {
  return {
    triggeredBy: 'admin_api',
    client,
    requestId,
    ...(actor === undefined ? {} : { actor }),
    ...(address === undefined ? {} : { address }),
  };
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
    const changed = await this.#parts.changeUser(
      { tenant: actor.tenant, id: userId },
      originOfAdmin(actor),
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
