import { countFailure, delayAfter, failuresOf, isLockedOut } from '../user/account-lock.ts';
import { BackgroundWork } from '../../base/background-work.ts';
import { isUnderWay } from '../user/latchkey-extension.ts';
import type { UserDraft } from '../user/user-draft.ts';
import { countWrongCode, endInvitation, leadsToFirstKey } from '../first-key/invitations.ts';
import { write } from '../user/change-user.ts';
import type { Invitation } from '../records/account.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';
import { bySelf } from '../records/origin.ts';
import { noteUse } from '../user/timeline.ts';

/** What counting works with. */
export interface AccountFailuresParts extends Pick<ServiceParts, 'changeUser'> {
  /** Told of a failed try that could not be counted. */
  readonly onError: (error: unknown) => void;
}

/** What is known of a failed try beside the account. */
export interface FailedTry {
  /** The invitation whose code it may have been meant for. */
  readonly code?: string | undefined;
  /** True when that code has been guessed at too often. */
  readonly spent?: boolean;
  /** True when it is counted elsewhere: the owner's own browser, or an account that is locked already. */
  readonly apart?: boolean;
}

/** Counts failed sign-ins on the accounts they were tried on, at once or in the background. */
export class AccountFailures {
  readonly #parts: AccountFailuresParts;
  readonly #work: BackgroundWork;
  /** Failed tries that are being filed, by the id of the record. */
  readonly #filing = new Map<string, number>();

  constructor(parts: AccountFailuresParts) {
    this.#parts = parts;
    this.#work = new BackgroundWork(parts.onError);
  }

  /** Resolves when every failed try is filed. */
  async settled(): Promise<void> {
    await this.#work.settled();
  }

  /**
   * True while failures are being filed that make the next try wait: a right guess among many at once is no better
   * than the others.
   */
  areClosing({ id, account }: StoredRecord, now: Date): boolean {
    const filing = this.#filing.get(id) ?? 0;
    return filing > 0 && delayAfter((account === undefined ? 0 : failuresOf(account, now)) + filing) > 0;
  }

  /**
   * Counts a failure in the background. It joins the queue of the record's writers, and every later sign-in queues
   * behind it, so parallel guesses count like guesses one after another.
   */
  file(record: StoredRecord, failed: FailedTry): void {
    const { id } = record;
    this.#filing.set(id, (this.#filing.get(id) ?? 0) + 1);
    this.#work.run(() =>
      this.count(record, failed).finally(() => {
        const others = (this.#filing.get(id) ?? 1) - 1;
        if (others === 0) this.#filing.delete(id);
        else this.#filing.set(id, others);
      }),
    );
  }

  /** Counts a failure on the account, and notes a wrong code below the message that brought the right one. */
  async count(user: StoredRecord, { code, spent = false, apart = false }: FailedTry = {}): Promise<void> {
    await this.#parts.changeUser(user, bySelf, (draft, { now }) => {
      if (code !== undefined && draft.account.invitation?.id === code) noteWrongCode(draft, spent, now);
      draft.events.push({ type: 'signIn.failed', data: {} });
      if (apart) return write(undefined);
      const wasLockedOut = isLockedOut(failuresOf(draft.account, now));
      draft.account = countFailure(draft.account, now);
      if (isLockedOut(draft.account.failedSignIns) && !wasLockedOut)
        draft.events.push({ type: 'account.locked', data: { reason: 'failedAttempts' } });
      return write(undefined);
    });
  }
}

/** Counts a wrong proof by a person who holds the link to a password; the fifth uses the link up. */
export function countWrongProof(draft: UserDraft, now: Date): void {
  const { invitation } = draft.account;
  draft.account = countWrongCode(draft.account, now.toISOString());
  if (draft.account.invitation === undefined) showSpent(draft, invitation);
}

/** A wrong code from a possible stranger uses nothing up, unless there were so many that guessing could succeed. */
function noteWrongCode(draft: UserDraft, spent: boolean, now: Date): void {
  const { invitation } = draft.account;
  const at = now.toISOString();
  if (invitation?.code !== undefined)
    noteUse(draft.onboarding, invitation.code.delivery, { state: 'codeTried', verdict: 'wrong', at });
  if (invitation !== undefined)
    draft.account = { ...draft.account, invitation: { ...invitation, wrongTries: invitation.wrongTries + 1 } };
  if (!spent) return;
  draft.account = endInvitation(draft.account, 'spent', at);
  showSpent(draft, invitation);
}

function showSpent(draft: UserDraft, invitation: Invitation | undefined): void {
  if (invitation !== undefined && leadsToFirstKey(invitation) && isUnderWay(draft.onboarding))
    draft.onboarding.status = 'expired';
}
