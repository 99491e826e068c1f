import { html, type Html } from '../../page-kit/html.ts';
import type { ImportView } from '../../imports/batch/import-view.ts';
import { cardTable, type Column } from '../card-table.ts';
import { outcomeTable } from '../outcome-table.ts';
import type { IconName } from '../visit/icons.ts';
import { checkField, type Tone } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** How the states of an import look. */
export const tones: Readonly<Record<string, readonly [Tone, IconName]>> = {
  reading: ['way', 'queued'],
  planning: ['way', 'queued'],
  planned: ['wait', 'held'],
  running: ['way', 'retrying'],
  paused: ['late', 'held'],
  done: ['done', 'tick'],
  cancelled: ['wait', 'cross'],
  failed: ['stop', 'failed'],
  undoing: ['way', 'retrying'],
  undone: ['wait', 'back'],
};

const outcomes = ['created', 'changed', 'unchanged', 'refused', 'deactivated'] as const;

/** The plan of the file: its changes, its people, the messages that would go; and the form that runs it. */
export function planOf(visit: Visit, view: ImportView): Html | false {
  const { plan, counts, people, mails, missing, state } = view;
  if (plan === undefined) return false;
  const isPlanned = state === 'planned';
  return html`<div class="${isPlanned && 'main-aside'}">
    <div>
      <section aria-labelledby="counts">
        <h2 id="counts">${visit.t(isPlanned ? 'imports.plan' : 'imports.result')}</h2>
        ${outcomeTable(
          visit,
          { words: 'imports', caption: visit.t('imports.plan'), counted: visit.t('imports.rows') },
          outcomes,
          counts,
        )}
      </section>
      ${refusals(visit, view)}
      ${
        people.length > 0
        && isPlanned
        && html`<section aria-labelledby="people">
        <h2 id="people">${visit.t('imports.people')}</h2>
        ${cardTable({
          caption: visit.t('imports.people'),
          columns: heads(visit, ['line', 'person', 'what', 'changes']),
          rowHead: 1,
          rows: people.slice(0, 10).map(({ line, userName, kind, id, changes }) => [
            visit.number(line),
            id === undefined
              ? html`<bdi>${userName}</bdi>`
              : html`<a href="${visit.href(`/people/${id}`)}"><bdi>${userName}</bdi></a>`,
            visit.t(`imports.outcomes.${kind}`),
            html`${changes.slice(0, 6).map(
              ({ path, before, after }) => html`<span class="soft"><code
              dir="ltr">${path}</code> ${before !== undefined && html`<del><bdi>${shown(before)}</bdi></del>`}
                <ins><bdi>${shown(after)}</bdi></ins></span>`,
            )}`,
          ]),
        })}
      </section>`
      }
      ${
        missing.length > 0
        && isPlanned
        && html`<section aria-labelledby="missing">
        <h2 id="missing">${visit.t('imports.missing')}</h2>
        <ul class="marks">${missing.slice(0, 50).map(
          ({ id, userName, displayName }) => html`<li><a
          href="${visit.href(`/people/${id}`)}"><bdi>${displayName ?? userName}</bdi></a></li>`,
        )}</ul>
      </section>`
      }
      ${
        mails.length > 0
        && isPlanned
        && html`<section aria-labelledby="mails">
        <h2 id="mails">${visit.say('imports.mails', { count: plan.mails.count })}</h2>
        ${cardTable({
          caption: visit.t('imports.mails', { count: plan.mails.count }),
          columns: heads(visit, ['line', 'message', 'to', 'when']),
          rowHead: 1,
          rows: mails
            .slice(0, 10)
            .map(({ line, template, to, at, reason }) => [
              visit.number(line),
              visit.knows(`people.templates.${template}`) ? visit.t(`people.templates.${template}`) : template,
              to !== undefined && html`<bdi>${to}</bdi>`,
              html`${visit.date(at)}${reason !== undefined && html`<span class="soft">${reason}</span>`}`,
            ]),
        })}
      </section>`
      }
    </div>
    ${isPlanned && visit.may('runImport') && !isVoid(view) && html`<div>${runForm(visit, view)}</div>`}
  </div>`;
}

/** A plan that would write nothing is not run. */
function isVoid({ counts }: ImportView): boolean {
  return counts.created + counts.changed + counts.deactivated === 0;
}

function runForm(visit: Visit, { id, plan, options, questions, counts }: ImportView): Html {
  const deactivate = questions.find(({ name }) => name === 'deactivate');
  return visit.form(
    `/imports/${id}/run`,
    html`<h2>${visit.t('imports.run')}</h2>
      ${checkField(
        'invite',
        visit.t('imports.fields.invite'),
        options.invite ?? true,
        visit.say('imports.fields.inviteHint', { count: counts.created }),
      )}
      ${checkField(
        'canary',
        visit.t('imports.fields.canary'),
        counts.created > 40,
        visit.t('imports.fields.canaryHint'),
      )}
      ${checkField(
        'webhooks',
        visit.t('imports.fields.webhooks'),
        options.webhooks,
        visit.t('imports.fields.webhooksHint'),
      )}
      ${
        deactivate !== undefined
        && html`<div class="field">
        <label for="deactivate">${visit.t('imports.fields.deactivate')}</label>
        <p class="hint" id="deactivate-hint">${deactivate.text}</p>
        <input id="deactivate" name="deactivate" inputmode="numeric" autocomplete="off" required
          aria-describedby="deactivate-hint" />
      </div>`
      }
      <button>${visit.t('imports.runIt')}</button>
      <p class="hint">${visit.t('imports.runHint')}</p>`,
    { className: 'box stay stack', hidden: { plan: plan?.hash ?? '' } },
  );
}

function refusals(visit: Visit, { id, refusals: refused, counts }: ImportView): Html | false {
  if (refused.length === 0) return false;
  return html`<section aria-labelledby="refused">
    <div class="bar">
      <h2 id="refused">${visit.t('imports.outcomes.refused')}</h2>
      <p><a href="${visit.href(`/imports/${id}/errors.csv`)}">${visit.say('imports.errorsFile', {
        count: counts.refused,
      })}</a></p>
    </div>
    ${cardTable({
      caption: visit.t('imports.outcomes.refused'),
      columns: heads(visit, ['line', 'person', 'why']),
      rowHead: 1,
      rows: refused
        .slice(0, 50)
        .map(({ line, userName, reason }) => [
          visit.number(line),
          html`<bdi>${userName ?? visit.t('imports.nameless')}</bdi>`,
          html`<bdi lang="en">${reason}</bdi>`,
        ]),
    })}
  </section>`;
}

/** What an undo came to, and until when there can be one. */
export function resultOf(visit: Visit, { undone, undoUntil, actions }: ImportView): Html | false {
  if (undone !== undefined)
    return html`<section aria-labelledby="undone">
      <h2 id="undone">${visit.t('imports.states.undone')}</h2>
      <p>${visit.say('imports.undone', {
        removed: undone.removed,
        restored: undone.restored,
        deactivated: undone.deactivated,
        left: undone.left,
      })}</p>
    </section>`;
  return (
    undoUntil !== undefined
    && actions.includes('undo')
    && html`<p class="soft small">${visit.say('imports.undoUntil', { date: visit.date(undoUntil) })}</p>`
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function heads(visit: Visit, names: readonly string[]): readonly Column[] {
  return names.map((name) => ({ head: visit.t(`imports.heads.${name}`) }));
}
