import type { Clock } from '../../clock.ts';
import { bindFilter } from '../../scim/filter/bind-filter.ts';
import { parseFilter } from '../../scim/filter/filter-parser.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Settings } from '../../config/settings.ts';
import { startDateBy } from '../user/first-key-address.ts';
import { isUnderWay } from '../user/latchkey-extension.ts';
import { hasExpired, leadsToFirstKey } from './invitations.ts';
import { latchkeyUrn } from '../user/latchkey-extension.ts';
import { omit } from '../../omit.ts';
import { type ChangeUser, write, keep } from '../user/change-user.ts';
import type { ResourceStore, StorePage } from '../records/resource-store.ts';
import { showLock } from '../user/account-lock.ts';

/** What the sweep works with. */
export interface OnboardingSweepParts {
  readonly store: ResourceStore;
  readonly changeUser: ChangeUser;
  readonly clock: Clock;
  readonly settingsOf: (tenant: string) => Settings;
  readonly userType: ResourceType;
}

/** Users read at once. */
const batch = 200;

/**
 * Writes down what time alone has brought about: an invitation that has run out (`expired`, and no password of it is
 * kept any longer), a lock that has ended because the start date came or the pause after failed sign-ins is over.
 * Answers and filters do not wait for it, see `userNow` and `conditionNow`; it tells of it in events.
 */
export class OnboardingSweep {
  readonly #parts: OnboardingSweepParts;

  constructor(parts: OnboardingSweepParts) {
    this.#parts = parts;
  }

  /** Goes over one tenant. @returns how many users it changed */
  async run(tenant: string): Promise<number> {
    let changed = 0;
    for (const id of await this.#found(tenant)) if (await this.#settle(tenant, id)) changed += 1;
    return changed;
  }

  async #found(tenant: string): Promise<string[]> {
    const { store, userType } = this.#parts;
    const condition = bindFilter(userType, parseFilter(this.#due(tenant)));
    const ids: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: StorePage = await store.query({
        tenant,
        type: userType.name,
        condition,
        sort: undefined,
        limit: batch,
        page: { after },
      });
      ids.push(...page.records.map(({ id }) => id));
      after = page.next;
    }
    return ids;
  }

  /** The filter of those whom time may have changed: what lies ahead of everybody else is not looked at. */
  #due(tenant: string): string {
    const { clock, settingsOf } = this.#parts;
    const now = clock.now();
    const started = startDateBy(now, settingsOf(tenant));
    const of = (name: string): string => `${latchkeyUrn}:${name}`;
    return [
      `(${of('status')} eq "invited" or ${of('status')} eq "delivered") and ${of('invitationExpiresAt')} le "${now.toISOString()}"`,
      `${of('lockedReason')} eq "notStarted" and ${of('startDate')} le "${started.toISOString()}"`,
      `${of('lockedReason')} eq "failedAttempts"`,
    ].join(' or ');
  }

  async #settle(tenant: string, id: string): Promise<boolean> {
    return (
      (await this.#parts.changeUser({ tenant, id }, { triggeredBy: 'system' }, (draft, rules) => {
        const before = { ...draft.onboarding };
        const { invitation } = draft.account;
        if (
          isUnderWay(draft.onboarding)
          && draft.onboarding.status !== 'held'
          && invitation !== undefined
          && leadsToFirstKey(invitation)
          && hasExpired(invitation, rules.now)
        ) {
          draft.onboarding.status = 'expired';
          draft.account = omit(draft.account, 'sealedPassword');
        }
        showLock(draft, rules);
        const after = draft.onboarding;
        if (
          before.status === after.status
          && before.locked === after.locked
          && before.lockedReason === after.lockedReason
        )
          return keep(false);
        if (before.lockedReason === 'failedAttempts' && after.lockedReason !== 'failedAttempts')
          draft.events.push({ type: 'account.unlocked', data: {} });
        return write(true);
      })) ?? false
    );
  }
}
