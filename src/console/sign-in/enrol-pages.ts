import { html, type Html } from '../../page-kit/html.ts';
import type { TotpOffer } from '../../administrators/second-factors.ts';
import type { ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { copyField, faultBox, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { keepSession } from './keep-session.ts';
import { passkeyButton } from './passkey-fields.ts';

/** `/console/sign-in/enrol`: a second factor is set up before the console opens. */
export function enrolPages(site: ConsoleSite): void {
  site.step(
    '/sign-in/enrol',
    'enrol',
    (visit) => enrolForm(site, visit, site.access.offerTotp(visit.me.administrator)),
    async (visit) => {
      const { administrator } = visit.me;
      const answer = visit.rawField('passkey');
      if (answer !== '') {
        const shown = await site.passkeys.register(visit.me, answer, visit.t('signIn.passkey.name'));
        if (shown === undefined) return enrolForm(site, visit, site.access.offerTotp(administrator), 'passkey');
        const proved = await site.access.begun(visit.me, 'passkey', site.placeOf(visit));
        if (proved.outcome === 'done') keepSession(site, visit, proved);
        return recoveryCodesPage(visit, shown);
      }
      const sealed = visit.field('sealed');
      const codes = await site.access.enrolTotp(administrator, sealed, visit.field('code'));
      if (codes === undefined) return enrolForm(site, visit, site.access.offerTotp(administrator, sealed), 'code');
      const step = await site.access.begun(visit.me, 'totp', site.placeOf(visit));
      if (step.outcome === 'done') keepSession(site, visit, step);
      // The maker of the first account goes on with the first steps.
      const isFirst = administrator.role === 'owner' && administrator.invitedBy === undefined;
      return recoveryCodesPage(visit, codes, isFirst && visit.hasPage('/welcome') ? '/welcome' : '/');
    },
  );
}

/** Shows recovery codes, this once. */
export function recoveryCodesPage(visit: Visit, codes: readonly string[], onward = '/'): ConsolePage {
  return {
    title: visit.t('signIn.recovery.title'),
    lead: visit.say('signIn.recovery.intro'),
    body: html`<ul class="codes" aria-label="${visit.t('signIn.recovery.title')}">
        ${codes.map((code) => html`<li><code dir="ltr">${code}</code></li>`)}
      </ul>
      <p><a class="button" href="${visit.href(onward)}">${visit.t('signIn.recovery.button')}</a></p>`,
  };
}

/** An authenticator app is set up: the QR code, the same to type, and its first code. */
export async function totpFields(visit: Visit, offer: TotpOffer, isWrong: boolean): Promise<Html> {
  const { default: qrCode } = await import('qrcode');
  const svg = await qrCode.toString(offer.uri, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' });
  return html`<img
      class="qr"
      alt="${visit.t('signIn.enrol.qr')}"
      width="180"
      height="180"
      src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}"
    />
    <details>
      <summary>${visit.t('signIn.enrol.typed')}</summary>
      ${copyField(visit, offer.typed, visit.t('signIn.enrol.secret'))}
    </details>
    <input type="hidden" name="sealed" value="${offer.sealed}" />
    ${textField({
      name: 'code',
      label: visit.t('signIn.enrol.code'),
      hint: visit.t('signIn.enrol.hint'),
      inputmode: 'numeric',
      autocomplete: 'one-time-code',
      fault: isWrong ? visit.t('signIn.enrol.wrong') : undefined,
    })}
    <p><button>${visit.t('signIn.enrol.button')}</button></p>`;
}

async function enrolForm(
  site: ConsoleSite,
  visit: Visit,
  offer: TotpOffer,
  fault?: 'code' | 'passkey',
): Promise<ConsolePage> {
  const { me } = visit;
  return {
    title: visit.t('signIn.enrol.title'),
    lead: visit.say('signIn.enrol.intro'),
    status: fault === undefined ? 200 : 422,
    body: html`${
      fault !== undefined && faultBox(visit.t(fault === 'code' ? 'shell.faults.summary' : 'signIn.passkey.failed'))
    }
    ${visit.form('/sign-in/enrol', await totpFields(visit, offer, fault === 'code'), { className: 'stack' })}
    ${
      site.passkeys.areOffered(me.administrator.tenant)
      && visit.form(
        '/sign-in/enrol',
        passkeyButton(visit, 'create', await site.passkeys.offer(me), visit.t('signIn.passkey.make')),
        { className: 'stack' },
      )
    }`,
  };
}
