/**
 * The dialect a client speaks. `auto` takes the union and goes by what the request looks like; `ipsie` is OpenID's
 * IPSIE profiles with the SCIM interoperability profile, to the letter.
 */
export type ClientProfile = 'auto' | 'entra' | 'ipsie' | 'okta' | 'strict';

/** Whether a profile takes no attribute that the schemas do not define. */
export function isStrict(profile: ClientProfile): boolean {
  return profile === 'strict' || profile === 'ipsie';
}
