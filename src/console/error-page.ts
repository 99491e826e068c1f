import { html } from '../page-kit/html.ts';
import type { ConsolePage } from './console-answer.ts';
import type { Visit } from './visit.ts';

/** A page for what cannot be done: what happened, and the way on. */
export function errorPage(
  visit: Visit,
  status: number,
  name: 'forbidden' | 'notFound' | 'signedOut' | 'tooMany' | 'badRequest' | 'unavailable' | 'suspended',
  detail?: string,
): ConsolePage {
  const values = {
    product: visit.settings.productName,
    role: visit.isSignedIn ? visit.t(`shell.roles.${visit.role}`) : '',
    id: String(visit.requestId),
  };
  return {
    status,
    title: visit.t(`shell.errors.${name}.title`),
    lead: detail === undefined ? visit.say(`shell.errors.${name}.text`, values) : html`${detail}`,
    body: html`${
      name !== 'suspended'
      && html`<p>
      <a class="button"
        href="${visit.href(name === 'signedOut' ? '/sign-in' : '/')}">${visit.t(
          name === 'signedOut' ? 'signIn.button' : 'shell.nav.home',
        )}</a>
    </p>`
    }`,
  };
}
