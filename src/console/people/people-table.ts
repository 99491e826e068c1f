import { html, type Html } from '../../page-kit/html.ts';
import type { PersonRow } from '../../operations/people/person-row.ts';
import { icon } from '../visit/icons.ts';
import type { Visit } from '../visit/visit.ts';
import { bulkBar, mayBulk } from './bulk-choice.ts';
import type { Filters } from './people-filters.ts';
import type { PeopleView } from './people-view.ts';
import { hindranceText, lastEventText, nameOf, personState } from './person-parts.ts';

/** The people of a page, with boxes to tick where the reader may do something to many. */
export function peopleTable(visit: Visit, filters: Filters, list: PeopleView, shown: readonly string[]): Html {
  if (list.people.length === 0)
    return html`<div class="empty"><h2>${visit.t('people.nobody')}</h2><p>${visit.t('people.nobodyHint')}</p></div>`;
  const picks = mayBulk(visit);
  const rows = html`<div class="scroll free" tabindex="0" role="group" aria-label="${visit.t('people.title')}">
    <table class="cards long" role="table">
      <caption class="unseen">${visit.t('people.caption', {
        count: list.people.length,
        total: list.totalResults,
      })}</caption>
      <thead role="rowgroup">
        <tr role="row">
          ${
            picks
            && html`<th role="columnheader" scope="col" class="pick"><span
            class="unseen">${visit.t('people.choose')}</span></th>`
          }
          <th role="columnheader" scope="col" class="name">${visit.t('people.person')}</th>
          ${shown.map(
            (column) => html`<th role="columnheader"
            scope="col">${visit.t(`people.columns.${column}`)}</th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${list.people.map((person) => rowOf(visit, person, shown, picks))}
      </tbody>
    </table>
  </div>`;
  const pages = html`<nav class="pages" aria-label="${visit.t('people.pages')}">
    ${
      list.newer !== undefined
      && html`<a class="button quiet low"
      href="${visit.href('/people', { ...filters, cursor: list.newer })}">${icon('back')}${visit.t('people.newer')}</a>`
    }
    ${
      list.older !== undefined
      && html`<a class="button quiet low"
      href="${visit.href('/people', {
        ...filters,
        cursor: list.older,
      })}">${visit.t('people.older')}${icon('onward')}</a>`
    }
  </nav>`;
  if (!picks) return html`${rows} ${pages}`;
  return html`${visit.form('/people/bulk', html`${rows} ${bulkBar(visit, list.totalResults)}`, {
    className: 'bulk-form',
    hidden: { query: new URLSearchParams(filters).toString() },
  })}
  ${pages}`;
}

function rowOf(visit: Visit, person: PersonRow, shown: readonly string[], picks: boolean): Html {
  const name = nameOf(person);
  return html`<tr role="row">
    ${
      picks
      && html`<td role="cell" class="pick"><input type="checkbox" name="id" value="${person.id}"
      aria-label="${name}"></td>`
    }
    <th role="rowheader" scope="row">
      <a href="${visit.href(`/people/${person.id}`)}"><bdi>${name}</bdi></a><span
        class="soft"><bdi>${person.mail ?? person.userName}</bdi></span>
    </th>
    ${shown.map((column) => cellOf(visit, person, column))}
  </tr>`;
}

function cellOf(visit: Visit, person: PersonRow, column: string): Html {
  const labelled = (content: Html | false): Html =>
    html`<td role="cell"${
      content !== false && html` data-label="${visit.t(`people.columns.${column}`)}"`
    }>${content !== false && html`<span>${content}</span>`}</td>`;
  switch (column) {
    case 'state':
      return html`<td role="cell" class="now">${personState(visit, person)}</td>`;
    case 'event':
      return html`<td role="cell" class="event">${eventOf(visit, person)}<span
        class="soft">${visit.ago(person.lastEvent.at)}</span></td>`;
    case 'source':
      return labelled(person.source !== undefined && html`<bdi>${person.source}</bdi>`);
    case 'groups':
      return labelled(
        person.groups.length > 0
          && html`${person.groups.map(
            ({ id, displayName }, at) => html`${at > 0 && ', '}<a
            href="${visit.href(`/groups/${id}`)}"><bdi>${displayName ?? id}</bdi></a>`,
          )}`,
      );
    case 'invited':
      return labelled(
        person.invitedAt !== undefined
          && html`${visit.date(person.invitedAt)}${
            typeof person.expiresAt === 'string'
            && html`<span
            class="soft">${visit.say('people.ends', { date: visit.date(person.expiresAt) })}</span>`
          }`,
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
