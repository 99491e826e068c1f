import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../config/settings.ts';
import { equalJson } from '../../base/json.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import { emptyAccount } from '../records/account.ts';
import type { Origin } from '../records/origin.ts';
import type { RecordWriter } from '../records/record-writer.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { showForcedChange } from './forced-change.ts';
import { showLock } from './account-lock.ts';
import { lockInSearch } from './lock-in-search.ts';
import { readOnboarding, writeOnboarding } from './latchkey-extension.ts';
import type { Rules, UserDraft } from './user-draft.ts';
import type { Decision, RecordChange } from '../records/record-change.ts';

/**
 * What a change of a user comes to: the record stays as it is, or the draft is written. The answer may need the
 * written record.
 */
export type UserDecision<Answer> =
  | { readonly kind: 'keep'; readonly answer: Answer }
  | { readonly kind: 'write'; readonly answer: (written: StoredRecord) => Answer };

/**
 * Changes one user outside SCIM writes: the only way in which pages, messages, bounces, the sweep and administrators
 * do it. Reads the record, lets `change` work on a draft, and writes draft and events in one commit if the record is
 * still as read; otherwise it starts again.
 * @param user which user
 * @param origin who asked for the change, as its events and the audit tell it
 * @param change must do nothing slow and have no effects beyond the draft: it can be called several times. A draft
 *   that differs in nothing is not written
 * @param known the record as the caller has just read it: spares a look-up where it is written
 * @returns what `change` answered; undefined when there is no such user
 * @throws what `change` throws; StoreUnavailableError when other processes were quicker too often
 */
export type ChangeUser = <Answer>(
  user: { readonly tenant: string; readonly id: string },
  origin: Origin,
  change: (draft: UserDraft, rules: Rules, record: StoredRecord) => UserDecision<Answer>,
  known?: StoredRecord,
) => Promise<Answer | undefined>;

/** What changing users works with. */
export interface ChangeUserParts {
  readonly writer: RecordWriter;
  readonly clock: Clock;
  readonly settingsOf: (tenant: string) => Settings;
  readonly userType: ResourceType;
}

/** Makes the {@link ChangeUser} of this process. */
export function createChangeUser(parts: ChangeUserParts): ChangeUser {
  const { writer, userType } = parts;
  return async <Answer>(
    { tenant, id }: { readonly tenant: string; readonly id: string },
    origin: Origin,
    change: (draft: UserDraft, rules: Rules, record: StoredRecord) => UserDecision<Answer>,
    known?: StoredRecord,
  ): Promise<Answer | undefined> =>
    writer.update<Answer | undefined>(
      { tenant, type: userType, id },
      (record): Decision<Answer | undefined> => {
        if (record === undefined) return { kind: 'keep', answer: undefined };
        const rules = rulesOf(tenant, parts);
        const draft = draftOf(record);
        const decision = change(draft, rules, record);
        if (decision.kind === 'keep') return decision;
        const made = finishDraft(draft, rules);
        return isSame(record, made)
          ? { kind: 'keep', answer: decision.answer(record) }
          : { kind: 'put', change: made, answer: decision.answer };
      },
      { origin, known },
    );
}

/** The record stays as it is. */
export function keep<Answer>(answer: Answer): UserDecision<Answer> {
  return { kind: 'keep', answer };
}

/** The draft is written. */
export function write<Answer>(answer: Answer): UserDecision<Answer> {
  return { kind: 'write', answer: () => answer };
}

/** What the rules need to know of the world at this moment, for users of this tenant. */
export function rulesOf(tenant: string, { settingsOf, clock }: Pick<ChangeUserParts, 'settingsOf' | 'clock'>): Rules {
  return { settings: settingsOf(tenant), now: clock.now(), newId: () => clock.newId() };
}

/** A stored user as a draft. */
export function draftOf({ resource, account = emptyAccount }: StoredRecord): UserDraft {
  return { resource, onboarding: readOnboarding(resource), account, events: [] };
}

/** A draft as the change that is written: with what the record shows of it to searches. */
export function finishDraft(draft: UserDraft, rules: Rules): RecordChange {
  showForcedChange(draft, rules);
  showLock(draft, rules);
  return {
    resource: writeOnboarding(draft.resource, draft.onboarding),
    account: draft.account,
    events: draft.events,
    search: lockInSearch(draft, rules),
  };
}

function isSame({ resource, account }: StoredRecord, change: RecordChange): boolean {
  if (change.events.length > 0 || !equalJson(resource, change.resource)) return false;
  return JSON.stringify(account ?? emptyAccount) === JSON.stringify(change.account ?? emptyAccount);
}
