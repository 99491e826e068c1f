import type { AdministratorsView, AdministratorView } from '../../operations/access/administrator-operations.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { roles } from '../../domain/role.ts';
import type { ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, selectField, stateChip, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** `/console/administrators`: who works here, and the form that invites a colleague. */
export function administratorsPage(site: ConsoleSite): void {
  site.page('/administrators', { section: 'administrators', operations: ['listAdministrators'] }, (visit) =>
    page(visit),
  );
  site.page(
    '/administrators/invite',
    { section: 'administrators', operations: ['inviteAdministrator'], fresh: true },
    (visit) => inviteForm(visit),
  );
  site.act('/administrators/invite', { operations: ['inviteAdministrator'], fresh: true }, async (visit) => {
    const body = { name: visit.field('name'), email: visit.field('email'), role: visit.field('role') };
    const done = await visit.attempt<AdministratorView>('inviteAdministrator', { body });
    if ('refused' in done) return inviteForm(visit, done.refused);
    return visit.goOn('/administrators', { key: 'administrators.invited', values: { email: done.view.email } });
  });
}

/** The roles that the person may give. */
export function rolesFor(visit: Visit): readonly { readonly value: string; readonly text: string }[] {
  return roles
    .filter((role) => role !== 'owner' || visit.role === 'owner')
    .map((role) => ({
      value: role,
      text: `${visit.t(`shell.roles.${role}`)}: ${visit.t(`administrators.roles.${role}`)}`,
    }));
}

/** How far an account is: whether it was taken up, and whether it lacks a second factor. */
export function accountState(visit: Visit, { state, secondFactor }: AdministratorView): Html {
  if (state === 'invited') return stateChip('way', 'invited', visit.t('administrators.states.invited'));
  if (secondFactor === 'none') return stateChip('late', 'key', visit.t('administrators.states.noFactor'));
  return stateChip('done', 'tick', visit.t('administrators.states.active'));
}

async function page(visit: Visit): Promise<ConsolePage> {
  const { administrators } = await visit.call<AdministratorsView>('listAdministrators');
  return {
    title: visit.t('shell.nav.administrators'),
    lead: visit.say('administrators.lead', { count: administrators.length }),
    deed: html`<p class="row">
      ${
        visit.may('listSecurityEvents')
        && html`<a class="button quiet"
        href="${visit.href('/security-log')}">${visit.t('administrators.log.title')}</a>`
      }
      ${
        visit.may('inviteAdministrator')
        && html`<a class="button"
        href="${visit.href('/administrators/invite')}">${visit.t('administrators.invite.open')}</a>`
      }
    </p>`,
    section: 'administrators',
    body: html`<table class="cards">
      <caption class="unseen">${visit.t('shell.nav.administrators')}</caption>
      <thead>
        <tr>
          <th scope="col">${visit.t('administrators.columns.name')}</th>
          <th scope="col">${visit.t('administrators.columns.role')}</th>
          <th scope="col">${visit.t('administrators.columns.state')}</th>
          <th scope="col">${visit.t('administrators.columns.lastSignIn')}</th>
        </tr>
      </thead>
      <tbody>
        ${administrators.map((one) => row(visit, one))}
      </tbody>
    </table>`,
  };
}

function row(visit: Visit, one: AdministratorView): Html {
  const label = (name: string): Html => html`data-label="${visit.t(`administrators.columns.${name}`)}"`;
  return html`<tr>
    <th scope="row" class="name">
      <a href="${visit.href(`/administrators/${encodeURIComponent(one.id)}`)}"><bdi>${one.name}</bdi></a
      ><span class="soft"><bdi>${one.email}</bdi></span>
    </th>
    <td ${label('role')}><span>${visit.t(`shell.roles.${one.role}`)}${
      one.operator && html`<span class="soft">${visit.t('administrators.operator')}</span>`
    }</span></td>
    <td ${label('state')}>${accountState(visit, one)}</td>
    <td ${label('lastSignIn')}>${
      one.lastSignInAt === undefined ? visit.t('administrators.never') : visit.ago(one.lastSignInAt)
    }</td>
  </tr>`;
}

function inviteForm(visit: Visit, refused?: string): ConsolePage {
  return {
    title: visit.t('administrators.invite.title'),
    lead: visit.say('administrators.invite.intro'),
    crumbs: [{ href: visit.href('/administrators'), text: visit.t('shell.nav.administrators') }],
    section: 'administrators',
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
    ${visit.form(
      '/administrators/invite',
      html`${textField({ name: 'name', label: visit.t('administrators.columns.name'), value: visit.field('name') })}
      ${textField({ name: 'email', label: visit.t('signIn.email'), type: 'email', value: visit.field('email') })}
      ${selectField('role', visit.t('administrators.columns.role'), rolesFor(visit), visit.field('role') || 'helpdesk')}
        <p class="row">
          <button>${visit.t('administrators.invite.button')}</button>
          <a class="button quiet" href="${visit.href('/administrators')}">${visit.t('shell.cancel')}</a>
        </p>`,
      { className: 'stack' },
    )}`,
  };
}
