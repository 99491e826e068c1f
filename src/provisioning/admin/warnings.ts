import type { Settings } from '../../config/settings.ts';
import type { KeyProgress } from '../first-key/key-progress.ts';

/**
 * What an administrator should know after an action on a user: sentences on what blocks the first key, or weakens it.
 * @param progress how far the user is after the action
 */
export function warningsOf(progress: KeyProgress, { onboarding, sms }: Settings): string[] {
  const warnings: string[] = [];
  const detail = progress.detail === undefined ? '' : ` (${progress.detail})`;
  switch (progress.hindrance) {
    case 'deactivated':
      warnings.push('The user is deactivated: nothing is sent and sign-in is refused until "active" is true.');
      break;
    case 'notStarted':
      warnings.push(`Nothing is sent and sign-in is refused before ${progress.startsAt ?? 'the start date'}.`);
      break;
    case 'nothingSent':
      warnings.push('The user has neither a password nor an invitation: invite them or reset the password.');
      break;
    case 'held':
      warnings.push(`The message is held${detail}.`);
      break;
    case 'noAddress':
    case 'deliveryFailed':
      warnings.push(`The message cannot be delivered${detail}. Correct the address, then resend.`);
      break;
    case 'bounced':
      warnings.push(`Mail to this user came back${detail}. Correct the address, or resend to try it again.`);
      break;
    case 'emailNotVerified':
      warnings.push('Sign-in is refused until the user has proved their e-mail address.');
      break;
    default:
  }
  const method = progress.invitation?.method;
  if (method === 'smsOtp' && sms.gatewayUrl === null)
    warnings.push('The code is to go by SMS, but no SMS gateway is set: set sms.gatewayUrl or choose another method.');
  if (method !== undefined && onboarding.expiryMinutes[method] < 0)
    warnings.push('This invitation never expires: set onboarding.expiryMinutes to a limit.');
  if (progress.pending === 'passwordMail' && !onboarding.changeMailedPassword && !progress.forcePasswordReset)
    warnings.push('The mailed password stays valid: it remains in a mailbox. Set onboarding.changeMailedPassword.');
  return warnings;
}
