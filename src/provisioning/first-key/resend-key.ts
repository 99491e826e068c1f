import type { UserDraft, Rules } from '../user/user-draft.ts';
import type { Account } from '../records/account.ts';
import { isActive } from '../user/event-policy.ts';
import { emailAddress } from '../user/first-key-address.ts';
import { addressFor, methodOf } from './key-address.ts';
import { forgetUndeliverable, isUndeliverable } from '../user/undeliverable.ts';
import { requestKey, pendingRequest } from './first-key-request.ts';
import { withheld } from './withheld.ts';

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
    const found = withheld(draft, rules, kind, method);
    if (found !== undefined) return found === 'noted';
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

/** True within a minute of the last message that was sent on request, of whoever asked. */
export function isCoolingDown(account: Account, now: Date): boolean {
  const ownAt = account.selfService?.at(-1);
  const ends = [coolDownEnd(account), ownAt === undefined ? undefined : endOfMinute(ownAt)];
  return ends.some((end) => end !== undefined && end > now);
}

/**
 * From when an administrator or a client may have something more sent; undefined when they never had. What anybody can
 * ask for in the user's name does not count: it would shut them out.
 */
export function coolDownEnd({ resentAt }: Account): Date | undefined {
  return resentAt === undefined ? undefined : endOfMinute(resentAt);
}

function endOfMinute(at: string): Date {
  return new Date(Date.parse(at) + coolDownMs);
}
