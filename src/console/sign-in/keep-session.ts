import { browserGrant } from '../../administrators/browser-grant.ts';
import type { SignedIn, SignInStep } from '../../administrators/console-access.ts';
import type { ConsoleSite } from '../console-site.ts';
import type { Visit } from '../visit/visit.ts';

/** Has the browser keep the session that a step of a sign-in has begun: the one way in which it gets its cookie. */
export function keepSession(site: ConsoleSite, visit: Visit, step: Extract<SignInStep, { outcome: 'done' }>): void {
  site.cookie.set(visit.response, step.cookie);
  rememberBrowser(site, visit, step.signedIn);
}

/** From a full sign-in on, and after a change of the password in it, the browser is known as the administrator's. */
export function rememberBrowser(site: ConsoleSite, { request, response }: Visit, signedIn: SignedIn): void {
  if (signedIn.session.stage !== 'full' || signedIn.administrator.tenant !== site.tenant) return;
  site.browsers.remember(request, response, browserGrant(signedIn));
}
