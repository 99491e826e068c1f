import type { Config } from './config.ts';
import type { Settings } from './settings.ts';

/** What of the configuration weighs in beside the tenant's settings. */
export type Surroundings = Pick<Config, 'publicUrl' | 'smtpUrl' | 'devMailbox'>;

/** One way to be weaker than the defaults: where, why it matters, and what to do. */
interface Weakness {
  readonly setting: string;
  readonly applies: (settings: Settings, around: Surroundings) => boolean;
  readonly warning: string;
}

/** Fewer characters are enough only beside a second factor (NIST SP 800-63B-4 §3.1.1.2). */
const leastAlone = 15;

const weaknesses: readonly Weakness[] = [
  {
    setting: 'onboarding.expiryMinutes',
    applies: ({ onboarding }) => Object.values(onboarding.expiryMinutes).includes(-1),
    warning: 'is -1: an invitation never ends, so an old mail lets its reader in for good. Set a number of minutes',
  },
  {
    setting: 'onboarding.expiryMinutes',
    applies: ({ onboarding }) => Object.values(onboarding.expiryMinutes).includes(0),
    warning: 'is 0: invitations of this kind end as soon as they are made. Set a number of minutes',
  },
  {
    setting: 'onboarding.changeMailedPassword',
    applies: ({ onboarding }) => !onboarding.changeMailedPassword,
    warning: 'is false: a mailed password stays in use. Set it to true',
  },
  {
    setting: 'onboarding.lockUntilPasswordSet',
    applies: ({ onboarding }) => !onboarding.lockUntilPasswordSet,
    warning: 'is false: an invited user can sign in by a password that a client sent. Set it to true',
  },
  {
    setting: 'onboarding.invitationMethod',
    applies: ({ onboarding, sms }, { smtpUrl }) =>
      onboarding.invitationMethod === 'smsOtp' && sms.gatewayUrl === null && smtpUrl !== undefined,
    warning: 'is smsOtp without a gateway: no text message goes out. Set sms.gatewayUrl, or choose emailLink',
  },
  {
    setting: 'sms.gatewayUrl',
    applies: ({ sms }) => sms.gatewayUrl?.startsWith('http:') === true,
    warning: 'is http: codes travel in clear. Use https',
  },
  {
    setting: 'passwords.composition',
    applies: ({ passwords }) => passwords.composition,
    warning: 'is true: kinds of characters make passwords predictable. Set it to false unless another system needs it',
  },
  {
    setting: 'passwords.minLength',
    applies: ({ passwords }) => passwords.minLength < leastAlone,
    warning:
      `is below ${leastAlone}: too short for a password without a second factor. Set ${leastAlone}, unless `
      + 'every sign-in needs a second factor',
  },
  {
    setting: 'passwords.maxAgeDays',
    applies: ({ passwords }) => passwords.maxAgeDays !== null,
    warning: 'is set: passwords that must be changed by the calendar become weaker. Set it to null',
  },
  {
    setting: 'requestLog.bodies',
    applies: ({ requestLog }) => requestLog.bodies,
    warning:
      'is true: what clients send about people is kept for requestLog.keepDays. Set it to false once you '
      + 'have seen what you look for',
  },
  {
    setting: 'LATCHKEY_PUBLIC_URL',
    applies: (_settings, { publicUrl }) => publicUrl?.startsWith('http:') === true && !isLocal(publicUrl),
    warning: 'is http: links, codes and passwords travel in clear. Put TLS in front and name the https address',
  },
  {
    setting: 'LATCHKEY_DEV_MAILBOX',
    applies: (_settings, { devMailbox, publicUrl, smtpUrl }) =>
      smtpUrl === undefined && devMailbox && publicUrl !== undefined && !isLocal(publicUrl),
    warning:
      'is on: /dev/mailbox shows live links and codes, through a proxy on this machine to everybody. Set '
      + 'SMTP_URL, or set it to off',
  },
];

/**
 * What in the settings is weaker than it should be, each with what to do: told at the start, and by `latchkey config`.
 * @returns one sentence each, beginning with the setting's name; empty for the defaults
 */
export function weakSettings(settings: Settings, around: Surroundings): readonly string[] {
  return weaknesses
    .filter(({ applies }) => applies(settings, around))
    .map(({ setting, warning }) => `${setting} ${warning}.`);
}

function isLocal(url: string): boolean {
  return /^https?:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?::|\/|$)/i.test(url);
}
