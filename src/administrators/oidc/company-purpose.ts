import type { SignedIn, SignInStep } from '../console-access.ts';
import type { Arrival } from './company-accounts.ts';
import type { OidcFault } from './oidc-provider.ts';

/**
 * Why a browser goes to the provider: to sign in; to prove again who is in a session; to tie its account to an
 * identity.
 */
export type CompanyPurpose =
  | { readonly kind: 'signIn'; readonly next: string }
  | { readonly kind: 'confirm' | 'link'; readonly next: string; readonly by: SignedIn };

/** How the way back ended. */
export type CompanyReturn =
  | { readonly outcome: 'signedIn'; readonly step: SignInStep; readonly next: string }
  | { readonly outcome: 'confirmed' | 'linked'; readonly next: string }
  | { readonly outcome: Exclude<Arrival['outcome'], 'found'> | 'otherPerson' | 'stale' | OidcFault['kind'] };
