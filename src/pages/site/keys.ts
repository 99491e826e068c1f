import type { Access } from '../../provisioning/access/access.ts';
import type { PasswordReveal } from '../../provisioning/access/password-reveal.ts';

/**
 * The part of the key service that the pages use; reading (`lookUp`, `lookUpProof`, `holder`, `noteOpening`) changes
 * nothing of what anybody may do.
 */
export type Keys = Pick<
  Access,
  | 'lookUp'
  | 'lookUpProof'
  | 'noteOpening'
  | 'setPassword'
  | 'renew'
  | 'signIn'
  | 'forgotPassword'
  | 'holder'
  | 'endSession'
  | 'changePassword'
  | 'verifyEmail'
>;

/** What shows mailed passwords; `lookUp` changes nothing. */
export type Reveals = Pick<PasswordReveal, 'lookUp' | 'requestCode' | 'reveal'>;
