import type { BulkRow } from '../../bulk/people-job.ts';
import type { PeopleJobView, PeopleJobWish } from '../../bulk/people-job-view.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { cardTable } from '../card-table.ts';
import { outcomeTable } from '../outcome-table.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import { icon, type IconName } from '../visit/icons.ts';
import { faultBox, noticeBox, stateChip, textField, type Tone } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { isDangerous } from '../people/bulk-choice.ts';

/** How the states of a job look. */
export const jobTones: Readonly<Record<PeopleJobView['state'], readonly [Tone, IconName]>> = {
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

const outcomes = ['planned', 'done', 'refused', 'unsure', 'undone', 'left'] as const;
const wishes: readonly PeopleJobWish[] = ['pause', 'resume', 'cancel', 'undo'];

/** One action on many people: its plan and the button that approves it, how far it is, what came of it. */
export function bulkJob(visit: Visit, view: PeopleJobView, refused?: string): ConsoleAnswer {
  const { id, action, state, reason, query, actions, approvedBy, createdBy, createdAt } = view;
  const what = visit.t(`bulk.kinds.${action}`);
  return {
    title: view.total === 0 ? what : visit.t('bulk.jobTitle', { what, count: visit.number(view.total) }),
    lead: html`${stateChip(...jobTones[state], visit.t(`bulk.states.${state}`))} ${visit.t(`bulk.about.${state}`)}`,
    crumbs: [
      { href: visit.href('/people'), text: visit.t('people.title') },
      { href: visit.href('/people/bulk'), text: visit.t('bulk.title') },
    ],
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
      ${reason !== undefined && noticeBox('late', html`<p lang="en">${reason}</p>`)} ${progress(visit, view)}
      <div class="row">
        ${wishes.map(
          (wish) =>
            actions.includes(wish)
            && visit.form(
              `/people/bulk/${id}/${wish}`,
              html`<button class="${wish === 'cancel' || wish === 'undo' ? 'danger' : 'quiet'}">${visit.t(
                `bulk.wishes.${wish === 'cancel' && state === 'planned' ? 'drop' : wish}`,
              )}</button>`,
            ),
        )}
      </div>
      <div class="${actions.includes('run') && 'main-aside'}">
        <div>${planOf(visit, view)} ${peopleOf(visit, view)}</div>
        ${actions.includes('run') && html`<div>${runForm(visit, view)}</div>`}
      </div>
      <dl class="pairs spaced">
        <dt>${visit.t('bulk.heads.by')}</dt><dd><bdi>${createdBy}</bdi>, ${visit.date(createdAt)}</dd>
        ${
          approvedBy !== undefined
          && html`<dt>${visit.t('bulk.approvedBy')}</dt><dd><bdi>${approvedBy}</bdi>${
            view.startedAt !== undefined && html`, ${visit.date(view.startedAt)}`
          }</dd>`
        }
        ${
          query !== undefined
          && html`<dt>${visit.t('bulk.filter')}</dt><dd><a
          href="${visit.href(
            '/people',
            query as Record<string, string>,
          )}">${filterText(visit, query as Record<string, string>)}</a></dd>`
        }
        <dt>${visit.t('bulk.undoable')}</dt>
        <dd>${undoText(visit, view)}</dd>
      </dl>`,
  };
}

function progress(visit: Visit, { id, state, progress: at }: PeopleJobView): Html {
  const isBusy = ['planning', 'running', 'undoing'].includes(state);
  return html`<div id="progress"${isBusy && html` data-live="2"`}>
    ${
      at !== undefined
      && html`<p><progress${at.total !== undefined && html` value="${at.done}"`} max="${Math.max(1, at.total ?? 1)}"
        aria-label="${visit.t('bulk.progress')}"></progress>
      <span class="small soft">${
        at.total === undefined ? visit.number(at.done) : visit.say('bulk.of', { done: at.done, total: at.total })
      }
      ${isBusy && html`<a href="${visit.href(`/people/bulk/${id}`)}">${visit.t('bulk.refresh')}</a>`}</span></p>`
    }
    ${
      isBusy
      && at === undefined
      && html`<p><a
      href="${visit.href(`/people/bulk/${id}`)}">${visit.t('bulk.refresh')}</a></p>`
    }
  </div>`;
}

function planOf(visit: Visit, { state, counts, effects, messages, action }: PeopleJobView): Html | false {
  if (state === 'planning') return false;
  const shown = outcomes.filter((outcome) => counts[outcome] > 0);
  return html`<section aria-labelledby="plan">
    <h2 id="plan">${visit.t(state === 'planned' ? 'bulk.planTitle' : 'bulk.result')}</h2>
    <p>${visit.t(`bulk.texts.${action}`)}</p>
    ${outcomeTable(
      visit,
      { words: 'bulk', caption: visit.t('bulk.result'), counted: visit.t('bulk.heads.people') },
      shown,
      counts,
    )}
    ${
      state === 'planned'
      && html`<ul class="marks spaced">
        ${Object.entries(effects).map(
          ([effect, count]) =>
            html`<li>${icon('onward')}<span>${visit.t(`people.effects.${effect}`)} <span
              class="soft">${visit.say('bulk.ofPeople', { count })}</span></span></li>`,
        )}
        <li>${icon(messages === 0 ? 'none' : 'deliveries')}<span>${
          messages === 0 ? visit.t('people.plan.noMessage') : visit.say('bulk.messages', { count: messages })
        }</span></li>
      </ul>`
    }
  </section>`;
}

function peopleOf(visit: Visit, { people, others }: PeopleJobView): Html {
  const part = (name: string, rows: readonly BulkRow[], why: boolean): Html | false =>
    rows.length > 0
    && html`<section aria-labelledby="${name}">
      <h2 id="${name}">${visit.t(`bulk.${name}`)}</h2>
      ${cardTable({
        caption: visit.t(`bulk.${name}`),
        columns: [
          { head: visit.t('people.person') },
          { head: visit.t('bulk.outcome') },
          ...(why ? [{ head: visit.t('bulk.why') }] : []),
        ],
        rows: rows.map(({ id, name: person, state, reason }) => [
          html`<a href="${visit.href(`/people/${id}`)}"><bdi>${person === '' ? id : person}</bdi></a>`,
          visit.t(`bulk.outcomes.${state}`),
          ...(why ? [html`<bdi lang="en">${reason}</bdi>`] : []),
        ]),
      })}
    </section>`;
  return html`${part('others', others, true)} ${part('first', people, false)}`;
}

function runForm(visit: Visit, { id, action, counts }: PeopleJobView): Html {
  const isAsked = isDangerous(action);
  return visit.form(
    `/people/bulk/${id}/run`,
    html`<h2>${visit.t(`bulk.kinds.${action}`)}</h2>
      <p>${visit.say('bulk.runText', { count: counts.planned })}</p>
      ${
        isAsked
        && textField({
          name: 'people',
          label: visit.t('bulk.typeCount'),
          hint: visit.say('bulk.typeCountHint', { count: counts.planned }),
          inputmode: 'numeric',
        })
      }
      <button${isAsked && html` class="danger"`}>${visit.t('bulk.run', { count: counts.planned })}</button>`,
    { className: 'box stay stack', ...(isAsked ? {} : { hidden: { people: String(counts.planned) } }) },
  );
}

function filterText(visit: Visit, query: Readonly<Record<string, string>>): string {
  const parts = Object.entries(query).map(([name, value]) =>
    name === 'state' ? visit.t(`states.${value}`) : `${visit.t(`people.fields.${name}`)}: ${value}`,
  );
  return parts.length === 0 ? visit.t('people.everybody') : parts.join(', ');
}

function undoText(visit: Visit, { canBeUndone, undoUntil, action }: PeopleJobView): Html | string {
  if (!canBeUndone) return visit.t('bulk.cannotUndo');
  if (undoUntil !== undefined) return visit.say('bulk.undoUntil', { date: visit.date(undoUntil) });
  return visit.t(action === 'invite' ? 'bulk.undoInvite' : 'bulk.canUndo');
}
