import type { SecurityEventsView } from '../../operations/access/administrator-operations.ts';
import { html } from '../../page-kit/html.ts';
import { cardTable } from '../card-table.ts';
import type { ConsoleSite } from '../console-site.ts';
import { pager } from '../parts.ts';

const pageSize = 50;

/** `/console/security-log`: what happened to console accounts, newest first. */
export function securityLogPage(site: ConsoleSite): void {
  site.page('/security-log', { section: 'administrators', operations: ['listSecurityEvents'] }, async (visit) => {
    const query = { count: pageSize, after: visit.query('after') };
    const { events, next } = await visit.call<SecurityEventsView>('listSecurityEvents', { query });
    return {
      title: visit.t('administrators.log.title'),
      lead: visit.say('administrators.log.lead'),
      crumbs: [{ href: visit.href('/administrators'), text: visit.t('shell.nav.administrators') }],
      body: html`${cardTable({
        caption: visit.t('administrators.log.title'),
        columns: ['what', 'who', 'from', 'at'].map((head) => ({ head: visit.t(`administrators.log.${head}`) })),
        rows: events.map(({ at, type, name, by, address, detail }) => [
          html`${visit.knows(`administrators.events.${type}`) ? visit.t(`administrators.events.${type}`) : type}
            ${detail !== undefined && html`<span class="soft">${detail}</span>`}`,
          html`<bdi>${name ?? visit.t('administrators.log.nobody')}</bdi>${
            by !== undefined && html`<span class="soft">${visit.say('administrators.log.by', { by })}</span>`
          }`,
          address === undefined
            ? html`<span class="soft">${visit.t('administrators.log.here')}</span>`
            : html`<span dir="ltr">${address}</span>`,
          visit.date(at),
        ]),
      })}
        ${pager(visit, '/security-log', {}, next)}`,
    };
  });
}
