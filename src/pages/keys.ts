import type { KeyService } from '../provisioning/access/key-service.ts';
import type { PasswordReveal } from '../provisioning/access/password-reveal.ts';

/** The part of the key service that the pages use; reading (`lookUp`, `holder`, `noteOpening`) changes nothing of what anybody may do. */
export type Keys = Pick<
  KeyService, 'lookUp' | 'noteOpening' | 'setPassword' | 'renew' | 'signIn' | 'forgotPassword' | 'holder' | 'changePassword' | 'verifyEmail'
>;

/** What shows mailed passwords; `lookUp` changes nothing. */
export type Reveals = Pick<PasswordReveal, 'lookUp' | 'requestCode' | 'reveal'>;
