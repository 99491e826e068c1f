import type { Delivery } from '../../notify/delivery/delivery.ts';
import type { InvitationMethod } from '../../config/settings.ts';
import type { Account } from '../records/account.ts';
import type { KeyRequest } from '../first-key/key-address.ts';

/** What a delivery carries to its user; undefined for a mere notice. */
export function requestOf({ template }: Pick<Delivery, 'template'>): KeyRequest | undefined {
  switch (template) {
    case 'invitation':
    case 'invitationCode':
    case 'reminder':
      return 'invitation';
    case 'password':
    case 'passwordReveal':
      return 'passwordMail';
    case 'recovery':
    case 'recoveryCode':
      return 'recovery';
    case 'verifyEmail':
      return 'verifyEmail';
    default:
      return undefined;
  }
}

/** The state of a delivery as people are shown it: one that has a reason to wait is held. */
export function shownState({ state, heldFor }: Delivery): string {
  return state === 'queued' && heldFor !== undefined ? 'held' : state;
}

/** True when the delivery carries what the user's account waits for now. */
export function isAwaited(account: Account, delivery: Delivery): boolean {
  if (delivery.template === 'password')
    return account.passwordMail !== undefined && account.passwordMail.id === delivery.data['passwordMail'];
  return account.invitation !== undefined && account.invitation.id === delivery.data['invitation'];
}

/** The method by which a delivery carries what its user waits for. */
export function methodOfDelivery({ data }: Delivery, { invitation }: Account): InvitationMethod {
  const { method } = data;
  if (method === 'emailLink' || method === 'emailOtp' || method === 'smsOtp') return method;
  return invitation?.method ?? 'emailLink';
}
