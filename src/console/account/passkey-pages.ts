import { html, type Html } from '../../page-kit/html.ts';
import type { ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, textField } from '../parts.ts';
import { recoveryCodesPage } from '../sign-in/enrol-pages.ts';
import { passkeyButton } from '../sign-in/passkey-fields.ts';
import type { Visit } from '../visit/visit.ts';

/** `/console/account/passkey`: a passkey is added; `/account/passkey/remove` takes one away. */
export function passkeyPages(site: ConsoleSite): void {
  const form = async (visit: Visit, isWrong = false): Promise<ConsolePage> => ({
    title: visit.t('account.passkeyTitle'),
    lead: visit.say('account.passkeyText'),
    crumbs: [{ href: visit.href('/account'), text: visit.t('account.title') }],
    status: isWrong ? 422 : 200,
    body: html`${isWrong && faultBox(visit.t('signIn.passkey.failed'))}
    ${visit.form(
      '/account/passkey',
      html`${textField({ name: 'name', label: visit.t('account.passkeyName'), value: visit.field('name') })}
      ${passkeyButton(visit, 'create', await site.passkeys.offer(visit.me), visit.t('signIn.passkey.make'))}`,
      { className: 'stack' },
    )}`,
  });
  site.page('/account/passkey', { fresh: true }, (visit) => form(visit));
  site.act('/account/passkey', { fresh: true }, async (visit) => {
    const codes = await site.passkeys.register(visit.me, visit.rawField('passkey'), visit.field('name'));
    if (codes === undefined) return form(visit, true);
    return codes.length > 0
      ? recoveryCodesPage(visit, codes, '/account')
      : visit.goOn('/account', { key: 'account.passkeyAdded' });
  });
  site.act('/account/app/remove', { fresh: true }, async (visit) => {
    const isRemoved = await site.access.removeTotp(visit.me.administrator);
    return visit.goOn(
      '/account',
      isRemoved ? { key: 'account.appRemoved' } : { key: 'account.passkeyKept', tone: 'late' },
    );
  });
  site.act('/account/passkey/remove', { fresh: true }, async (visit) => {
    const isRemoved = await site.passkeys.remove(visit.me, visit.rawField('id'));
    return visit.goOn(
      '/account',
      isRemoved ? { key: 'account.passkeyRemoved' } : { key: 'account.passkeyKept', tone: 'late' },
    );
  });
}

/** The passkeys of one's own account, each with a button that removes it. */
export function passkeyList(visit: Visit): Html {
  const { passkeys, totp } = visit.me.administrator;
  return html`${
    passkeys.length > 0
    && html`<ul class="plain">
        ${passkeys.map(
          ({ id, name, createdAt, lastUsedAt }) =>
            html`<li class="row">
              <span><bdi>${name}</bdi> <span
                class="soft">${visit.day(createdAt)}${
                  lastUsedAt !== undefined && html` · ${visit.ago(lastUsedAt)}`
                }</span></span>
              ${visit.form(
                '/account/passkey/remove',
                html`<input type="hidden" name="id" value="${id}" /><button
                  class="quiet low">${visit.t('account.passkeyRemove')}<span class="unseen">: ${name}</span></button>`,
              )}
            </li>`,
        )}
      </ul>`
  }
    <div class="row"><a class="button quiet"
      href="${visit.href('/account/passkey')}">${visit.t('account.passkeyAdd')}</a>
      ${
        totp !== undefined
        && passkeys.length > 0
        && visit.form('/account/app/remove', html`<button class="quiet">${visit.t('account.appRemove')}</button>`)
      }</div>`;
}
