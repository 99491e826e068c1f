import type { UserDraft, Rules } from '../user/user-draft.ts';
import type { Account } from '../records/account.ts';
import { isActive } from '../user/event-policy.ts';
import { emailAddress } from '../user/first-key-address.ts';
import { addressFor, methodOf } from './key-address.ts';
import { forgetUndeliverable, isUndeliverable } from '../user/undeliverable.ts';
import { requestKey, isWithheld, pendingRequest } from './first-key-request.ts';

const coolDownMs = 60_000;

/**
 * Sends the user's pending message again. Within a minute of the last one, nothing more is sent while that one is still
 * on its way; if it is gone, the new one waits until the minute is over.
 * @param asker an administrator may try an address again that mail came back from; `user` may be anyone on the public
 *   page
 * @returns false when there was nothing to restart
 */
export function resendKey(draft: UserDraft, rules: Rules, asker: 'user' | 'administrator'): boolean {
  const kind = pendingRequest(draft);
  const address =
    kind === undefined
      ? emailAddress(draft.resource)
      : addressFor(
          draft,
          rules,
          kind,
          kind === 'verifyEmail' ? 'emailLink' : methodOf(draft.onboarding, rules.settings),
        );
  if (asker === 'administrator') draft.account = forgetUndeliverable(draft.account, address);
  else if (kind !== undefined && isActive(draft.resource)) {
    const method = kind === 'verifyEmail' ? 'emailLink' : methodOf(draft.onboarding, rules.settings);
    if (isWithheld(draft, rules, kind, method)) return true;
  }
  if (
    kind === undefined
    || !isActive(draft.resource)
    || (address !== undefined && isUndeliverable(draft.account, address))
  )
    return false;
  const coolDownEnds = coolDownEnd(draft.account) ?? rules.now;
  const cooling = coolDownEnds > rules.now;
  if (cooling && (draft.onboarding.status === 'queued' || draft.onboarding.status === 'held')) return false;
  requestKey(draft, rules, kind, coolDownEnds);
  draft.account = { ...draft.account, resentAt: (cooling ? coolDownEnds : rules.now).toISOString() };
  return true;
}

/** True within a minute of the last message that was sent on request. */
export function isCoolingDown(account: Account, now: Date): boolean {
  return (coolDownEnd(account) ?? now) > now;
}

/** From when something more is sent on request; undefined when nothing ever was. */
export function coolDownEnd({ resentAt }: Account): Date | undefined {
  return resentAt === undefined ? undefined : new Date(Date.parse(resentAt) + coolDownMs);
}
