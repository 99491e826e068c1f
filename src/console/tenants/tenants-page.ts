import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleAnswer, ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { errorPage } from '../error-page.ts';
import { copyField, faultBox, noticeBox, stateChip, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** A tenant as the operator sees it. */
interface TenantView {
  readonly id: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  readonly createdAt: string;
  readonly publicUrl: string;
  readonly scimUrl: string;
}

/** Rows of one page; the search narrows them down. */
const mostShown = 100;

/** `/console/tenants`: all tenants, for the operator; the search is the switcher. */
export function tenantsPage(site: ConsoleSite): void {
  const rules = { section: 'tenants' } as const;
  const only = (answer: (visit: Visit) => ConsoleAnswer | Promise<ConsoleAnswer>) => (visit: Visit) =>
    visit.me.administrator.operator ? answer(visit) : errorPage(visit, 403, 'forbidden');
  site.page('/tenants', { ...rules, operations: ['listTenants'] }, only(list));
  site.page(
    '/tenants/new',
    { ...rules, operations: ['createTenant'], fresh: true },
    only((visit) => newForm(visit)),
  );
  site.act('/tenants/new', { ...rules, operations: ['createTenant'], fresh: true, once: true }, only(make));
  for (const deed of ['suspend', 'resume'] as const) {
    const operations = ['changeTenant', 'getTenant'];
    site.page(
      `/tenants/:tenant/${deed}`,
      { ...rules, operations, fresh: true },
      only((visit) => ask(visit, deed)),
    );
    site.act(
      `/tenants/:tenant/${deed}`,
      { ...rules, operations, fresh: true },
      only(async (visit) => {
        const body = { status: deed === 'suspend' ? 'suspended' : 'active' };
        const done = await visit.attempt('changeTenant', { params: { tenant: visit.param('tenant') }, body });
        return 'refused' in done ? ask(visit, deed, done.refused) : visit.goOn('/tenants', { key: 'tenants.changed' });
      }),
    );
  }
  site.page(
    '/tenants/:tenant/export.jsonl',
    { ...rules, operations: ['exportTenant'], fresh: true },
    only((visit) => visit.file('exportTenant', { params: { tenant: visit.param('tenant') } })),
  );
  site.page(
    '/tenants/:tenant/erase',
    { ...rules, operations: ['eraseTenant'], fresh: true },
    only((visit) => ask(visit, 'erase')),
  );
  site.act('/tenants/:tenant/erase', { ...rules, operations: ['eraseTenant'], fresh: true }, only(erase));
}

async function list(visit: Visit): Promise<ConsolePage> {
  const { tenants } = await visit.call<{ readonly tenants: readonly TenantView[] }>('listTenants');
  const q = visit.query('q').toLowerCase();
  const found = tenants.filter(({ id, name }) => id.includes(q) || name.toLowerCase().includes(q)).slice(0, mostShown);
  return {
    title: visit.t('shell.nav.tenants'),
    lead: visit.say('tenants.lead', { count: tenants.length }),
    deed: html`<p><a class="button" href="${visit.href('/tenants/new')}">${visit.t('tenants.new')}</a></p>`,
    section: 'tenants',
    body: html`<form method="get" action="${visit.href('/tenants')}" class="filters" role="search">
        <div class="grow">${textField({
          name: 'q',
          label: visit.t('tenants.search'),
          type: 'search',
          value: visit.query('q'),
          required: false,
        })}</div>
        <button class="quiet">${visit.t('tenants.find')}</button>
      </form>
      <table class="cards">
        <caption class="unseen">${visit.t('shell.nav.tenants')}</caption>
        <thead>
          <tr>
            <th scope="col">${visit.t('tenants.name')}</th>
            <th scope="col">${visit.t('tenants.state')}</th>
            <th scope="col">${visit.t('tenants.scim')}</th>
            <th scope="col">${visit.t('tenants.created')}</th>
            <th scope="col"><span class="unseen">${visit.t('tenants.enter')}</span></th>
          </tr>
        </thead>
        <tbody>${found.map((tenant) => row(visit, tenant))}</tbody>
      </table>`,
  };
}

function row(visit: Visit, { id, name, status, createdAt, publicUrl, scimUrl }: TenantView): Html {
  const path = `/tenants/${encodeURIComponent(id)}`;
  const isRoot = id === 'default';
  const link = (deed: string, className = 'quiet low'): Html =>
    html`<a class="button ${className}" href="${visit.href(`${path}/${deed}`)}">${visit.t(`tenants.${deed}`)}<span
      class="unseen">: ${name}</span></a>`;
  return html`<tr>
    <th scope="row">
      <a href="${new URL(publicUrl).pathname.replace(/\/$/, '')}/console"><bdi>${name}</bdi></a><span class="soft"
        dir="ltr">${id}</span>
    </th>
    <td data-label="${visit.t('tenants.state')}">${
      status === 'active'
        ? stateChip('done', 'tick', visit.t('tenants.states.active'))
        : stateChip('late', 'held', visit.t('tenants.states.suspended'))
    }</td>
    <td data-label="${visit.t('tenants.scim')}"><code dir="ltr">${scimUrl}</code></td>
    <td data-label="${visit.t('tenants.created')}">${visit.day(createdAt)}</td>
    <td><span class="row">
      <a class="button quiet low" href="${visit.href(`${path}/export.jsonl`)}">${visit.t('tenants.export')}<span
        class="unseen">: ${name}</span></a>
      ${!isRoot && html`${link(status === 'active' ? 'suspend' : 'resume')} ${link('erase', 'danger low')}`}
    </span></td>
  </tr>`;
}

function newForm(visit: Visit, refused?: string): ConsolePage {
  return {
    title: visit.t('tenants.newTitle'),
    lead: visit.say('tenants.newLead'),
    crumbs: [{ href: visit.href('/tenants'), text: visit.t('shell.nav.tenants') }],
    section: 'tenants',
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
    ${visit.form(
      '/tenants/new',
      html`${textField({ name: 'name', label: visit.t('tenants.name'), value: visit.field('name') })}
      ${textField({
        name: 'id',
        label: visit.t('tenants.id'),
        hint: visit.t('tenants.idHint'),
        value: visit.field('id'),
      })}
        <p><button>${visit.t('tenants.make')}</button></p>`,
      { className: 'stack' },
    )}`,
  };
}

async function make(visit: Visit): Promise<ConsoleAnswer> {
  const body = { id: visit.field('id'), name: visit.field('name') };
  const done = await visit.attempt<TenantView & { readonly token: string }>('createTenant', { body });
  if ('refused' in done) return newForm(visit, done.refused);
  const { name, scimUrl, token, publicUrl } = done.view;
  return {
    title: visit.t('tenants.made', { name }),
    crumbs: [{ href: visit.href('/tenants'), text: visit.t('shell.nav.tenants') }],
    section: 'tenants',
    body: html`${noticeBox('late', html`<p><strong>${visit.t('tenants.token')}</strong></p>`, 'status')}
      ${copyField(visit, token, visit.t('tenants.token'))}
      <h2 class="spaced">${visit.t('tenants.scim')}</h2>
      ${copyField(visit, scimUrl, visit.t('tenants.scim'))}
      <p class="spaced"><a class="button"
        href="${new URL(publicUrl).pathname.replace(/\/$/, '')}/console">${visit.t('tenants.enter')}</a></p>`,
  };
}

async function ask(visit: Visit, deed: 'suspend' | 'resume' | 'erase', refused?: string): Promise<ConsolePage> {
  const id = visit.param('tenant');
  const { name } = await visit.call<TenantView>('getTenant', { params: { tenant: id } });
  return {
    title: visit.t(`tenants.${deed}Title`, { name }),
    lead: visit.say(`tenants.${deed}Text`, { id: html`<strong dir="ltr">${id}</strong>` }),
    crumbs: [{ href: visit.href('/tenants'), text: visit.t('shell.nav.tenants') }],
    section: 'tenants',
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
    ${visit.form(
      `/tenants/${encodeURIComponent(id)}/${deed}`,
      html`${deed === 'erase' && textField({ name: 'confirm', label: visit.t('tenants.eraseConfirm') })}
        <p class="row">
          <button${deed === 'erase' && html` class="danger"`}>${visit.t(`tenants.${deed}`).replace('…', '')}</button>
          <a class="button quiet" href="${visit.href('/tenants')}">${visit.t('shell.cancel')}</a>
        </p>`,
      { className: 'stack' },
    )}`,
  };
}

async function erase(visit: Visit): Promise<ConsoleAnswer> {
  const tenant = visit.param('tenant');
  if (visit.field('confirm') !== tenant) return ask(visit, 'erase', visit.t('tenants.eraseWrong'));
  const done = await visit.attempt('eraseTenant', { params: { tenant } });
  return 'refused' in done ? ask(visit, 'erase', done.refused) : visit.goOn('/tenants', { key: 'tenants.erased' });
}
