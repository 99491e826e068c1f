import type { SignInStep } from '../../administrators/console-access.ts';
import { html } from '../../page-kit/html.ts';
import type { ConsoleAnswer, ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { longestNext } from '../visit/form-limits.ts';
import { faultBox, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { companyButton } from './company-button.ts';
import { keepSession } from './keep-session.ts';
import { passkeyButton } from './passkey-fields.ts';

/** `/console/sign-in` by e-mail and password, then `/sign-in/second` by a code; `/sign-out`. */
export function signInPages(site: ConsoleSite): void {
  site.open(
    '/sign-in',
    (visit) => signInForm(site, visit),
    async (visit) => {
      const email = visit.field('email');
      const browsers = site.browsers.read(visit.request);
      const password = visit.rawField('password');
      const step = await site.access.signIn(site.tenant, email, password, site.placeOf(visit), browsers);
      if (step.outcome === 'done') return arrive(site, visit, step);
      visit.response.locals['signIn'] = {
        outcome: step.outcome === 'paused' ? 'signInLocked' : 'signInInvalid',
        name: email,
      };
      return signInForm(site, visit, refusalOf(visit, step));
    },
  );
  site.step(
    '/sign-in/second',
    'factor',
    (visit) => secondForm(site, visit),
    async (visit) => {
      const answer = visit.rawField('passkey');
      if (answer !== '') {
        if (!(await site.passkeys.prove(visit.me, answer))) return secondForm(site, visit, 'passkey');
        const proved = await site.access.begun(visit.me, 'passkey', site.placeOf(visit));
        return proved.outcome === 'done' ? arrive(site, visit, proved) : secondForm(site, visit, 'passkey');
      }
      const step = await site.access.proveCode(visit.me, visit.field('code'), site.placeOf(visit));
      return step.outcome === 'done' ? arrive(site, visit, step) : secondForm(site, visit, refusalOf(visit, step));
    },
  );
  site.signOut('/sign-out', async (visit) => {
    await site.access.end(visit.me);
    site.cookie.clear(visit.response);
    visit.response.set('Clear-Site-Data', '"cache", "storage"');
    const isCompany = visit.me.session.methods.includes('oidc');
    return { goOn: visit.href(isCompany ? '/sign-in/oidc/left' : '/sign-in') };
  });
}

/** Sets the new session's cookie and goes on: to the next step, else to where the visitor wanted to go. */
export function arrive(site: ConsoleSite, visit: Visit, step: Extract<SignInStep, { outcome: 'done' }>): ConsoleAnswer {
  keepSession(site, visit, step);
  const next = nextOf(visit);
  if (step.stage === 'factor') return { goOn: visit.href('/sign-in/second', { next }) };
  if (step.stage === 'enrol') return { goOn: visit.href('/sign-in/enrol', { next }) };
  return { goOn: next === '' ? visit.href('/') : ownAddress(visit, next) };
}

/** Where the visitor wanted to go; '' where that is not said, or too long for an address of the console. */
export function nextOf(visit: Visit): string {
  const next = visit.query('next');
  return next.length > longestNext ? '' : next;
}

/** An address of the console itself; home for any other. */
export function ownAddress(visit: Visit, address: string): string {
  const home = visit.href('/');
  const isOwn = address.startsWith(`${home}/`) || address.startsWith(`${home}?`);
  return isOwn && !/[\\\p{Cc}]|\.\.|\/\//u.test(address) ? address : home;
}

/** What a page says of a step that was refused: `wrong`, or a sentence. */
export function refusalOf(visit: Visit, step: Exclude<SignInStep, { outcome: 'done' }>): string {
  return step.outcome === 'wrong' ? 'wrong' : visit.t('signIn.paused');
}

function signInForm(site: ConsoleSite, visit: Visit, refusal?: string): ConsolePage {
  const next = nextOf(visit);
  return {
    title: visit.t('signIn.title'),
    status: refusal === undefined ? 200 : 401,
    body: html`${refusal !== undefined && faultBox(refusal === 'wrong' ? visit.t('signIn.wrong') : refusal)}
    ${companyButton(site, visit, next)}
    ${visit.form(
      '/sign-in',
      html`${textField({
        name: 'email',
        label: visit.t('signIn.email'),
        type: 'email',
        autocomplete: 'username',
        value: visit.field('email'),
      })}
      ${textField({
        name: 'password',
        label: visit.t('signIn.password'),
        type: 'password',
        autocomplete: 'current-password',
      })}
        <p><button>${visit.t('signIn.button')}</button></p>`,
      { className: 'stack', query: { next } },
    )}
    ${
      visit.hasPage('/forgot-password')
      && html`<p><a
      href="${visit.href('/forgot-password')}">${visit.t('signIn.forgot.link')}</a></p>`
    }`,
  };
}

async function secondForm(site: ConsoleSite, visit: Visit, refusal?: string): Promise<ConsolePage> {
  const { totp, passkeys } = visit.me.administrator;
  const parts = { className: 'stack', query: { next: nextOf(visit) } };
  const faults: Readonly<Record<string, string>> = {
    wrong: visit.t('signIn.second.wrong'),
    passkey: visit.t('signIn.passkey.failed'),
  };
  return {
    title: visit.t('signIn.second.title'),
    lead: visit.say(totp === undefined ? 'signIn.passkey.intro' : 'signIn.second.intro'),
    status: refusal === undefined ? 200 : 401,
    body: html`${refusal !== undefined && faultBox(faults[refusal] ?? refusal)}
    ${
      passkeys.length > 0
      && visit.form(
        '/sign-in/second',
        passkeyButton(visit, 'get', await site.passkeys.ask(visit.me), visit.t('signIn.passkey.use')),
        parts,
      )
    }
    ${visit.form(
      '/sign-in/second',
      html`${textField({
        name: 'code',
        label: visit.t('signIn.second.code'),
        hint: visit.t('signIn.second.hint'),
        autocomplete: 'one-time-code',
      })}
        <p><button>${visit.t('signIn.second.button')}</button></p>`,
      parts,
    )}`,
  };
}
