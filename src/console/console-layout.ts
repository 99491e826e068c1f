import { html, type Html } from '../page-kit/html.ts';
import { keyMark, head, type AssetLinks } from '../page-kit/layout.ts';
import type { ConsolePage } from './visit/console-answer.ts';
import type { Said } from './visit/console-forms.ts';
import { icon, type IconName } from './visit/icons.ts';
import { sections, type Section } from './sections.ts';
import { dueStage } from './session-stage.ts';
import { noticeBox } from './parts.ts';
import type { Visit } from './visit/visit.ts';

/** A page as a visitor gets it: with the navigation once they are signed in. */
export function pageLayout(visit: Visit, assets: AssetLinks, page: ConsolePage): string {
  const isIn = visit.isSignedIn && dueStage(visit.me) === 'full';
  return isIn ? consoleLayout(visit, assets, page) : openLayout(visit, assets, page);
}

/** One whole page of the console: navigation on the tint, the page on one sheet. */
function consoleLayout(visit: Visit, assets: AssetLinks, page: ConsolePage): string {
  const product = visit.settings.productName;
  const said = visit.said();
  return document(
    visit,
    assets,
    page.title,
    html`<a class="skip" href="#main">${visit.t('shell.skip')}</a>
      <header class="side">
        <a class="brand" href="${visit.href('/')}">${keyMark}<bdi>${product}</bdi></a>
        <button type="button" class="menu quiet" popovertarget="nav">${icon('menu')}${visit.t('shell.menu')}</button>
        <nav class="nav" id="nav" popover
          aria-label="${visit.t('shell.console')}">${navigation(visit, page.section)}</nav>
      </header>
      <main class="sheet" id="main" tabindex="-1">
        ${crumbsOf(page)}
        <div class="head">
          <div>
            <h1>${page.title}</h1>
            ${page.lead !== undefined && html`<p>${page.lead}</p>`}
          </div>
          ${page.deed}
        </div>
        ${saidBox(visit, said)} ${page.body}
      </main>`,
  );
}

/** A page before the sign-in: one sheet, no navigation. */
function openLayout(visit: Visit, assets: AssetLinks, page: ConsolePage): string {
  return document(
    visit,
    assets,
    page.title,
    html`<main class="sheet alone" id="main">
      <p class="brand">${keyMark}<bdi>${visit.settings.productName}</bdi></p>
      <div class="head">
        <div>
          <h1>${page.title}</h1>
          ${page.lead !== undefined && html`<p>${page.lead}</p>`}
        </div>
      </div>
      ${saidBox(visit, visit.said())} ${page.body}
    </main>`,
    'open',
  );
}

function document(visit: Visit, assets: AssetLinks, title: string, body: Html, className?: string): string {
  return html`<!doctype html>
<html lang="${visit.lang}" dir="${visit.dir}">
  <head>
    ${head(visit.t('shell.title', { title, product: visit.settings.productName }), assets)}
    <script src="${assets.script}" defer></script>
  </head>
  <body${className !== undefined && html` class="${className}"`}>
    ${body}
  </body>
</html>
`.toString();
}

function crumbsOf({ crumbs = [] }: ConsolePage): Html | false {
  return (
    crumbs.length > 0
    && html`<p class="crumb">${crumbs.map(({ href, text }) => html`<a href="${href}">${icon('back')} ${text}</a>`)}</p>`
  );
}

function saidBox(visit: Visit, said: Said | undefined): Html | false {
  if (said === undefined) return false;
  return noticeBox(said.tone ?? 'done', html`<p>${visit.say(said.key, said.values)}</p>`, 'status');
}

function navigation(visit: Visit, current: IconName | undefined): Html {
  const shown = sections.filter(({ path, operation }) => visit.hasPage(path) && (path === '/' || visit.may(operation)));
  const group = (name: Section['group']) => shown.filter((section) => section.group === name);
  const list = (of: readonly Section[], heading?: string): Html | false =>
    of.length > 0
    && html`${heading !== undefined && html`<p id="nav-${heading}">${visit.t(`shell.nav.${heading}`)}</p>`}
      <ul${heading !== undefined && html` aria-labelledby="nav-${heading}"`}>
        ${of.map(
          ({ id, path }) =>
            html`<li>
              <a href="${visit.href(path)}"${
                id === current && html` aria-current="page"`
              }>${icon(id)}${visit.t(`shell.nav.${id}`)}</a>
            </li>`,
        )}
      </ul>`;
  const { administrator } = visit.me;
  return html`${visit.hasPage('/tenants') && administrator.operator && tenantLink(visit)}
    ${list(group('work'))} ${list(group('connections'), 'connections')} ${list(group('setUp'), 'setUp')}
    <div class="me">
      <strong><bdi>${administrator.name}</bdi></strong>
      <p>${visit.t(`shell.roles.${visit.role}`)}</p>
      ${visit.hasPage('/account') && html`<p><a href="${visit.href('/account')}">${visit.t('shell.account')}</a></p>`}
      ${visit.form('/sign-out', html`<button class="quiet low">${visit.t('shell.signOut')}</button>`)}
    </div>`;
}

function tenantLink(visit: Visit): Html {
  return html`<a class="tenant" href="${visit.href('/tenants')}"
    ><span><span class="unseen">${visit.t('shell.tenant')}: </span><bdi>${visit.tenant}</bdi></span>${icon('choose')}</a
  >`;
}
