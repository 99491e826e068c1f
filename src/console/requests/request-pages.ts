import { html, type Html } from '../../page-kit/html.ts';
import type { ReplayAnswer } from '../../operations/requests/request-log-operation.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon } from '../visit/icons.ts';
import { noticeBox } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { type Entry, summaryOf, statusOf, details, deeds, replayed } from './request-parts.ts';

/** Operations of a call that are shown in the list: a Bulk call has up to a thousand. */
const mostInList = 5;
const statuses = ['failed', '4xx', '5xx', '2xx', 'all'] as const;

/** `/console/requests`: what connected systems sent, and what was made of it. */
export function requestPages(site: ConsoleSite): void {
  site.page('/requests', { section: 'requests', operations: ['listRequests'] }, list);
  site.page('/requests/:id', { section: 'requests', operations: ['getRequest'] }, (visit) => one(visit));
  site.act('/requests/:id/replay', { section: 'requests', operations: ['replayRequest'] }, async (visit) => {
    const id = visit.param('id');
    return one(visit, await visit.attempt<ReplayAnswer>('replayRequest', { params: { id } }));
  });
}

async function list(visit: Visit): Promise<ConsoleAnswer> {
  const status = visit.query('status') || 'failed';
  const since = visit.query('since');
  // A day that does not exist asks for nothing.
  const isDay = since === '' || Number.isFinite(Date.parse(since));
  const filters = { client: visit.query('client'), since: isDay ? since : '', path: visit.query('path') };
  const page = await visit.attempt<{ readonly requests: readonly Entry[]; readonly nextCursor?: string }>(
    'listRequests',
    { query: { ...filters, count: 50, cursor: visit.query('cursor'), ...(status === 'all' ? {} : { status }) } },
  );
  const { requests, nextCursor } = 'refused' in page ? { requests: [], nextCursor: undefined } : page.view;
  const here = { ...filters, ...(status === 'failed' ? {} : { status }) };
  return {
    title: visit.t('requests.title'),
    lead: visit.say('requests.lead'),
    deed: html`<a class="button quiet"
      href="${visit.href('/requests', here)}">${icon('retrying')}${visit.t('requests.newer')}</a>`,
    body: html`${
      !isDay
      && noticeBox(
        'late',
        html`<p>${visit.say('people.wrongFilter', { names: visit.t('requests.filters.since') })}</p>`,
        'status',
      )
    }
    ${'refused' in page && noticeBox('stop', html`<p>${page.refused}</p>`, 'alert')}
      <nav aria-label="${visit.t('requests.outcome')}">
        <ul class="chips">
          ${statuses.map(
            (name) =>
              html`<li><a href="${visit.href('/requests', {
                ...filters,
                ...(name === 'failed' ? {} : { status: name }),
              })}"${name === status && html` aria-current="true"`}>${visit.t(`requests.statuses.${name}`)}</a></li>`,
          )}
        </ul>
      </nav>
      <form class="filters" action="${visit.href('/requests')}">
        ${status !== 'failed' && html`<input type="hidden" name="status" value="${status}">`}
        ${filter(visit, 'client', 'search', filters.client)} ${filter(visit, 'path', 'search', filters.path)}
        ${filter(visit, 'since', 'date', filters.since.slice(0, 10))}
        <button class="quiet">${icon('search')}${visit.t('requests.apply')}</button>
      </form>
      <section aria-labelledby="list">
        <h2 id="list" class="unseen">${visit.t('requests.list')}</h2>
        ${
          requests.length === 0
            ? html`<div class="empty"><p>${visit.t(
                nextCursor === undefined ? 'requests.none' : 'requests.noneHere',
              )}</p></div>`
            : html`<ol class="opens">
              ${requests.map(
                (entry) => html`<li>
                <details name="request">
                  <summary>${summaryOf(visit, entry)}</summary>
                  <div class="inside">${details(visit, entry, mostInList)} ${deeds(visit, entry)}</div>
                </details>
              </li>`,
              )}
            </ol>`
        }
        ${
          nextCursor !== undefined
          && html`<p class="pages"><a class="button quiet low"
          href="${visit.href('/requests', {
            ...here,
            cursor: nextCursor,
          })}">${visit.t('people.older')}${icon('onward')}</a></p>`
        }
      </section>`,
  };
}

async function one(
  visit: Visit,
  replay?: { readonly view: ReplayAnswer } | { readonly refused: string },
): Promise<ConsoleAnswer> {
  const entry = await visit.call<Entry>('getRequest', { params: { id: visit.param('id') } });
  return {
    title: visit.t('requests.oneTitle', { method: entry.method, path: entry.path }),
    lead: html`<span class="row">${statusOf(visit, entry)} ${visit.date(entry.at)}</span>`,
    crumbs: [{ href: visit.href('/requests'), text: visit.t('requests.title') }],
    body: html`${replay !== undefined && replayed(visit, replay)} ${details(visit, entry)} ${deeds(visit, entry)}`,
  };
}

function filter(visit: Visit, name: string, type: string, value: string): Html {
  return html`<div class="field${name === 'path' && ' grow'}">
    <label for="${name}">${visit.t(`requests.filters.${name}`)}</label>
    <input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="off" dir="auto" />
  </div>`;
}
