import type { KeyService } from '../provisioning/key-service.ts';

/** The part of the key service that the pages use; reading (`lookUp`, `holder`) changes nothing. */
export type Keys = Pick<
  KeyService, 'lookUp' | 'setPassword' | 'renew' | 'signIn' | 'forgotPassword' | 'holder' | 'changePassword' | 'verifyEmail'
>;
