import type { Settings } from '../../config/settings.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import type { Onboarding } from '../user/latchkey-extension.ts';
import { rememberedHashes } from './onboarding.ts';

/** Whether a mailed password must be changed at the next sign-in. */
export function mustChangeMailed({ forcePasswordReset }: Onboarding, settings: Settings): boolean {
  return settings.onboarding.changeMailedPassword || forcePasswordReset === true;
}

/**
 * Puts a password that was generated for the user in force, in the moment it goes to them: whoever had signed in
 * before is signed out.
 */
export function takeGenerated(draft: UserDraft, { settings, now }: Rules, hash: string): void {
  const { account } = draft;
  // Of several generated for one request only the last was ever good: the others are no history.
  const passwordHistory =
    account.mailedPassword === true ? account.passwordHistory : rememberedHashes(account, settings.passwords.history);
  const at = now.toISOString();
  draft.account = {
    ...account,
    passwordHash: hash,
    passwordHistory,
    mailedPassword: mustChangeMailed(draft.onboarding, settings),
    generatedPassword: true,
    sessionsValidFrom: at,
  };
  draft.onboarding.passwordChangedAt = at;
}
