import { html, type Html } from '../../page-kit/html.ts';
import { csvColumns } from '../../operations/people/people-operations.ts';
import { peopleStates } from '../../operations/people/people-query.ts';
import type { SavedView } from '../../operations/people/saved-views.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon } from '../visit/icons.ts';
import { copyField, noticeBox } from '../parts.ts';
import { lookOf } from '../states.ts';
import type { Visit } from '../visit/visit.ts';
import { type Filters, filtersOf, wrongFilters } from './people-filters.ts';
import { findForm, groupChoices, groupNamed } from './people-find.ts';
import { peopleTable } from './people-table.ts';
import type { PeopleView } from './people-view.ts';

const columns = ['state', 'event', 'source', 'groups', 'invited', 'startDate', 'userName', 'created'] as const;
const usualColumns: readonly string[] = ['state', 'event', 'source', 'groups', 'invited'];

/** `/console/people`: who there is, and who has not got in yet. */
export function peoplePage(site: ConsoleSite): void {
  const rules = { section: 'people', operations: ['listUsers', 'listViews', 'listGroups'] } as const;
  site.page('/people', rules, async (visit) => {
    const filters = filtersOf(visit);
    const typed = visit.query('groupName').trim();
    if (typed !== '') {
      const group = await groupNamed(visit, typed);
      const said = { key: 'people.noGroupNamed', values: { name: typed }, tone: 'late' } as const;
      const cols = visit.query('cols');
      return visit.goOn('/people', group === undefined ? said : undefined, { ...filters, group, cols });
    }
    const [list, views, groups] = await Promise.all([
      visit.call<PeopleView>('listUsers', { query: { ...filters, count: 25, cursor: visit.query('cursor') } }),
      visit.call<{ readonly views: readonly SavedView[] }>('listViews'),
      groupChoices(visit, filters),
    ]);
    const shown = chosenColumns(visit);
    const columns = shown === usualColumns ? undefined : shown.join('.');
    return {
      title: visit.t('people.title'),
      lead: leadOf(visit, filters, list),
      deed: html`<div class="row">
        <a class="button quiet"
          href="${visit.href('/people.csv', filters)}">${icon('imports')}${visit.t('people.csv')}</a>
        ${
          visit.may('createUser')
          && html`<a class="button"
          href="${visit.href('/people/new')}">${icon('plus')}${visit.t('people.add')}</a>`
        }
      </div>`,
      body: html`${wrongNotice(visit)} ${findForm(visit, filters, list.sources, groups, columns)}
        ${foundElsewhere(visit, list)} ${chips(visit, filters, list)}
        ${viewBar(visit, filters, list, views.views, shown)} ${peopleTable(visit, filters, list, shown)}`,
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

function wrongNotice(visit: Visit): Html | false {
  const wrong = wrongFilters(visit).map((name) => visit.t(name === 'state' ? 'people.state' : `people.fields.${name}`));
  return (
    wrong.length > 0
    && noticeBox('late', html`<p>${visit.say('people.wrongFilter', { names: wrong.join(', ') })}</p>`, 'status')
  );
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
      ${
        person !== undefined
        && html` · <a
        href="${visit.href(`/people/${person}`)}">${visit.t('people.elsewhere.person')}</a>`
      }
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
      <a href="${visit.href(
        '/people',
        isAll ? others : { ...others, state: name },
      )}"${!isAll && html` data-tone="${tone}"`}${name === state && html` aria-current="true"`}
        >${!isAll && icon(picture)}${isAll ? visit.t('people.everybody') : visit.t(`states.${name}`)}<span
          class="count">${visit.number(count)}</span></a
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
                ${
                  visit.may('removeView')
                  && visit.form(
                    `/people/views/${id}/remove`,
                    html`<button
                  class="quiet low">${visit.t('people.views.remove')}<span class="unseen">: ${name}</span></button>`,
                  )
                }
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
            return html`<li><a href="${visit.href('/people', { ...filters, cols: next.join('.') })}">${icon(mark)}
              ${visit.t(`people.columns.${column}`)}<span class="unseen">:
                ${visit.t(shown.includes(column) ? 'people.columns.hide' : 'people.columns.show')}</span></a></li>`;
          })}
        </ul>
      </details>
    </div>
  </div>`;
}
