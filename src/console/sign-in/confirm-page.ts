import { hasSecondFactor } from '../../administrators/administrator.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleAnswer, ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { goToCompany } from './company-pages.ts';
import { passkeyButton } from './passkey-fields.ts';
import { ownAddress, refusalOf } from './sign-in-pages.ts';

/**
 * `/console/confirm`: who is in a session proves it again, by what the account has: a passkey, a code, the password
 * where there is no second factor, or the company's identity provider where the session came from there.
 */
export function confirmPage(site: ConsoleSite): void {
  site.page('/confirm', {}, (visit) => confirmForm(site, visit));
  site.act('/confirm', {}, async (visit): Promise<ConsoleAnswer> => {
    const back = ownAddress(visit, visit.query('back'));
    if (visit.field('way') === 'company')
      return goToCompany(site, visit, { kind: 'confirm', next: back, by: visit.me });
    const answer = visit.rawField('passkey');
    if (answer !== '') {
      if (!(await site.passkeys.prove(visit.me, answer)))
        return confirmForm(site, visit, visit.t('signIn.passkey.failed'));
      await site.access.proved(visit.me);
      return { goOn: back };
    }
    const result = await site.access.prove(visit.me, visit.rawField('secret'));
    if (result === 'done') return { goOn: back };
    return confirmForm(site, visit, result.outcome === 'done' ? undefined : refusalOf(visit, result));
  });
}

async function confirmForm(site: ConsoleSite, visit: Visit, refusal?: string): Promise<ConsolePage> {
  const { administrator, session } = visit.me;
  const parts = { className: 'stack', query: { back: visit.query('back') } };
  const company = site.company.nameOf(administrator.tenant);
  const ways: readonly (Html | false)[] = [
    administrator.passkeys.length > 0
      && visit.form(
        '/confirm',
        passkeyButton(visit, 'get', await site.passkeys.ask(visit.me), visit.t('signIn.passkey.use')),
        parts,
      ),
    company !== undefined
      && session.methods.includes('oidc')
      && visit.form(
        '/confirm',
        html`<input type="hidden" name="way" value="company" />
          <p><button>${visit.t('signIn.company.confirm', { name: company })}</button></p>`,
        parts,
      ),
    (hasSecondFactor(administrator) || administrator.passwordHash !== undefined)
      && visit.form(
        '/confirm',
        html`${secretField(visit)}
          <p><button>${visit.t('signIn.confirm.button')}</button></p>`,
        parts,
      ),
  ];
  return {
    title: visit.t('signIn.confirm.title'),
    lead: visit.say('signIn.confirm.intro'),
    status: refusal === undefined ? 200 : 401,
    body: html`${refusal !== undefined && faultBox(refusal === 'wrong' ? visit.t('signIn.confirm.wrong') : refusal)}
    ${ways}`,
  };
}

/** A password alone proves nobody who has a second factor. */
function secretField(visit: Visit): Html {
  const { administrator } = visit.me;
  if (!hasSecondFactor(administrator))
    return textField({
      name: 'secret',
      label: visit.t('signIn.password'),
      type: 'password',
      autocomplete: 'current-password',
    });
  const label = visit.t(administrator.totp === undefined ? 'signIn.confirm.recoveryCode' : 'signIn.second.code');
  return textField({ name: 'secret', label, autocomplete: 'one-time-code' });
}
