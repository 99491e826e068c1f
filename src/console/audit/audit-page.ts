import type { VerificationView } from '../../history/verify/audit-verification.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { cardTable } from '../card-table.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon } from '../visit/icons.ts';
import { copyField, noticeBox } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { auditEventPage } from './audit-event-page.ts';
import { type AuditEventView, changesList, targetOf, whatOf, whoOf } from './audit-parts.ts';

type ListView = {
  readonly events: readonly AuditEventView[];
  readonly totalResults: number;
  readonly filter?: string;
  readonly older?: string;
  readonly newer?: string;
};

const filterNames = ['about', 'type', 'outcome', 'request', 'since', 'until'] as const;
const rules = { section: 'audit', operations: ['listAuditEvents', 'getAuditVerification'] } as const;

/**
 * `/console/audit`: what happened, who did it, what was before and after; and the proof that none of it was altered.
 */
export function auditPage(site: ConsoleSite): void {
  site.page('/audit', rules, page);
  site.act('/audit/verify', { section: 'audit', operations: ['verifyAudit'] }, async (visit) => {
    await visit.call('verifyAudit');
    return visit.goOn('/audit');
  });
  site.page('/audit/export.jsonl', { section: 'audit', operations: ['exportAudit'] }, (visit) =>
    visit.file('exportAudit'),
  );
  auditEventPage(site);
}

async function page(visit: Visit): Promise<ConsoleAnswer> {
  const filters = Object.fromEntries(
    filterNames.map((name) => [name, visit.query(name)] as const).filter(([, value]) => value !== ''),
  );
  const [listed, verification] = await Promise.all([
    visit.attempt<ListView>('listAuditEvents', { query: { ...filters, count: 25, cursor: visit.query('cursor') } }),
    visit.call<VerificationView>('getAuditVerification'),
  ]);
  const list: ListView = 'refused' in listed ? { events: [], totalResults: 0 } : listed.view;
  return {
    title: visit.t('audit.title'),
    lead: visit.say('audit.lead', { count: list.totalResults }),
    status: 'refused' in listed ? 422 : 200,
    deed: html`<div class="row">
      ${
        visit.may('exportAudit')
        && html`<a class="button quiet" href="${visit.href('/audit/export.jsonl')}">${visit.t('audit.export')}</a>`
      }
      ${
        visit.may('verifyAudit')
        && visit.form('/audit/verify', html`<button class="quiet">${visit.t('audit.verify')}</button>`)
      }
    </div>`,
    body: html`${proof(visit, verification)}
      ${'refused' in listed && noticeBox('late', html`<p lang="en">${listed.refused}</p>`)}
      ${findForm(visit, filters)}
      ${list.filter !== undefined && copyField(visit, list.filter, visit.t('people.scim'))}
      ${list.events.length === 0 ? html`<div class="empty"><p>${visit.t('audit.none')}</p></div>` : table(visit, list)}
      <nav class="pages" aria-label="${visit.t('audit.pages')}">
        ${
          list.newer !== undefined
          && html`<a class="button quiet low"
          href="${visit.href('/audit', {
            ...filters,
            cursor: list.newer,
          })}">${icon('back')}${visit.t('people.newer')}</a>`
        }
        ${
          list.older !== undefined
          && html`<a class="button quiet low"
          href="${visit.href('/audit', {
            ...filters,
            cursor: list.older,
          })}">${visit.t('people.older')}${icon('onward')}</a>`
        }
      </nav>`,
  };
}

function proof(visit: Visit, { state, entries, total, endedAt, faults }: VerificationView): Html {
  const isRunning = state === 'running';
  return html`<div id="verification"${isRunning && html` data-live="2"`}>
    ${
      isRunning
      && html`<p><progress value="${entries}" max="${Math.max(1, total)}"
        aria-label="${visit.t('audit.verify')}"></progress>
        <span class="small soft">${visit.say('bulk.of', { done: entries, total })} <a
          href="${visit.href('/audit')}">${visit.t('bulk.refresh')}</a></span></p>`
    }
    ${
      state === 'intact'
      && noticeBox(
        'done',
        html`<p>${visit.say('audit.intact', { count: entries, date: visit.date(endedAt ?? '') })}</p>`,
      )
    }
    ${
      state === 'broken'
      && noticeBox(
        'stop',
        html`<p><strong>${visit.t('audit.broken')}</strong></p>
          <ul lang="en">${faults.map((fault) => html`<li>${fault}</li>`)}</ul>`,
        'alert',
      )
    }
    ${state === 'failed' && noticeBox('late', html`<p>${visit.t('audit.failed')}</p>`)}
  </div>`;
}

function findForm(visit: Visit, filters: Readonly<Record<string, string>>): Html {
  const field = (name: string, type = 'search'): Html => html`<div class="field">
    <label for="${name}">${visit.t(`audit.fields.${name}`)}</label>
    <input id="${name}" name="${name}" type="${type}" value="${filters[name] ?? ''}" autocomplete="off" dir="auto" />
  </div>`;
  return html`<form action="${visit.href('/audit')}" role="search" class="filters">
    ${field('about')} ${field('type')}
    <div class="field">
      <label for="outcome">${visit.t('audit.fields.outcome')}</label>
      <select id="outcome" name="outcome">
        ${['', 'done', 'refused', 'held'].map(
          (value) => html`<option
          value="${value}"${value === (filters['outcome'] ?? '') && html` selected`}>${visit.t(
            `audit.outcomes.${value === '' ? 'all' : value}`,
          )}</option>`,
        )}
      </select>
    </div>
    ${field('since', 'date')} ${field('until', 'date')}
    ${filters['request'] !== undefined && html`<input type="hidden" name="request" value="${filters['request']}">`}
    <button class="quiet">${icon('search')}${visit.t('people.find')}</button>
  </form>`;
}

function table(visit: Visit, { events }: ListView): Html {
  return cardTable({
    caption: visit.t('audit.title'),
    brief: true,
    columns: ['what', 'who', 'target', 'changes', 'when'].map((head) => ({ head: visit.t(`audit.heads.${head}`) })),
    rows: events.map((event) => [
      html`<a href="${visit.href(`/audit/${encodeURIComponent(event.id)}`)}">${whatOf(visit, event)}</a>`,
      whoOf(visit, event),
      targetOf(visit, event),
      changesOf(visit, event),
      html`${visit.date(event.at)}<span class="soft">${visit.say('audit.place', { seq: event.seq })}</span>`,
    ]),
  });
}

function changesOf(visit: Visit, { changes = [], reason }: AuditEventView): Html | false {
  if (reason === undefined && changes.length === 0) return false;
  return html`${reason !== undefined && html`<p lang="en"><bdi>${reason}</bdi></p>`}
  ${
    changes.length > 0
    && html`<details>
      <summary>${visit.say('audit.changes', { count: changes.length })}</summary>
      ${changesList(visit, changes)}
    </details>`
  }`;
}
