import { html, type Html } from '../../page-kit/html.ts';
import { cardTable } from '../card-table.ts';
import type { ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** A row of `listSecrets`. */
interface SecretRow {
  readonly id: string;
  readonly reference: string;
  readonly changedAt: string;
  readonly used: boolean;
}

/** `/console/secrets`: secrets that settings refer to, by their names alone. */
export function secretsPage(site: ConsoleSite): void {
  site.page('/secrets', { section: 'settings', operations: ['listSecrets'] }, (visit) => page(visit));
  site.act('/secrets', { section: 'settings', operations: ['keepSecret'], fresh: true }, async (visit) => {
    const [id, secret] = [visit.field('name'), visit.rawField('secret').trim()];
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id) || secret === '') return page(visit, visit.t('secrets.wrong'));
    const done = await visit.attempt('keepSecret', { params: { id }, body: { secret } });
    return 'refused' in done ? page(visit, done.refused) : visit.goOn('/secrets', { key: 'secrets.kept' });
  });
  site.act('/secrets/forget', { section: 'settings', operations: ['forgetSecret'], fresh: true }, async (visit) => {
    const done = await visit.attempt('forgetSecret', { params: { id: visit.field('name') } });
    return 'refused' in done ? page(visit, done.refused) : visit.goOn('/secrets', { key: 'secrets.gone' });
  });
}

async function page(visit: Visit, refused?: string): Promise<ConsolePage> {
  const { secrets } = await visit.call<{ readonly secrets: readonly SecretRow[] }>('listSecrets');
  return {
    title: visit.t('secrets.title'),
    lead: visit.say('secrets.lead'),
    section: 'settings',
    crumbs: [{ href: visit.href('/settings'), text: visit.t('shell.nav.settings') }],
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
    ${secrets.length === 0 ? html`<p class="soft">${visit.t('secrets.none')}</p>` : table(visit, secrets)}
    ${
      visit.may('keepSecret')
      && html`<h2 class="spaced">${visit.t('secrets.add')}</h2>
        ${visit.form(
          '/secrets',
          html`${textField({
            name: 'name',
            label: visit.t('secrets.name'),
            hint: visit.t('secrets.nameHint'),
            value: visit.field('name'),
          })}
          ${textField({ name: 'secret', label: visit.t('secrets.secret'), type: 'password' })}
            <p><button>${visit.t('secrets.keep')}</button></p>`,
          { className: 'stack' },
        )}`
    }`,
  };
}

function table(visit: Visit, secrets: readonly SecretRow[]): Html {
  return cardTable({
    caption: visit.t('secrets.title'),
    columns: ['reference', 'changed', 'used', 'forget'].map((head) => ({
      head: visit.t(`secrets.heads.${head}`),
      unseen: head === 'forget',
    })),
    rows: secrets.map(({ id, reference, changedAt, used }) => [
      html`<code dir="ltr">${reference}</code>`,
      changedAt !== '' && visit.ago(changedAt),
      visit.t(used ? 'secrets.isUsed' : 'secrets.isFree'),
      !used
        && visit.may('forgetSecret')
        && visit.form(
          '/secrets/forget',
          html`<input type="hidden" name="name" value="${id}" />
            <button class="quiet low">${visit.t('secrets.heads.forget')}<span class="unseen">: ${id}</span></button>`,
        ),
    ]),
  });
}
