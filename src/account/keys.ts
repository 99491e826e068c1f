import type { KeyService } from '../provisioning/key-service.ts';

/** The part of the key service that the pages use; reading (`lookUp`, `holder`, `noteOpening`) changes nothing of what anybody may do. */
export type Keys = Pick<
  KeyService, 'lookUp' | 'noteOpening' | 'setPassword' | 'renew' | 'signIn' | 'forgotPassword' | 'holder' | 'changePassword' | 'verifyEmail'
>;
