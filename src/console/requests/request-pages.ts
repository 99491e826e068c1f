import { html, type Html } from '../../page-kit/html.ts';
import type { RequestExplanation } from '../../operations/requests/request-explanation.ts';
import type { ReplayAnswer } from '../../operations/requests/request-log-operation.ts';
import type { RequestLogEntry } from '../../domain/request-log.ts';
import type { ConsoleAnswer } from '../console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon, type IconName } from '../icons.ts';
import { noticeBox, stateChip, type Tone } from '../parts.ts';
import type { Visit } from '../visit.ts';

type Entry = RequestLogEntry & { readonly explanation: RequestExplanation };

const statuses = ['failed', '4xx', '5xx', '2xx', 'all'] as const;
const methods = ['', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

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
                  <div class="inside">${details(visit, entry)} ${deeds(visit, entry)}</div>
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

function summaryOf(visit: Visit, entry: Entry): Html {
  return html`${icon('onward')}<span class="soft">${visit.second(entry.at)}</span><span>${statusOf(visit, entry)}</span><span><bdi>${entry.client?.name ?? visit.t('requests.unknown')}</bdi></span
    ><code dir="ltr">${entry.method} ${entry.path.slice(0, 60)}</code><span>${
      entry.detail ?? whyText(visit, entry)
    }</span>`;
}

function statusOf(visit: Visit, { status, explanation }: Entry): Html {
  const inPart = status < 400 && ['skippedMembers', 'dropped'].includes(explanation.why);
  const [tone, name]: readonly [Tone, IconName] =
    status === 429
      ? ['late', 'held']
      : status >= 400
        ? ['stop', 'failed']
        : inPart
          ? ['late', 'none']
          : ['done', 'tick'];
  return stateChip(tone, name, inPart ? visit.t('requests.inPart', { status: String(status) }) : String(status));
}

function whyText(visit: Visit, { explanation: { why } }: Entry): string {
  return visit.t(`requests.why.${visit.knows(`requests.why.${why}`) ? why : 'refused'}`);
}

function details(visit: Visit, entry: Entry): Html {
  const { explanation, detail, client, operations = [], dropped = [], skippedMembers, rules = [], bodies } = entry;
  const idp = /okta/i.test(client?.name ?? '') ? 'okta' : /entra|azure/i.test(client?.name ?? '') ? 'entra' : 'other';
  const mend = explanation.mend;
  const mendKeys = mend === undefined ? [] : [`requests.mend.${mend}.${idp}`, `requests.mend.${mend}.other`];
  const mendKey = mendKeys.find((key) => visit.knows(key)) ?? 'requests.mend.refused.other';
  return html`<dl class="said">
      <div>
        <dt>${visit.t('requests.said.came')}</dt>
        <dd>${visit.say(`requests.came.${explanation.came}`, {
          client: client?.name ?? visit.t('requests.unknown'),
          path: html`<code dir="ltr">${entry.path}</code>`,
        })}</dd>
      </div>
      <div>
        <dt>${visit.t(entry.status < 400 ? 'requests.said.made' : 'requests.said.why')}</dt>
        <dd>${whyText(visit, entry)}${detail !== undefined && html` <code><bdi>${detail}</bdi></code>`}</dd>
      </div>
      ${
        mend !== undefined
        && html`<div>
        <dt>${visit.t(`requests.said.mend_${idp}`)}</dt>
        <dd>${visit.t(mendKey)}</dd>
      </div>`
      }
    </dl>
    ${
      operations.length > 0
      && html`<h3>${visit.t('requests.operations')}</h3>
      <div class="scroll" tabindex="0" role="group" aria-label="${visit.t('requests.operations')}">
        <table>
          <thead>
            <tr>
              <th scope="col">${visit.t('requests.number')}</th>
              <th scope="col">${visit.t('requests.operation')}</th>
              <th scope="col">${visit.t('requests.path')}</th>
              <th scope="col">${visit.t('requests.made')}</th>
            </tr>
          </thead>
          <tbody>
            ${operations.map(
              ({ op, path, outcome }, at) => html`<tr>
                <td>${visit.number(at + 1)}</td>
                <td><code dir="ltr">${op}</code></td>
                <td>${path !== undefined && html`<code dir="ltr">${path}</code>`}</td>
                <td>${outcomeOf(visit, outcome)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>`
    }
    <dl class="pairs spaced">
      <dt>${visit.t('requests.id')}</dt><dd><code dir="ltr">${entry.id}</code></dd>
      <dt>${visit.t('requests.took')}</dt><dd>${visit.number(entry.ms)} ms</dd>
      ${
        entry.address !== undefined
        && html`<dt>${visit.t('requests.from')}</dt><dd><code
        dir="ltr">${entry.address}</code></dd>`
      }
      ${
        entry.tokenEnd !== undefined
        && html`<dt>${visit.t('requests.tokenEnd')}</dt><dd><code
        dir="ltr">…${entry.tokenEnd}</code></dd>`
      }
      ${
        entry.query !== undefined
        && html`<dt>${visit.t('requests.query')}</dt><dd><code
        dir="ltr">${entry.query}</code></dd>`
      }
      ${rules.length > 0 && html`<dt>${visit.t('requests.rules')}</dt><dd>${rules.join(', ')}</dd>`}
      ${dropped.length > 0 && html`<dt>${visit.t('requests.dropped')}</dt><dd><bdi>${dropped.join(', ')}</bdi></dd>`}
      ${
        skippedMembers !== undefined
        && html`<dt>${visit.t('requests.skipped')}</dt><dd>${visit.number(skippedMembers.count)}:
          <bdi>${skippedMembers.ids.join(', ')}</bdi></dd>`
      }
    </dl>
    ${
      bodies !== undefined
      && html`<div class="two spaced">
      ${(['request', 'response'] as const).map(
        (name) =>
          bodies[name] !== undefined
          && html`<div>
            <h3>${visit.t(`requests.bodies.${name}`)}</h3>
            <pre dir="ltr" tabindex="0" role="group"
              aria-label="${visit.t(`requests.bodies.${name}`)}">${JSON.stringify(bodies[name], undefined, 2)}</pre>
          </div>`,
      )}
    </div>`
    }`;
}

function outcomeOf(visit: Visit, outcome: string): Html {
  const looks: Readonly<Record<string, readonly [Tone, IconName]>> = {
    applied: ['done', 'tick'],
    alreadyTrue: ['wait', 'none'],
    refused: ['stop', 'cross'],
  };
  const [tone, name] = looks[outcome] ?? ['wait', 'none'];
  return stateChip(tone, name, visit.t(`requests.outcomes.${outcome}`));
}

function deeds(visit: Visit, { id, method, path, client }: Entry): Html {
  const person = /^\/Users\/([\w-]{8,64})$/i.exec(path)?.[1];
  const mayReplay = visit.may('replayRequest') && client !== undefined && methods.includes(method);
  return html`<div class="deeds">
    ${
      mayReplay
      && visit.form(`/requests/${id}/replay`, html`<button class="quiet">${visit.t('requests.replay')}</button>`)
    }
    <a class="button quiet" href="${visit.href(`/requests/${id}`)}">${visit.t('requests.link')}</a>
    ${
      person !== undefined
      && html`<a class="button quiet"
      href="${visit.href(`/people/${person}`)}">${visit.t('people.elsewhere.person')}</a>`
    }
  </div>`;
}

function replayed(visit: Visit, replay: { readonly view: ReplayAnswer } | { readonly refused: string }): Html {
  if ('refused' in replay) return noticeBox('late', html`<p>${replay.refused}</p>`, 'status');
  const { status, detail, body } = replay.view;
  return noticeBox(
    status < 400 ? 'done' : 'stop',
    html`<p>${visit.say('requests.replayed', { status: String(status) })}
      ${detail !== undefined && html`<bdi>${detail}</bdi>`}</p>
      ${
        body !== undefined
        && html`<details>
        <summary>${visit.t('requests.bodies.response')}</summary>
        <pre dir="ltr" tabindex="0" role="group"
          aria-label="${visit.t('requests.bodies.response')}">${JSON.stringify(body, undefined, 2)}</pre>
      </details>`
      }`,
    'status',
  );
}
