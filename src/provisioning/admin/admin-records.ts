import type { Clock } from '../../clock.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { NotFoundError } from '../../scim/model/scim-error.ts';
import type { Settings } from '../../config/settings.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { draftOf, finishDraft } from '../user/change-user.ts';
import type { Decision, RecordWriter } from '../records/record-writer.ts';
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
  readonly writer: RecordWriter;
  readonly clock: Clock;
  readonly settingsOf: (tenant: string) => Settings;
  readonly userType: ResourceType;
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
  change(actor: AdminActor, userId: string, change: (draft: UserDraft, scene: Rules) => boolean): Promise<StoredRecord> {
    const { writer, clock, settingsOf, userType } = this.#parts;
    const origin = { triggeredBy: 'admin_api', client: actor.client, requestId: actor.requestId } as const;
    return writer.update({ tenant: actor.tenant, type: userType, id: userId }, (record): Decision<StoredRecord> => {
      if (record === undefined) throw noSuchUser(userId);
      const scene: Rules = { settings: settingsOf(actor.tenant), now: clock.now(), newId: () => clock.newId() };
      const draft = draftOf(record);
      if (!change(draft, scene)) return { kind: 'keep', answer: record };
      return { kind: 'put', change: finishDraft(draft, scene), answer: (written) => written };
    }, { origin });
  }
}

function noSuchUser(id: string): NotFoundError {
  return new NotFoundError(`There is no User with id "${id.slice(0, 100)}".`);
}
