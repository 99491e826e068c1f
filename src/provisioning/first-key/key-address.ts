import { foldCase } from '../../scim/model/case-fold.ts';
import type { TemplateName } from '../../notify/delivery/delivery.ts';
import type { InvitationMethod, Settings } from '../../config/settings.ts';
import type { SentMessage } from '../records/account.ts';
import { emailAddress, firstKeyAddress, notificationAddress, whyNoEmail } from '../user/first-key-address.ts';
import { phoneTarget } from '../user/phone-number.ts';
import { isUnderWay, type Onboarding } from '../user/latchkey-extension.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';

/** What can be sent to a user to let them in. */
export type KeyRequest = 'invitation' | 'passwordMail' | 'recovery' | 'verifyEmail';

/** The method by which a user is invited. */
export function methodOf(onboarding: Onboarding, settings: Settings): InvitationMethod {
  return onboarding.invitationMethod ?? settings.onboarding.invitationMethod;
}

/** Where a request would be sent; a password never goes by SMS. */
export function addressFor(
  draft: UserDraft,
  rules: Rules,
  kind: KeyRequest,
  method: InvitationMethod,
): string | undefined {
  const { resource, onboarding } = draft;
  if (goesBySms(kind, method)) {
    const target = phoneTarget(resource, rules.settings);
    return 'to' in target ? target.to : undefined;
  }
  const isFirst = kind === 'invitation' || kind === 'passwordMail' || (kind === 'recovery' && isUnderWay(onboarding));
  return isFirst ? firstKeyAddress(resource, onboarding, rules.now) : emailAddress(resource);
}

/** Why there is no address to send a request to. */
export function whyNoAddress(
  { resource, onboarding }: Pick<UserDraft, 'resource' | 'onboarding'>,
  { settings }: Pick<Rules, 'settings'>,
  kind: KeyRequest,
  method: InvitationMethod,
): string {
  const target = goesBySms(kind, method) ? phoneTarget(resource, settings) : undefined;
  return target !== undefined && 'reason' in target ? target.reason : whyNoEmail(resource, onboarding);
}

/** True for what goes by text message. */
export function goesBySms(kind: KeyRequest, method: InvitationMethod): boolean {
  return method === 'smsOtp' && (kind === 'invitation' || kind === 'recovery');
}

/** A message as a record remembers where it went. */
export function sentMessageTo(address: string, delivery: string): SentMessage & { readonly to: string } {
  return { delivery, to: foldCase(address) };
}

/**
 * True while a message that carried a key has gone where the user is reached: where the same request would go now or,
 * for a first key, to `notificationEmail`, which stays good beside a work address.
 */
export function isWellAddressed(
  to: string,
  draft: UserDraft,
  rules: Rules,
  kind: KeyRequest,
  method: InvitationMethod,
): boolean {
  const leadsIn =
    kind === 'invitation' || kind === 'passwordMail' || (kind === 'recovery' && isUnderWay(draft.onboarding));
  const firstKey = leadsIn && !goesBySms(kind, method);
  return [addressFor(draft, rules, kind, method), firstKey ? notificationAddress(draft.onboarding) : undefined].some(
    (address) => address !== undefined && foldCase(address) === to,
  );
}

/** The message that carries a request. */
export function templateOf(kind: KeyRequest, method: InvitationMethod): TemplateName {
  switch (kind) {
    case 'invitation':
      return method === 'emailLink' ? 'invitation' : 'invitationCode';
    case 'recovery':
      return method === 'emailLink' ? 'recovery' : 'recoveryCode';
    case 'passwordMail':
      return 'password';
    case 'verifyEmail':
      return 'verifyEmail';
  }
}
