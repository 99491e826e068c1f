import { html, type Html } from '../../page-kit/html.ts';
import type { GroupRow } from '../../operations/people/group-operations.ts';
import type { PersonRow } from '../../operations/people/person-row.ts';
import { cardTable } from '../card-table.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon } from '../visit/icons.ts';
import { stateOf } from '../states.ts';
import type { Visit } from '../visit/visit.ts';

type Edges = { readonly totalResults: number; readonly older?: string; readonly newer?: string };
type GroupView = GroupRow & {
  readonly parents: readonly { readonly id: string; readonly displayName?: string; readonly type: string }[];
  readonly nested: readonly GroupRow[];
  readonly nestedTotal: number;
};
type Members = Edges & { readonly members: readonly (PersonRow & { readonly membership: string })[] };

/** `/console/groups`: groups, one group, its members of any depth. */
export function groupPages(site: ConsoleSite): void {
  site.page('/groups', { section: 'groups', operations: ['listGroups'] }, async (visit) => {
    const q = visit.query('q');
    const list = await visit.call<Edges & { readonly groups: readonly GroupRow[] }>('listGroups', {
      query: { q, cursor: visit.query('cursor') },
    });
    return {
      title: visit.t('groups.title'),
      lead: visit.say('groups.lead', { count: list.totalResults }),
      body: html`${findForm(visit, '/groups', q)}
      ${
        list.groups.length === 0
          ? html`<div class="empty"><p>${visit.t('groups.nothing')}</p></div>`
          : cardTable({
              caption: visit.t('groups.title'),
              columns: ['name', 'externalId', 'created', 'changed'].map((name) => ({
                head: visit.t(`groups.${name}`),
              })),
              rows: list.groups.map(({ id, displayName, externalId, createdAt, changedAt }) => [
                html`<a href="${visit.href(`/groups/${id}`)}"><bdi>${displayName}</bdi></a>`,
                externalId !== undefined && html`<code><bdi>${externalId}</bdi></code>`,
                visit.date(createdAt),
                visit.date(changedAt),
              ]),
            })
      }
      ${pages(visit, '/groups', q, list)}`,
    };
  });
  site.page('/groups/:id', { section: 'groups', operations: ['getGroup', 'listGroupMembers'] }, async (visit) => {
    const id = visit.param('id');
    const q = visit.query('q');
    const [group, members] = await Promise.all([
      visit.call<GroupView>('getGroup', { params: { id } }),
      visit.call<Members>('listGroupMembers', { params: { id }, query: { q, cursor: visit.query('cursor') } }),
    ]);
    return {
      title: group.displayName,
      lead: visit.say('groups.memberCount', { count: members.totalResults }),
      crumbs: [{ href: visit.href('/groups'), text: visit.t('groups.title') }],
      deed: html`<a class="button quiet"
        href="${visit.href('/people', { group: id })}">${visit.t('groups.asPeople')}</a>`,
      body: html`<div class="main-aside">
        <section aria-labelledby="members">
          <h2 id="members">${visit.t('groups.members')}</h2>
          ${findForm(visit, `/groups/${id}`, q)} ${memberTable(visit, members)}
            ${pages(visit, `/groups/${id}`, q, members)}
        </section>
        <div>${related(visit, group)}</div>
      </div>`,
    };
  });
}

function findForm(visit: Visit, path: string, q: string): Html {
  return html`<form action="${visit.href(path)}" role="search" class="filters">
    <div class="field grow">
      <label for="q">${visit.t('people.find')}</label>
      <input id="q" name="q" type="search" value="${q}" autocomplete="off" dir="auto" />
    </div>
    <button class="quiet">${icon('search')}${visit.t('people.find')}</button>
  </form>`;
}

function memberTable(visit: Visit, { members }: Members): Html {
  if (members.length === 0) return html`<div class="empty"><p>${visit.t('groups.nobody')}</p></div>`;
  return cardTable({
    caption: visit.t('groups.members'),
    columns: ['person', 'state', 'membership'].map((name) => ({ head: visit.t(`groups.${name}`) })),
    rows: members.map((person) => [
      html`<a href="${visit.href(`/people/${person.id}`)}"><bdi>${person.displayName ?? person.userName}</bdi></a
        ><span class="soft"><bdi>${person.mail ?? person.userName}</bdi></span>`,
      stateOf(visit, person.active ? person.status : 'deactivated'),
      visit.t(`people.memberships.${person.membership}`),
    ]),
  });
}

function related(visit: Visit, { parents, nested, nestedTotal, id, externalId }: GroupView): Html {
  const list = (
    heading: string,
    groups: readonly { readonly id: string; readonly displayName?: string; readonly type?: string }[],
  ): Html => html`<section aria-labelledby="${heading}">
    <h2 id="${heading}">${visit.t(`groups.${heading}`)}</h2>
    ${
      groups.length === 0
        ? html`<p class="soft">${visit.t('groups.none')}</p>`
        : html`<ul class="marks">
          ${groups.map(
            (group) =>
              html`<li>${icon('groups')}<span><a
                href="${visit.href(`/groups/${group.id}`)}"><bdi>${group.displayName ?? group.id}</bdi></a>${
                  group.type === 'indirect'
                  && html` <span class="soft small">${visit.t('people.memberships.indirect')}</span>`
                }</span></li>`,
          )}
        </ul>`
    }
  </section>`;
  return html`${list('parents', parents)} ${list('nested', nested)}
    ${
      nestedTotal > nested.length
      && html`<p
      class="soft small">${visit.say('groups.more', { count: nestedTotal - nested.length })}</p>`
    }
    <dl class="pairs">
      <dt>id</dt>
      <dd><code dir="ltr">${id}</code></dd>
      ${externalId !== undefined && html`<dt>externalId</dt><dd><code><bdi>${externalId}</bdi></code></dd>`}
    </dl>`;
}

function pages(visit: Visit, path: string, q: string, { older, newer }: Edges): Html | false {
  if (older === undefined && newer === undefined) return false;
  return html`<nav class="pages" aria-label="${visit.t('people.pages')}">
    ${
      newer !== undefined
      && html`<a class="button quiet low"
      href="${visit.href(path, { q, cursor: newer })}">${icon('back')}${visit.t('people.newer')}</a>`
    }
    ${
      older !== undefined
      && html`<a class="button quiet low"
      href="${visit.href(path, { q, cursor: older })}">${visit.t('people.older')}${icon('onward')}</a>`
    }
  </nav>`;
}
