import { html, type Html } from '../page-kit/html.ts';
import type { ConsolePage } from './visit/console-answer.ts';
import { sections } from './sections.ts';
import type { Visit } from './visit/visit.ts';

/** A page for what cannot be done: what happened, and the way on. */
export function errorPage(
  visit: Visit,
  status: number,
  name: 'forbidden' | 'notFound' | 'signedOut' | 'tooMany' | 'badRequest' | 'sentBefore' | 'unavailable' | 'suspended',
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
    body: html`${name !== 'suspended' && waysOn(visit, name === 'signedOut')}`,
  };
}

/** The ways on: to the section that the visitor was in, and home. */
function waysOn(visit: Visit, isSignedOut: boolean): Html {
  if (isSignedOut || !visit.isSignedIn)
    return html`<p><a class="button"
      href="${visit.href(isSignedOut ? '/sign-in' : '/')}">${visit.t(
        isSignedOut ? 'signIn.button' : 'shell.nav.home',
      )}</a></p>`;
  const section = sections.find(({ path }) => path !== '/' && `${visit.ownPath}/`.startsWith(`${path}/`));
  const back = section !== undefined && visit.may(section.operation) ? section : undefined;
  return html`<p class="row">
    ${
      back !== undefined
      && html`<a class="button" href="${visit.href(back.path)}">${visit.t(`shell.nav.${back.id}`)}</a>`
    }
    <a class="button${back !== undefined && ' quiet'}" href="${visit.href('/')}">${visit.t('shell.nav.home')}</a>
  </p>`;
}
