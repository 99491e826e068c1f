import { foldCase } from '../../scim/model/case-fold.ts';
import { emailAddress } from './first-key-address.ts';
import type { Rules, UserDraft } from './user-draft.ts';

/** True while sign-in must wait for the user's proof that the address is theirs. */
export function needsProof(
  { resource, onboarding, account }: Pick<UserDraft, 'resource' | 'onboarding' | 'account'>,
  { settings }: Pick<Rules, 'settings'>,
): boolean {
  if (!(onboarding.verifyEmail ?? settings.onboarding.verifyEmail)) return false;
  const address = emailAddress(resource);
  return address !== undefined && account.verifiedEmail !== foldCase(address);
}
