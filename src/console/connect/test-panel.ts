import { html, type Html } from '../../page-kit/html.ts';
import type { RequestLogEntry } from '../../domain/request-log.ts';
import { prose, stateChip } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

const shown = 12;
const lookedAt = 50;

/** Outcomes of calls that were turned away before anybody knew who called. */
const strangers = ['unknownToken', 'noCredentials', 'malformedCredentials', 'notServed', 'endedToken', 'suspended'];

/**
 * What arrives of a client, and what was made of it: kept up to date by the script, and by reloading without. Wrong
 * tokens and wrong paths of callers that are not known are shown too.
 * @param source the address that the part is fetched from
 */
export async function testPanel(
  visit: Visit,
  client: { readonly id: string; readonly name: string; readonly createdAt: string },
  source: string,
): Promise<Html> {
  const query = { count: lookedAt, since: client.createdAt };
  const { requests } = await visit.call<{ readonly requests: readonly RequestLogEntry[] }>('listRequests', { query });
  return panelPart(visit, client.id, requests, source);
}

/** The panel itself, of these calls: those of the client, and of callers that are not known. */
export function panelPart(visit: Visit, client: string, calls: readonly RequestLogEntry[], source: string): Html {
  const ours = calls
    .filter((entry) => entry.client?.id === client || (entry.client === undefined && isStranger(entry)))
    .slice(0, shown);
  const isGreen = ours.some((entry) => entry.client?.id === client && entry.status < 400);
  return html`<section aria-labelledby="panel" id="panel-part" data-live="3" data-src="${source}">
    <div class="bar">
      <h2 id="panel">${visit.t('connect.panel.title')}</h2>
      <p role="status">${
        isGreen
          ? stateChip('done', 'tick', visit.t('connect.panel.green'))
          : stateChip('wait', 'queued', visit.t('connect.panel.waiting'))
      }</p>
    </div>
    ${ours.length === 0 && html`<p class="soft">${visit.t('connect.panel.empty')}</p>`}
    ${ours.length > 0 && html`<ol class="time">${ours.map((entry) => line(visit, entry))}</ol>`}
    <p class="row"><a class="button quiet low" href="${source}">${visit.t('connect.panel.reload')}</a></p>
  </section>`;
}

function isStranger({ outcome, status }: RequestLogEntry): boolean {
  return outcome !== undefined && (strangers.includes(outcome) || status === 401);
}

function line(visit: Visit, entry: RequestLogEntry): Html {
  const {
    at,
    method,
    path,
    query,
    status,
    detail,
    outcome,
    rules = [],
    operations = [],
    dropped = [],
    tokenEnd,
  } = entry;
  const isWell = status < 400;
  const applied = operations.filter((one) => one.outcome === 'applied').length;
  const already = operations.filter((one) => one.outcome === 'alreadyTrue').length;
  const facts = [
    ...(rules.length === 0 ? [] : [visit.t('connect.panel.rules', { rules: rules.join(', ') })]),
    ...(operations.length === 0 ? [] : [visit.t('connect.panel.operations', { applied, already })]),
    ...(dropped.length === 0 ? [] : [visit.t('connect.panel.dropped', { names: dropped.join(', ') })]),
    ...(tokenEnd === undefined ? [] : [visit.t('connect.panel.tokenEnd', { end: tokenEnd })]),
  ];
  const sentence = meaning(visit, entry);
  return html`<li data-tone="${isWell ? 'done' : 'stop'}">
    <span class="dot">${isWell ? stateChip('done', 'tick', '') : stateChip('stop', 'cross', '')}</span>
    <div>
      <p><strong>${sentence}</strong> <span class="soft small">${visit.ago(at)}</span></p>
      ${
        path !== ''
        && html`<p class="small"><code
        dir="ltr">${method} ${path}${query !== undefined && `?${decoded(query)}`}</code> · ${status}</p>`
      }
      ${
        !isWell
        && path !== ''
        && (detail ?? outcome) !== undefined
        && html`<p class="small" lang="en">${prose(detail ?? outcome ?? '')}</p>`
      }
      ${facts.map((fact) => html`<p class="soft small">${fact}</p>`)}
    </div>
  </li>`;
}

/** What a call meant, in one sentence. */
function meaning(visit: Visit, { method, path, status, outcome }: RequestLogEntry): string {
  if (outcome === 'notServed') return visit.t('connect.panel.meaning.wrongPath');
  if (status === 401) return visit.t('connect.panel.meaning.wrongToken');
  if (status >= 400) return visit.t('connect.panel.meaning.refused');
  const kind = /^\/(users|groups)/i.exec(path)?.[1]?.toLowerCase();
  const name = kind === undefined ? 'discovery' : `${kind}${method}`;
  const key = `connect.panel.meaning.${name}`;
  return visit.knows(key) ? visit.t(key) : visit.t('connect.panel.meaning.other');
}

function decoded(query: string): string {
  try {
    return decodeURIComponent(query.replaceAll('+', ' ')).slice(0, 200);
  } catch {
    return query.slice(0, 200);
  }
}
