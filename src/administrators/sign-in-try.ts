import type { BrowserGrant } from '../domain/browser-grant.ts';
import type { SignInTry } from '../provisioning/access/sign-in-limits.ts';
import type { Administrator } from './administrator.ts';
import { knownBrowser, markOf } from './browser-grant.ts';
import { limitScope } from './try-code.ts';

/**
 * A try to sign in to the console, as far as limits are concerned.
 * @param found the account of that address, where there is one
 * @param browsers whose browser this is, as an earlier sign-in has proved
 */
export function signInTry(
  tenant: string,
  email: string,
  address: string,
  found: Administrator | undefined,
  browsers: readonly BrowserGrant[],
): SignInTry {
  const name = email.toLowerCase().slice(0, 300);
  const mark = found === undefined ? '' : markOf(found);
  return { tenant: limitScope(tenant), name, mark, address, browser: knownBrowser(found, browsers) };
}
