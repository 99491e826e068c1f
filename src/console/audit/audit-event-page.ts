import type { DeliveryView } from '../../operations/messages/delivery-view.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleSite } from '../console-site.ts';
import { stateOf } from '../states.ts';
import type { Visit } from '../visit/visit.ts';
import { type AuditEventView, changesList, targetOf, whatOf, whoOf } from './audit-parts.ts';

/** The answer of `getAuditEvent`. */
interface EventAnswer {
  readonly event: AuditEventView;
  readonly request?: {
    readonly id: string;
    readonly at: string;
    readonly client?: { readonly name: string };
    readonly method: string;
    readonly path: string;
    readonly status: number;
  };
  readonly deliveries: readonly DeliveryView[];
}

/** `/console/audit/{id}`: one event with what was before and after, the call behind it, the messages it led to. */
export function auditEventPage(site: ConsoleSite): void {
  site.page('/audit/:id', { section: 'audit', operations: ['getAuditEvent'] }, async (visit) => {
    const answer = await visit.call<EventAnswer>('getAuditEvent', { params: { id: visit.param('id') } });
    const { event } = answer;
    const { changes = [], reason } = event;
    return {
      title: visit.t('audit.oneTitle', { seq: event.seq }),
      lead: whatOf(visit, event),
      crumbs: [{ href: visit.href('/audit'), text: visit.t('audit.title') }],
      body: html`<div class="main-aside">
        <div>
          <section aria-labelledby="changes">
            <h2 id="changes">${visit.t('audit.heads.changes')}</h2>
            ${reason !== undefined && html`<p lang="en"><bdi>${reason}</bdi></p>`}
            ${
              changes.length === 0
                ? html`<p class="soft">${visit.t(event.erased === true ? 'audit.erasedText' : 'audit.noChanges')}</p>`
                : changesList(visit, changes)
            }
          </section>
          ${callPart(visit, answer)} ${messagesPart(visit, answer)}
        </div>
        <div>
          <section aria-labelledby="facts">
            <h2 id="facts">${visit.t('audit.facts')}</h2>
            <dl class="pairs">
              <dt>${visit.t('audit.heads.when')}</dt><dd>${visit.date(event.at)}</dd>
              <dt>${visit.t('audit.heads.who')}</dt><dd>${whoOf(visit, event)}</dd>
              <dt>${visit.t('audit.heads.target')}</dt><dd>${targetOf(visit, event)}</dd>
              <dt>id</dt><dd><code dir="ltr">${event.id}</code></dd>
            </dl>
          </section>
        </div>
      </div>`,
    };
  });
}

function callPart(visit: Visit, { request }: EventAnswer): Html | false {
  if (request === undefined) return false;
  const line = html`<code dir="ltr">${request.method} ${request.path}</code>`;
  return html`<section aria-labelledby="call">
    <h2 id="call">${visit.t('audit.call')}</h2>
    <p>${
      visit.may('getRequest')
        ? html`<a href="${visit.href(`/requests/${encodeURIComponent(request.id)}`)}">${line}</a>`
        : line
    } · ${String(request.status)} · ${visit.date(request.at)}${
      request.client !== undefined && html` · <bdi>${request.client.name}</bdi>`
    }</p>
  </section>`;
}

function messagesPart(visit: Visit, { deliveries }: EventAnswer): Html | false {
  if (deliveries.length === 0) return false;
  return html`<section aria-labelledby="messages">
    <h2 id="messages">${visit.t('audit.messages')}</h2>
    <ul class="marks">
      ${deliveries.map(({ id, template, state }) => {
        const key = `people.templates.${template}`;
        const name = visit.knows(key) ? visit.t(key) : template;
        const path = `/deliveries/${encodeURIComponent(id)}`;
        return html`<li>${stateOf(visit, state)} <a href="${visit.href(path)}">${name}</a></li>`;
      })}
    </ul>
  </section>`;
}
