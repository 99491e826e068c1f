import type { Account } from '../records/account.ts';
import { bySelf } from '../records/origin.ts';
import { isDeepStrictEqual } from 'node:util';
import type { Settings } from '../../config/settings.ts';
import { type GivenRight, takePassword } from './own-password.ts';
import { type ChangeUser, write, keep } from '../user/change-user.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { contextWords } from '../passwords/context-words.ts';
import { checkPassword, type PasswordFault } from '../passwords/password-policy.ts';
import { managerOf } from '../user/manager.ts';
import type { ResourceStore, StoredRecord } from '../records/resource-store.ts';

/** What setting a password works with. */
export interface SetPasswordParts {
  readonly store: ResourceStore;
  readonly changeUser: ChangeUser;
  readonly settingsOf: (tenant: string) => Settings;
  readonly hasher: PasswordHasher;
}

/** How it ended: `lost` when the right was gone by the time of writing. */
export type Stored =
  | { readonly outcome: 'done'; readonly account: Account }
  | { readonly outcome: 'refused'; readonly faults: readonly PasswordFault[] }
  | { readonly outcome: 'lost' };

/** Stores the passwords that users choose. */
export class SetPassword {
  readonly #parts: SetPasswordParts;

  constructor(parts: SetPasswordParts) {
    this.#parts = parts;
  }

  /**
   * Checks a chosen password and stores it, if the right to do so still holds on the record that is then written: of
   * two at once, one wins.
   * @param record as read when the right was looked at
   * @param holds whether the right holds on a later state of the record
   * @param right what gives the right, where that is no password of theirs
   */
  async store(
    record: StoredRecord,
    password: string,
    right: GivenRight,
    holds: (record: StoredRecord) => boolean,
  ): Promise<Stored> {
    const { changeUser, hasher } = this.#parts;
    const faults = await this.faultsOf(record, password);
    if (faults.length > 0) return { outcome: 'refused', faults };
    const hash = await hasher.hash(password);
    return (
      (await changeUser<Stored>(record, bySelf, (draft, rules, latest) => {
        if (!holds(latest) || !samePasswords(record, latest)) return keep({ outcome: 'lost' });
        takePassword(draft, rules, hash, right);
        return write({ outcome: 'done', account: draft.account });
      })) ?? { outcome: 'lost' }
    );
  }

  /** Why a password chosen for this user is refused: by the policy, or because the user had it before. */
  async faultsOf(record: StoredRecord, password: string): Promise<readonly PasswordFault[]> {
    const settings = this.#parts.settingsOf(record.tenant);
    const manager = await managerOf(this.#parts.store, record);
    const faults = checkPassword(password, settings, contextWords(record.resource, settings, manager?.resource));
    if (faults.length > 0) return faults;
    const reused = await this.#parts.hasher.matching(formerHashes(record, settings), password);
    return reused === undefined ? [] : [{ rule: 'reused' }];
  }
}

/** The hashes that a new password must not match: the present one and, as far as the tenant asks, those before. */
function formerHashes({ account }: StoredRecord, settings: Settings): readonly string[] {
  if (account === undefined || (settings.passwords.history === 0 && account.mailedPassword !== true)) return [];
  const present = account.passwordHash === undefined ? [] : [account.passwordHash];
  return [...present, ...account.passwordHistory.slice(0, settings.passwords.history)];
}

/** False when another password change came in between: the check for reuse then looked at an outdated password. */
function samePasswords(before: StoredRecord, now: StoredRecord): boolean {
  return (
    before.account?.passwordHash === now.account?.passwordHash
    && isDeepStrictEqual(before.account?.passwordHistory, now.account?.passwordHistory)
  );
}
