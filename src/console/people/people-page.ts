import { html, type Html } from '../../page-kit/html.ts';
import { csvColumns } from '../../operations/people/people-operations.ts';
import { peopleStates } from '../../operations/people/people-query.ts';
import type { PersonRow } from '../../operations/people/person-row.ts';
import type { SavedView } from '../../operations/people/saved-views.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon } from '../icons.ts';
import { copyField, noticeBox } from '../parts.ts';
import { lookOf } from '../states.ts';
import type { Visit } from '../visit.ts';
import { bulkActions, mayBulk } from './bulk-choice.ts';
import { hindranceText, lastEventText, nameOf, personState } from './person-parts.ts';

/** The answer of `listUsers`. */
export interface PeopleView {
  readonly people: readonly PersonRow[];
  readonly totalResults: number;
  readonly counts: { readonly all: number; readonly states: Readonly<Record<string, number>> };
  readonly filter?: string;
  readonly filterIsComplete: boolean;
  readonly found: readonly {
    readonly kind: string;
    readonly id: string;
    readonly person?: string;
    readonly client?: string;
  }[];
  readonly older?: string;
  readonly newer?: string;
}

/** The parameters of the list that an address carries. */
export const filterNames = ['q', 'state', 'source', 'group', 'startFrom', 'startUntil'] as const;
type Filters = Readonly<Record<string, string>>;

const columns = ['state', 'event', 'source', 'groups', 'invited', 'startDate', 'userName', 'created'] as const;
const usualColumns: readonly string[] = ['state', 'event', 'source', 'groups', 'invited'];

/** `/console/people`: who there is, and who has not got in yet. */
export function peoplePage(site: ConsoleSite): void {
  const rules = { section: 'people', operations: ['listUsers', 'listViews'] } as const;
  site.page('/people', rules, async (visit) => {
    const filters = filtersOf(visit);
    const [list, views] = await Promise.all([
      visit.call<PeopleView>('listUsers', { query: { ...filters, count: 25, cursor: visit.query('cursor') } }),
      visit.call<{ readonly views: readonly SavedView[] }>('listViews'),
    ]);
    const shown = chosenColumns(visit);
    return {
      title: visit.t('people.title'),
      lead: leadOf(visit, filters, list),
      deed: html`<div class="row">
        <a class="button quiet" href="${visit.href('/people.csv', filters)}">${icon('imports')}${visit.t('people.csv')}</a>
        ${visit.may('createUser') && html`<a class="button" href="${visit.href('/people/new')}">${icon('plus')}${visit.t('people.add')}</a>`}
      </div>`,
      body: html`${findForm(visit, filters, shown)} ${foundElsewhere(visit, list)} ${chips(visit, filters, list)}
        ${viewBar(visit, filters, list, views.views, shown)} ${table(visit, filters, list, shown)}`,
    };
  });
  site.page('/people.csv', { section: 'people', operations: ['exportUsers'] }, (visit) =>
    visit.file('exportUsers', { query: { ...filtersOf(visit), columns: [...csvColumns] } }),
  );
  site.act('/people/views', { section: 'people', operations: ['saveView'] }, async (visit) => {
    const query = Object.fromEntries(new URLSearchParams(visit.field('query')));
    const saved = await visit.attempt<SavedView>('saveView', { body: { name: visit.field('name'), query } });
    return 'refused' in saved
      ? visit.goOn('/people', { key: 'people.refused', values: { reason: saved.refused }, tone: 'stop' }, query)
      : visit.goOn('/people', { key: 'people.views.saved', values: { name: saved.view.name } }, query);
  });
  site.act('/people/views/:id/remove', { section: 'people', operations: ['removeView'] }, async (visit) => {
    await visit.call('removeView', { params: { id: visit.param('id') } });
    return visit.goOn('/people', { key: 'people.views.removed' });
  });
}

/** The filters that an address carries. */
export function filtersOf(visit: Visit): Filters {
  return Object.fromEntries(
    filterNames.map((name) => [name, visit.query(name)] as const).filter(([, value]) => value !== ''),
  );
}

function chosenColumns(visit: Visit): readonly string[] {
  const asked = visit.query('cols').split('.');
  const chosen = columns.filter((column) => asked.includes(column));
  return chosen.length === 0 ? usualColumns : chosen;
}

function leadOf(visit: Visit, filters: Filters, { totalResults, counts }: PeopleView): Html {
  const stuck = ['bounced', 'expired', 'failed'].reduce((sum, state) => sum + (counts.states[state] ?? 0), 0);
  if (Object.keys(filters).length > 0) return visit.say('people.found', { count: totalResults });
  return stuck === 0
    ? visit.say('people.all', { count: counts.all })
    : html`${visit.say('people.all', { count: counts.all })} ${visit.say('people.stuck', { count: stuck })}`;
}

function findForm(visit: Visit, filters: Filters, shown: readonly string[]): Html {
  const value = (name: string): string => filters[name] ?? '';
  const field = (name: string, type: string, grow = false): Html => html`<div class="field${grow && ' grow'}">
    <label for="${name}">${visit.t(`people.fields.${name}`)}</label>
    <input id="${name}" name="${name}" type="${type}" value="${value(name)}" autocomplete="off" dir="auto"${name === 'q' && html` aria-describedby="q-hint"`} />
  </div>`;
  return html`<form action="${visit.href('/people')}" role="search" class="filters">
    ${field('q', 'search', true)} ${field('source', 'search')} ${field('group', 'search')} ${field('startFrom', 'date')}
    ${field('startUntil', 'date')}
    ${value('state') !== '' && html`<input type="hidden" name="state" value="${value('state')}">`}
    ${shown !== usualColumns && html`<input type="hidden" name="cols" value="${shown.join('.')}">`}
    <button class="quiet">${icon('search')}${visit.t('people.find')}</button>
    <p class="hint" id="q-hint">${visit.t('people.findHint')}</p>
  </form>`;
}

function foundElsewhere(visit: Visit, { found }: PeopleView): Html | false {
  const other = found.filter(({ kind }) => kind !== 'person');
  if (other.length === 0) return false;
  const link = ({ kind, id, person, client }: (typeof other)[number]): Html => {
    const at = {
      group: `/groups/${id}`,
      delivery: `/deliveries/${encodeURIComponent(id)}`,
      request: `/requests/${id}`,
      credential: `/clients/${client ?? ''}`,
    }[kind];
    return html`<p>
      ${at !== undefined && html`<a href="${visit.href(at)}">${visit.t(`people.elsewhere.${kind}`)}</a>`}
      <code dir="ltr">${id}</code>
      ${person !== undefined && html` · <a href="${visit.href(`/people/${person}`)}">${visit.t('people.elsewhere.person')}</a>`}
    </p>`;
  };
  return noticeBox('way', html`${other.map(link)}`);
}

function chips(visit: Visit, filters: Filters, { counts }: PeopleView): Html {
  const { state = '', ...others } = filters;
  const chip = (name: string, count: number): Html => {
    const [tone, picture] = lookOf(name);
    const isAll = name === '';
    return html`<li>
      <a href="${visit.href('/people', isAll ? others : { ...others, state: name })}"${!isAll && html` data-tone="${tone}"`}${name === state && html` aria-current="true"`}
        >${!isAll && icon(picture)}${isAll ? visit.t('people.everybody') : visit.t(`states.${name}`)}<span class="count">${visit.number(count)}</span></a
      >
    </li>`;
  };
  return html`<nav aria-label="${visit.t('people.state')}">
    <ul class="chips">
      ${chip('', counts.all)} ${peopleStates.map((name) => chip(name, counts.states[name] ?? 0))}
    </ul>
  </nav>`;
}

function viewBar(
  visit: Visit,
  filters: Filters,
  { filter, filterIsComplete }: PeopleView,
  views: readonly SavedView[],
  shown: readonly string[],
): Html {
  const query = new URLSearchParams(filters).toString();
  return html`<div class="view-bar">
    ${filter !== undefined && copyField(visit, filter, visit.t(filterIsComplete ? 'people.scim' : 'people.scimInPart'))}
    <div class="row">
      <details class="drop">
        <summary>${visit.t('people.views.title')}${views.length > 0 && html` (${visit.number(views.length)})`}</summary>
        <div class="box">
          ${views.length === 0 && html`<p class="hint">${visit.t('people.views.none')}</p>`}
          <ul class="stack">
            ${views.map(
              ({ id, name, query: saved, by }) => html`<li class="bar">
                <a href="${visit.href('/people', saved as Filters)}"><bdi>${name}</bdi></a>
                <span class="soft small">${visit.say('people.views.by', { name: by })}</span>
                ${visit.may('removeView') && visit.form(`/people/views/${id}/remove`, html`<button class="quiet low">${visit.t('people.views.remove')}<span class="unseen">: ${name}</span></button>`)}
              </li>`,
            )}
          </ul>
          ${
            query !== ''
            && visit.may('saveView')
            && visit.form(
              '/people/views',
              html`<div class="field">
                <label for="view-name">${visit.t('people.views.name')}</label>
                <input id="view-name" name="name" required maxlength="100" autocomplete="off" dir="auto" />
              </div>
              <button class="quiet">${visit.t('people.views.save')}</button>`,
              { hidden: { query }, className: 'stack' },
            )
          }
        </div>
      </details>
      <details class="drop">
        <summary>${visit.t('people.columns.title')}</summary>
        <ul class="box">
          ${columns.map((column) => {
            const next = shown.includes(column) ? shown.filter((one) => one !== column) : [...shown, column];
            const mark = shown.includes(column) ? 'tick' : 'plus';
            return html`<li><a href="${visit.href('/people', { ...filters, cols: next.join('.') })}">${icon(mark)} ${visit.t(`people.columns.${column}`)}<span class="unseen">: ${visit.t(shown.includes(column) ? 'people.columns.hide' : 'people.columns.show')}</span></a></li>`;
          })}
        </ul>
      </details>
    </div>
  </div>`;
}

function table(visit: Visit, filters: Filters, list: PeopleView, shown: readonly string[]): Html {
  if (list.people.length === 0)
    return html`<div class="empty"><h2>${visit.t('people.nobody')}</h2><p>${visit.t('people.nobodyHint')}</p></div>`;
  const picks = mayBulk(visit);
  const rows = html`<div class="scroll free" tabindex="0" role="group" aria-label="${visit.t('people.title')}">
    <table class="cards long" role="table">
      <caption class="unseen">${visit.t('people.caption', { count: list.people.length, total: list.totalResults })}</caption>
      <thead role="rowgroup">
        <tr role="row">
          ${picks && html`<th role="columnheader" scope="col" class="pick"><span class="unseen">${visit.t('people.choose')}</span></th>`}
          <th role="columnheader" scope="col" class="name">${visit.t('people.person')}</th>
          ${shown.map((column) => html`<th role="columnheader" scope="col">${visit.t(`people.columns.${column}`)}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${list.people.map((person) => rowOf(visit, person, shown, picks))}
      </tbody>
    </table>
  </div>`;
  const pages = html`<nav class="pages" aria-label="${visit.t('people.pages')}">
    ${list.newer !== undefined && html`<a class="button quiet low" href="${visit.href('/people', { ...filters, cursor: list.newer })}">${icon('back')}${visit.t('people.newer')}</a>`}
    ${list.older !== undefined && html`<a class="button quiet low" href="${visit.href('/people', { ...filters, cursor: list.older })}">${visit.t('people.older')}${icon('onward')}</a>`}
  </nav>`;
  if (!picks) return html`${rows} ${pages}`;
  return html`${visit.form('/people/bulk', html`${rows} ${bulkActions(visit, list.totalResults)}`, {
    className: 'bulk-form',
    hidden: { query: new URLSearchParams(filters).toString() },
  })}
  ${pages}`;
}

function rowOf(visit: Visit, person: PersonRow, shown: readonly string[], picks: boolean): Html {
  const name = nameOf(person);
  return html`<tr role="row">
    ${picks && html`<td role="cell" class="pick"><input type="checkbox" name="id" value="${person.id}" aria-label="${name}"></td>`}
    <th role="rowheader" scope="row">
      <a href="${visit.href(`/people/${person.id}`)}"><bdi>${name}</bdi></a><span class="soft"><bdi>${person.mail ?? person.userName}</bdi></span>
    </th>
    ${shown.map((column) => cellOf(visit, person, column))}
  </tr>`;
}

function cellOf(visit: Visit, person: PersonRow, column: string): Html {
  const labelled = (content: Html | false): Html =>
    html`<td role="cell"${content !== false && html` data-label="${visit.t(`people.columns.${column}`)}"`}>${content !== false && html`<span>${content}</span>`}</td>`;
  switch (column) {
    case 'state':
      return html`<td role="cell" class="now">${personState(visit, person)}</td>`;
    case 'event':
      return html`<td role="cell" class="event">${eventOf(visit, person)}<span class="soft">${visit.ago(person.lastEvent.at)}</span></td>`;
    case 'source':
      return labelled(person.source !== undefined && html`<bdi>${person.source}</bdi>`);
    case 'groups':
      return labelled(
        person.groups.length > 0
          && html`${person.groups.map(({ id, displayName }, at) => html`${at > 0 && ', '}<a href="${visit.href(`/groups/${id}`)}"><bdi>${displayName ?? id}</bdi></a>`)}`,
      );
    case 'invited':
      return labelled(
        person.invitedAt !== undefined
          && html`${visit.date(person.invitedAt)}${typeof person.expiresAt === 'string' && html`<span class="soft">${visit.say('people.ends', { date: visit.date(person.expiresAt) })}</span>`}`,
      );
    case 'startDate':
      return labelled(person.startDate !== undefined && visit.day(person.startDate));
    case 'userName':
      return labelled(html`<bdi>${person.userName}</bdi>`);
    default:
      return labelled(visit.date(person.createdAt));
  }
}

function eventOf(visit: Visit, person: PersonRow): Html {
  const stuck = person.detail ?? hindranceText(visit, person.hindrance);
  const isStuck = ['bounced', 'failed', 'expired'].includes(person.status);
  return isStuck && stuck !== '' ? html`<bdi>${stuck}</bdi>` : html`${lastEventText(visit, person.lastEvent)}`;
}
