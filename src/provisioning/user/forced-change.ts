import type { Settings } from '../../config/settings.ts';
import { omit } from '../../base/omit.ts';
import type { Rules, UserDraft } from './user-draft.ts';
import type { Onboarding } from './latchkey-extension.ts';

/** Whether a mailed password must be changed at the next sign-in. */
export function mustChangeMailed({ forcePasswordReset }: Onboarding, settings: Settings): boolean {
  return settings.onboarding.changeMailedPassword || forcePasswordReset === true;
}

/**
 * Brings the visible `forcePasswordReset` in line: while a mailed password must be changed it is true, whatever a
 * client said; where only that was the reason, it is lowered with it.
 */
export function showForcedChange(draft: UserDraft, { settings }: Pick<Rules, 'settings'>): void {
  const { account, onboarding } = draft;
  const isMailed = account.passwordMail !== undefined || account.invitation?.purpose === 'reveal';
  const isForced = account.mailedPassword === true || (isMailed && settings.onboarding.changeMailedPassword);
  if (isForced && onboarding.forcePasswordReset !== true) {
    onboarding.forcePasswordReset = true;
    draft.account = { ...account, changeForced: true };
  } else if (!isForced && account.changeForced === true) {
    if (onboarding.forcePasswordReset === true) onboarding.forcePasswordReset = account.namedReset === true;
    draft.account = omit(account, 'changeForced');
  }
}
