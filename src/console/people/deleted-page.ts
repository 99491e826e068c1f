import { html } from '../../page-kit/html.ts';
import { cardTable } from '../card-table.ts';
import type { ConsoleSite } from '../console-site.ts';
import { pager } from '../parts.ts';
import { nameOf } from './person-parts.ts';

interface DeletedView {
  readonly deleted: readonly {
    readonly id: string;
    readonly userName: string;
    readonly displayName?: string;
    readonly deletedAt: string;
    readonly restorableUntil: string;
    readonly by: string;
  }[];
  readonly next?: string;
}

/** `/console/people/deleted`: who was deleted and can be put back. */
export function deletedPage(site: ConsoleSite): void {
  site.page('/people/deleted', { section: 'people', operations: ['listDeletedUsers'] }, async (visit) => {
    const { deleted, next } = await visit.call<DeletedView>('listDeletedUsers', {
      query: { count: 25, after: visit.query('after') },
    });
    return {
      title: visit.t('people.deleted.title'),
      lead: visit.say('people.deleted.lead'),
      crumbs: [{ href: visit.href('/people'), text: visit.t('people.title') }],
      body:
        deleted.length === 0
          ? html`<div class="empty"><p>${visit.t('people.deleted.nobody')}</p></div>`
          : html`${cardTable({
              caption: visit.t('people.deleted.title'),
              columns: [
                ...['person', 'at', 'by', 'until'].map((head) => ({ head: visit.t(`people.deleted.${head}`) })),
                { head: visit.t('people.actions.restore.name'), unseen: true },
              ],
              rows: deleted.map((one) => [
                html`<bdi>${nameOf(one)}</bdi><span class="soft"><bdi>${one.userName}</bdi></span>`,
                visit.date(one.deletedAt),
                html`<bdi>${one.by}</bdi>`,
                visit.date(one.restorableUntil),
                html`<div class="row">${
                  visit.may('restoreUser')
                  && html`<a class="button quiet low"
                      href="${visit.href(
                        `/people/${one.id}/restore`,
                      )}">${visit.t('people.actions.restore.name')}<span class="unseen">: ${nameOf(one)}</span></a>`
                } ${
                  visit.may('eraseUser')
                  && html`<a class="button danger low"
                      href="${visit.href(`/people/${one.id}/erase`)}">${visit.t('people.erase.name')}<span
                        class="unseen">: ${nameOf(one)}</span></a>`
                }</div>`,
              ]),
            })}
              ${pager(visit, '/people/deleted', {}, next)}`,
    };
  });
}
