import type { SecurityEventsView } from '../../operations/access/administrator-operations.ts';
import { html } from '../../page-kit/html.ts';
import type { ConsoleSite } from '../console-site.ts';
import { pager } from '../parts.ts';

const pageSize = 50;

/** `/console/security-log`: what happened to console accounts, newest first. */
export function securityLogPage(site: ConsoleSite): void {
  site.page('/security-log', { section: 'administrators', operations: ['listSecurityEvents'] }, async (visit) => {
    const query = { count: pageSize, after: visit.query('after') };
    const { events, next } = await visit.call<SecurityEventsView>('listSecurityEvents', { query });
    const label = (name: string) => html`data-label="${visit.t(`administrators.log.${name}`)}"`;
    return {
      title: visit.t('administrators.log.title'),
      lead: visit.say('administrators.log.lead'),
      crumbs: [{ href: visit.href('/administrators'), text: visit.t('shell.nav.administrators') }],
      body: html`<table class="cards">
          <caption class="unseen">${visit.t('administrators.log.title')}</caption>
          <thead>
            <tr>
              <th scope="col">${visit.t('administrators.log.what')}</th>
              <th scope="col">${visit.t('administrators.log.who')}</th>
              <th scope="col">${visit.t('administrators.log.from')}</th>
              <th scope="col">${visit.t('administrators.log.at')}</th>
            </tr>
          </thead>
          <tbody>
            ${events.map(
              ({ at, type, name, by, address, detail }) =>
                html`<tr>
                  <th scope="row">
                    ${visit.knows(`administrators.events.${type}`) ? visit.t(`administrators.events.${type}`) : type}
                    ${detail !== undefined && html`<span class="soft">${detail}</span>`}
                  </th>
                  <td ${label('who')}>
                    <span><bdi>${name ?? visit.t('administrators.log.nobody')}</bdi>${
                      by !== undefined
                      && html`<span
                      class="soft">${visit.say('administrators.log.by', { by })}</span>`
                    }</span>
                  </td>
                  <td ${label('from')}><span dir="ltr">${address}</span></td>
                  <td ${label('at')}>${visit.date(at)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
        ${pager(visit, '/security-log', {}, next)}`,
    };
  });
}
