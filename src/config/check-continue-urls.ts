import type { Settings } from './settings.ts';

/** Where a setting is, and what is wrong with it. */
interface FoundFault {
  readonly path: readonly string[];
  readonly fault: string;
}

const fault = 'must be an https URL without a user name in it; http only for localhost, 127.0.0.1 or [::1]';

/**
 * Checks where people are sent once their password is set: by https, or to this very machine.
 * @returns the first setting that cannot be used
 */
export function checkContinueUrls({ onboarding }: Pick<Settings, 'onboarding'>): FoundFault | undefined {
  if (!isUsable(onboarding.continueUrl)) return { path: ['onboarding', 'continueUrl'], fault };
  const wrong = Object.entries(onboarding.applications).find(([, { continueUrl }]) => !isUsable(continueUrl ?? null));
  return wrong === undefined ? undefined : { path: ['onboarding', 'applications', wrong[0], 'continueUrl'], fault };
}

function isUsable(url: string | null): boolean {
  if (url === null) return true;
  if (!/^https?:\/\/[^\s\p{Cc}]+$/iu.test(url) || !URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
