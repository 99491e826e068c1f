import { bulkActions, bulkRules } from '../../bulk/bulk-actions.ts';
import type { PeopleJobRow, PeopleJobView, PeopleJobWish } from '../../bulk/people-job-view.ts';
import type { JsonObject } from '../../base/json.ts';
import { html } from '../../page-kit/html.ts';
import { cardTable } from '../card-table.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { pager, stateChip } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { bulkForm, optionsOf, type FormTarget } from './bulk-form.ts';
import { bulkJob, jobTones } from './bulk-job.ts';
import { filterNames, filtersOf } from '../people/people-filters.ts';

const wishes: Readonly<Record<PeopleJobWish, string>> = {
  run: 'runPeopleJob',
  pause: 'pausePeopleJob',
  resume: 'resumePeopleJob',
  cancel: 'cancelPeopleJob',
  undo: 'undoPeopleJob',
};

/** `/console/people/bulk`: the same for many people, planned first, then run, paused, taken back. */
export function bulkPages(site: ConsoleSite): void {
  const start = { section: 'people', operations: ['startPeopleJob'] } as const;
  site.page('/people/bulk', { section: 'people', operations: ['listPeopleJobs'] }, list);
  site.page('/people/bulk/new', start, (visit) => bulkForm(visit, { query: filtersOf(visit) }, undefined));
  site.act('/people/bulk', start, begin);
  site.page('/people/bulk/:id', { section: 'people', operations: ['getPeopleJob'] }, (visit) => one(visit));
  for (const [wish, operation] of Object.entries(wishes))
    site.act(`/people/bulk/:id/${wish}`, { section: 'people', operations: [operation] }, async (visit) => {
      const id = visit.param('id');
      const body = wish === 'run' ? { people: Number(visit.field('people').replaceAll(/[^\d]/g, '')) } : undefined;
      const done = await visit.attempt<PeopleJobView>(operation, {
        params: { id },
        ...(body === undefined ? {} : { body }),
      });
      return 'refused' in done ? one(visit, done.refused) : visit.goOn(`/people/bulk/${id}`);
    });
}

async function begin(visit: Visit): Promise<ConsoleAnswer> {
  const query = onlyFilters(Object.fromEntries(new URLSearchParams(visit.field('query'))));
  if (visit.field('whole') === 'on') return visit.goOn('/people/bulk/new', undefined, query);
  const ids = [...visit.fields('id'), ...visit.field('ids').split(',')].filter((id) => id !== '');
  const isReady = visit.field('ready') === 'on';
  // The list posts its filter too: where rows are ticked they are meant, and where none is nobody is.
  const target: FormTarget | undefined = ids.length > 0 ? { ids } : isReady ? { query } : undefined;
  const action = bulkActions.find((each) => each === visit.field('action'));
  if (target === undefined || action === undefined)
    return visit.goOn('/people', { key: 'bulk.nobody', tone: 'late' }, query);
  if (!isReady && bulkRules[action].options.length > 0) return bulkForm(visit, target, action);
  const whom: JsonObject = 'ids' in target ? { ids: [...target.ids] } : { query: { ...target.query } };
  const body = { action, ...whom, ...(isReady ? optionsOf(visit, action) : {}) };
  const started = await visit.attempt<PeopleJobView>('startPeopleJob', { body });
  return 'refused' in started
    ? bulkForm(visit, target, action, started.refused)
    : visit.goOn(`/people/bulk/${started.view.id}`);
}

function onlyFilters(query: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(query).filter(([name, value]) => (filterNames as readonly string[]).includes(name) && value !== ''),
  );
}

async function one(visit: Visit, refused?: string): Promise<ConsoleAnswer> {
  return bulkJob(
    visit,
    await visit.call<PeopleJobView>('getPeopleJob', { params: { id: visit.param('id') } }),
    refused,
  );
}

async function list(visit: Visit): Promise<ConsoleAnswer> {
  const { jobs, next } = await visit.call<{ readonly jobs: readonly PeopleJobRow[]; readonly next?: string }>(
    'listPeopleJobs',
    { query: { count: 25, after: visit.query('after') } },
  );
  const heads = ['what', 'state', 'people', 'done', 'refused', 'by'];
  return {
    title: visit.t('bulk.title'),
    lead: visit.say('bulk.lead'),
    crumbs: [{ href: visit.href('/people'), text: visit.t('people.title') }],
    body:
      jobs.length === 0
        ? html`<div class="empty"><p>${visit.t('bulk.noJobs')}</p></div>`
        : html`${cardTable({
            caption: visit.t('bulk.title'),
            columns: heads.map((head) => ({ head: visit.t(`bulk.heads.${head}`) })),
            rows: jobs.map(({ id, action, state, total, counts, createdAt, createdBy }) => [
              html`<a href="${visit.href(`/people/bulk/${id}`)}">${visit.t(`bulk.kinds.${action}`)}</a><span
                class="soft">${visit.date(createdAt)}</span>`,
              stateChip(...jobTones[state], visit.t(`bulk.states.${state}`)),
              visit.number(total),
              visit.number(counts.done),
              visit.number(counts.refused),
              html`<bdi>${createdBy}</bdi>`,
            ]),
          })}
        ${pager(visit, '/people/bulk', {}, next)}`,
  };
}
