import type { ConsoleSessions } from '../../administrators/console-sessions.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, textField } from '../parts.ts';
import { sessionTable } from '../administrators/administrator-page.ts';
import { recoveryCodesPage, totpFields } from '../sign-in/enrol-pages.ts';
import { rememberBrowser } from '../sign-in/keep-session.ts';
import { passwordFaults } from '../password-faults.ts';
import type { Visit } from '../visit/visit.ts';
import { companyAccountPages, companyPart } from './company-account.ts';
import { passkeyList, passkeyPages } from './passkey-pages.ts';

/** What is wrong with a change of password. */
interface Faults {
  readonly present?: string;
  readonly chosen?: string;
}

/** `/console/account`: one's own password, second factor and sessions. */
export function accountPage(site: ConsoleSite, sessions: Pick<ConsoleSessions, 'list' | 'end'>): void {
  if (site.passkeys.areOffered(site.tenant)) passkeyPages(site);
  companyAccountPages(site);
  const page = async (visit: Visit, faults: Faults = {}) => accountOf(site, visit, sessions, faults);
  site.page('/account', {}, (visit) => page(visit));
  site.act('/account/password', {}, async (visit) => {
    const result = await site.access.changePassword(visit.me, visit.rawField('present'), visit.rawField('chosen'));
    if (result === 'wrong') return page(visit, { present: visit.t('account.wrong') });
    if (result.length > 0) return page(visit, { chosen: passwordFaults(visit, result) });
    rememberBrowser(site, visit, await site.access.afterChange(visit.me));
    return visit.goOn('/account', { key: 'account.changed' });
  });
  site.act('/account/session', {}, async (visit) => {
    const { tenant, id } = visit.me.administrator;
    await sessions.end(tenant, id, `${id}/${visit.field('session')}`);
    return visit.goOn('/account', { key: 'account.ended' });
  });
  site.page('/account/recovery-codes', { fresh: true }, (visit) => ({
    title: visit.t('account.renewTitle'),
    lead: visit.say('account.renewText'),
    crumbs: [{ href: visit.href('/account'), text: visit.t('account.title') }],
    body: visit.form(
      '/account/recovery-codes',
      html`<button>${visit.t('account.renewButton')}</button>
        <a class="button quiet" href="${visit.href('/account')}">${visit.t('shell.cancel')}</a>`,
      { className: 'row' },
    ),
  }));
  site.act('/account/recovery-codes', { fresh: true }, async (visit) =>
    recoveryCodesPage(visit, await site.access.renewRecoveryCodes(visit.me.administrator), '/account'),
  );
  const appForm = async (visit: Visit, sealed?: string): Promise<ConsolePage> => ({
    title: visit.t('account.setUpTitle'),
    lead: visit.say('account.setUpText'),
    crumbs: [{ href: visit.href('/account'), text: visit.t('account.title') }],
    status: sealed === undefined ? 200 : 422,
    body: visit.form(
      '/account/app',
      await totpFields(visit, site.access.offerTotp(visit.me.administrator, sealed), sealed !== undefined),
      { className: 'stack' },
    ),
  });
  site.page('/account/app', { fresh: true }, (visit) => appForm(visit));
  site.act('/account/app', { fresh: true }, async (visit) => {
    const sealed = visit.field('sealed');
    const codes = await site.access.enrolTotp(visit.me.administrator, sealed, visit.field('code'));
    return codes === undefined ? appForm(visit, sealed) : recoveryCodesPage(visit, codes, '/account');
  });
}

async function accountOf(
  site: ConsoleSite,
  visit: Visit,
  sessions: Pick<ConsoleSessions, 'list'>,
  { present, chosen }: Faults,
): Promise<ConsolePage> {
  const { administrator, session } = visit.me;
  const { tenant, id, email, totp, recoveryCodes, passwordHash } = administrator;
  const views = (await sessions.list(tenant, id)).map((one) => ({ ...one, id: one.id.slice(id.length + 1) }));
  const isFaulty = present !== undefined || chosen !== undefined;
  return {
    title: visit.t('account.title'),
    lead: html`<bdi>${email}</bdi> · ${visit.t(`shell.roles.${visit.role}`)}`,
    status: isFaulty ? 422 : 200,
    body: html`${isFaulty && faultBox(visit.t('shell.faults.summary'))}
      <div class="two">
        <section aria-labelledby="password">
          <h2 id="password">${visit.t('account.password')}</h2>
          ${
            passwordHash === undefined
              ? html`<p>${visit.t('account.noPassword', { name: site.company.nameOf(tenant) ?? '' })}</p>`
              : passwordForm(visit, { present, chosen })
          }
          ${companyPart(site, visit)}
          <h2 class="spaced">${visit.t('account.factor')}</h2>
          <p>${
            totp === undefined ? visit.t('account.noApp') : visit.t('account.app', { count: recoveryCodes.length })
          }</p>
          <p class="row">
            <a class="button quiet" href="${visit.href('/account/app')}">${visit.t('account.setUp')}</a>
            ${
              totp !== undefined
              && html`<a class="button quiet"
              href="${visit.href('/account/recovery-codes')}">${visit.t('account.renew')}</a>`
            }
          </p>
          ${visit.hasPage('/account/passkey') && passkeyList(visit)}
        </section>
        <section aria-labelledby="sessions">
          <h2 id="sessions">${visit.t('account.sessions')}</h2>
          ${sessionTable(visit, views, '/account/session', session.id.slice(id.length + 1))}
        </section>
      </div>`,
  };
}

function passwordForm(visit: Visit, { present, chosen }: Faults): Html {
  return visit.form(
    '/account/password',
    html`<input type="hidden" name="userName" autocomplete="username" value="${visit.me.administrator.email}" />
      ${textField({
        name: 'present',
        label: visit.t('account.present'),
        type: 'password',
        autocomplete: 'current-password',
        fault: present,
      })}
      ${textField({
        name: 'chosen',
        label: visit.t('account.chosen'),
        type: 'password',
        autocomplete: 'new-password',
        hint: visit.t('signIn.rules.hint', { min: visit.settings.passwords.minLength }),
        fault: chosen,
      })}
      <p><button class="quiet">${visit.t('account.change')}</button></p>`,
    { className: 'stack' },
  );
}
