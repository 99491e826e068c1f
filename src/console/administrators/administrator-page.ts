import type { AdministratorView, SessionsView, SessionView } from '../../operations/access/administrator-operations.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleAnswer, ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, selectField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { accountState, rolesFor } from './administrators-page.ts';

/** What is done to an account by a button that asks first: the path's last part and the operation. */
const deeds = {
  invite: 'inviteAdministratorAgain',
  'second-factor': 'resetAdministratorSecondFactor',
  sessions: 'endAdministratorSessions',
  remove: 'removeAdministrator',
} as const;

/** `/console/administrators/{id}`: one account, its sessions, and what may be done to it. */
export function administratorPage(site: ConsoleSite): void {
  const operations = ['getAdministrator', 'listAdministratorSessions'];
  site.page('/administrators/:id', { section: 'administrators', operations }, (visit) => page(visit));
  site.act('/administrators/:id/role', { operations: ['changeAdministrator'], fresh: true }, async (visit) => {
    const done = await visit.attempt('changeAdministrator', {
      params: idOf(visit),
      body: { role: visit.field('role') },
    });
    return 'refused' in done ? page(visit, done.refused) : back(visit, 'role');
  });
  site.act('/administrators/:id/session', { operations: ['endAdministratorSessions'] }, async (visit) => {
    const body = { session: visit.field('session') };
    const done = await visit.attempt('endAdministratorSessions', { params: idOf(visit), body });
    return 'refused' in done ? page(visit, done.refused) : back(visit, 'session');
  });
  for (const [path, operation] of Object.entries(deeds)) {
    const rules = { section: 'administrators', operations: [operation], fresh: true } as const;
    site.page(`/administrators/:id/${path}`, rules, (visit) => askFirst(visit, path));
    site.act(`/administrators/:id/${path}`, rules, async (visit) => {
      const done = await visit.attempt(operation, { params: idOf(visit) });
      if ('refused' in done) return askFirst(visit, path, done.refused);
      if (path === 'remove') return visit.goOn('/administrators', { key: 'administrators.done.remove' });
      return back(visit, path);
    });
  }
}

function idOf(visit: Visit): { readonly id: string } {
  return { id: visit.param('id') };
}

function pathOf(visit: Visit): string {
  return `/administrators/${encodeURIComponent(visit.param('id'))}`;
}

function back(visit: Visit, deed: string): ConsoleAnswer {
  return visit.goOn(pathOf(visit), { key: `administrators.done.${deed}` });
}

async function page(visit: Visit, refused?: string): Promise<ConsolePage> {
  const params = idOf(visit);
  const one = await visit.call<AdministratorView>('getAdministrator', { params });
  const { sessions } = await visit.call<SessionsView>('listAdministratorSessions', { params });
  const path = pathOf(visit);
  const mayChange = visit.may('changeAdministrator') && (one.role !== 'owner' || visit.role === 'owner');
  return {
    title: one.name,
    lead: html`<bdi>${one.email}</bdi> · ${visit.t(`shell.roles.${one.role}`)} · ${accountState(visit, one)}`,
    crumbs: [{ href: visit.href('/administrators'), text: visit.t('shell.nav.administrators') }],
    section: 'administrators',
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
    <div class="two">
      <section aria-labelledby="facts">
        <h2 id="facts">${visit.t('administrators.facts')}</h2>
        ${facts(visit, one)}
        ${
          mayChange
          && visit.form(
            `${path}/role`,
            html`${selectField(
              'role',
              visit.t('administrators.columns.role'),
              rolesFor(visit),
              one.role,
              visit.t('administrators.roleHint'),
            )}
              <p><button class="quiet">${visit.t('administrators.changeRole')}</button></p>`,
            { className: 'stack spaced' },
          )
        }
        ${mayChange && deedLinks(visit, one, path)}
      </section>
      <section aria-labelledby="sessions">
        <h2 id="sessions">${visit.t('administrators.sessions.title')}</h2>
        ${sessionTable(visit, sessions, mayChange ? `${path}/session` : undefined)}
      </section>
    </div>`,
  };
}

function facts(visit: Visit, one: AdministratorView): Html {
  const rows: readonly (readonly [string, Html | string])[] = [
    ['secondFactor', visit.t(`administrators.factors.${one.secondFactor}`)],
    ['created', visit.date(one.createdAt)],
    ...(one.invitedBy === undefined ? [] : [['invitedBy', html`<bdi>${one.invitedBy}</bdi>`] as const]),
    ['lastSignIn', one.lastSignInAt === undefined ? visit.t('administrators.never') : visit.date(one.lastSignInAt)],
  ];
  return html`<dl class="pairs">
    ${rows.map(([name, value]) => html`<dt>${visit.t(`administrators.columns.${name}`)}</dt><dd>${value}</dd>`)}
  </dl>`;
}

function deedLinks(visit: Visit, one: AdministratorView, path: string): Html {
  const link = (deed: string, className = 'quiet'): Html =>
    html`<a class="button ${className}"
      href="${visit.href(`${path}/${deed}`)}">${visit.t(`administrators.deeds.${deed}.open`)}</a>`;
  return html`<div class="deeds">
    ${one.state === 'invited' && link('invite')}
      ${['app', 'passkey', 'both'].includes(one.secondFactor) && link('second-factor')}
    ${one.state === 'active' && link('sessions')} ${link('remove', 'danger')}
  </div>`;
}

/** Sessions with where they come from; each with a button that ends it, where that is allowed. */
export function sessionTable(
  visit: Visit,
  sessions: readonly SessionView[],
  endPath: string | undefined,
  own?: string,
): Html {
  if (sessions.length === 0) return html`<p class="soft">${visit.t('administrators.sessions.none')}</p>`;
  return html`<ul class="needs">
    ${sessions.map(
      ({ id, startedAt, seenAt, address, browser, methods }) =>
        html`<li>
          <span class="n"></span>
          <div>
            <p>
              <strong><bdi>${browserName(browser) ?? visit.t('administrators.sessions.unknown')}</bdi></strong>
              ${id === own && visit.t('administrators.sessions.this')}
            </p>
            <p>
              <span dir="ltr">${address}</span> ·
              ${visit.say('administrators.sessions.line', { started: visit.date(startedAt), seen: visit.ago(seenAt) })}
                ·
              ${methods.map((method) => visit.t(`administrators.methods.${method}`)).join(', ')}
            </p>
          </div>
          ${
            endPath !== undefined
            && id !== own
            && html`<div class="row">
              ${visit.form(
                endPath,
                html`<button
                class="quiet low">${visit.t('administrators.sessions.end')}</button>`,
                { hidden: { session: id } },
              )}
            </div>`
          }
        </li>`,
    )}
  </ul>`;
}

async function askFirst(visit: Visit, deed: string, refused?: string): Promise<ConsolePage> {
  const one = await visit.call<AdministratorView>('getAdministrator', { params: idOf(visit) });
  const path = pathOf(visit);
  return {
    title: visit.t(`administrators.deeds.${deed}.title`, { name: one.name }),
    lead: visit.say(`administrators.deeds.${deed}.text`, { name: one.name, email: one.email }),
    crumbs: [{ href: visit.href(path), text: one.name }],
    section: 'administrators',
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
    ${visit.form(
      `${path}/${deed}`,
      html`<button${deed === 'remove' && html` class="danger"`}>${visit.t(
        `administrators.deeds.${deed}.button`,
      )}</button>
        <a class="button quiet" href="${visit.href(path)}">${visit.t('shell.cancel')}</a>`,
      { className: 'row' },
    )}`,
  };
}

/** What people call a browser, out of what it calls itself. */
function browserName(agent: string): string | undefined {
  const names = [/Edg\/(\d+)/, /OPR\/(\d+)/, /Firefox\/(\d+)/, /Chrome\/(\d+)/, /Version\/(\d+).*Safari/];
  const called = ['Edge', 'Opera', 'Firefox', 'Chrome', 'Safari'];
  const index = names.findIndex((name) => name.test(agent));
  if (index < 0) return agent === '' ? undefined : agent.slice(0, 40);
  const system = /Windows|Mac OS X|Android|iPhone|iPad|Linux/.exec(agent)?.[0];
  const version = names[index]?.exec(agent)?.[1] ?? '';
  return [`${called[index]} ${version}`, system].filter((part) => part !== undefined).join(', ');
}
