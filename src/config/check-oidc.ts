import { faultOfOutwardUrl } from '../network/outward-url.ts';
import type { SettingsCheck } from './parse-settings.ts';

/**
 * Makes the check of `console.oidc` for what its schema cannot say: an issuer that may be called, and what belongs to
 * it.
 * @param trustedHosts see `guardConnection`
 */
export function checkOidc(trustedHosts: ReadonlySet<string>): SettingsCheck {
  return ({ console: { oidc } }) => {
    const at = (name: keyof typeof oidc, fault: string) => ({ path: ['console', 'oidc', name], fault });
    if (oidc.issuer === null) return undefined;
    const wrong = faultOfIssuer(oidc.issuer, trustedHosts);
    if (wrong !== undefined) return at('issuer', wrong);
    if (oidc.clientId === null) return at('clientId', 'is missing: the provider gives it to you with the client');
    if (Object.keys(oidc.roles).length === 0)
      return at('roles', 'is empty: say which value of the claim gives which role');
    return oidc.scopes.includes('openid') ? undefined : at('scopes', 'must hold openid');
  };
}

/** OpenID Connect Discovery 1.0 §3: https, without query and fragment. */
function faultOfIssuer(text: string, trustedHosts: ReadonlySet<string>): string | undefined {
  if (/[\s\p{Cc}?]/u.test(text)) return 'must be an https URL without blanks and query';
  return faultOfOutwardUrl(text, trustedHosts);
}
