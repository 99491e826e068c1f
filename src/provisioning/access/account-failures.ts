import { delayAfter, isLockedOut } from '../user/account-lock.ts';
import { BackgroundWork } from './background-work.ts';
import { isUnderWay } from '../user/latchkey-extension.ts';
import type { UserDraft } from '../user/user-draft.ts';
import { countWrongCode, leadsToFirstKey } from '../first-key/invitations.ts';
import { write } from '../user/change-user.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';
import { bySelf } from '../records/origin.ts';
import { noteUse } from '../user/timeline.ts';

/** What counting works with. */
export interface AccountFailuresParts extends Pick<ServiceParts, 'changeUser'> {
  /** Told of a failed try that could not be counted. */
  readonly onError: (error: unknown) => void;
}

/** Counts failed sign-ins on the accounts they were tried on, at once or while nobody waits. */
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
  areClosing({ id, account }: StoredRecord): boolean {
    const filing = this.#filing.get(id) ?? 0;
    return filing > 0 && delayAfter((account?.failedSignIns ?? 0) + filing) > 0;
  }

  /**
   * Has a failure counted while nobody waits. It stands in the line of the record's writers from now on, and whoever
   * is let in later stands behind it: so many guesses at once are counted as so many one after another.
   */
  file(record: StoredRecord, invitation: string | undefined): void {
    const { id } = record;
    this.#filing.set(id, (this.#filing.get(id) ?? 0) + 1);
    this.#work.run(() =>
      this.count(record, invitation).finally(() => {
        const others = (this.#filing.get(id) ?? 1) - 1;
        if (others === 0) this.#filing.delete(id);
        else this.#filing.set(id, others);
      }),
    );
  }

  /** Counts a failure on the account, and a wrong code on the invitation that it was tried on. */
  async count(user: StoredRecord, invitation: string | undefined): Promise<void> {
    await this.#parts.changeUser(user, bySelf, (draft, { now }) => {
      if (invitation !== undefined && draft.account.invitation?.id === invitation) tryWrongCode(draft, now);
      const failures = draft.account.failedSignIns + 1;
      const delay = delayAfter(failures);
      const wasLockedOut = isLockedOut(draft.account.failedSignIns);
      draft.account = {
        ...draft.account,
        failedSignIns: failures,
        ...(delay === 0 ? {} : { lockedUntil: new Date(now.getTime() + delay).toISOString() }),
      };
      draft.events.push({ type: 'signIn.failed', data: {} });
      if (isLockedOut(failures) && !wasLockedOut)
        draft.events.push({ type: 'account.locked', data: { reason: 'failedAttempts' } });
      return write(undefined);
    });
  }
}

/** A wrong code, or a wrong proof before a password is shown, counts; the fifth spends the invitation. */
export function tryWrongCode(draft: UserDraft, now: Date): void {
  const { invitation } = draft.account;
  const at = now.toISOString();
  if (invitation?.code !== undefined)
    noteUse(draft.onboarding, invitation.code.delivery, { state: 'codeTried', verdict: 'wrong', at });
  draft.account = countWrongCode(draft.account, at);
  if (
    draft.account.invitation === undefined
    && invitation !== undefined
    && leadsToFirstKey(invitation)
    && isUnderWay(draft.onboarding)
  )
    draft.onboarding.status = 'expired';
}
