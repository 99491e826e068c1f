import { html, type Html } from '../../page-kit/html.ts';
import type { PersonRow } from '../../operations/people/person-row.ts';
import { stateOf } from '../states.ts';
import type { Visit } from '../visit/visit.ts';

/** Of a person what their name is made of. */
export type Named = Pick<PersonRow, 'userName' | 'displayName'>;

/** What a person is called; a name in a script of its own does not disturb the line. */
export function nameOf({ displayName, userName }: Named): string {
  return displayName ?? userName;
}

/** The state of a person, and that they are locked out or switched off where they are. */
export function personState(visit: Visit, { status, hindrance, active, lockedOut }: PersonRow): Html {
  const shown = status === 'none' && hindrance === undefined ? 'hasPassword' : status;
  return html`${stateOf(visit, active ? shown : 'deactivated')}${lockedOut && html` ${stateOf(visit, 'locked')}`}`;
}

/** Why a person has not signed in yet, in a sentence. */
export function hindranceText(visit: Visit, hindrance: string | undefined): string {
  return hindrance === undefined ? '' : visit.t(`people.hindrances.${hindrance}`);
}

/** The last thing that happened to a person's key. */
export function lastEventText(visit: Visit, { what, verdict, template }: PersonRow['lastEvent']): string {
  const key = `people.events.${what}`;
  const own = verdict === undefined ? key : `${key}_${verdict}`;
  const text = visit.knows(own) ? visit.t(own) : visit.knows(key) ? visit.t(key) : what;
  return template === undefined ? text : `${templateName(visit, template)}: ${text}`;
}

/** What a message is called. */
export function templateName(visit: Visit, template: string): string {
  const key = `people.templates.${template}`;
  return visit.knows(key) ? visit.t(key) : template;
}

/** What a mail server or a gateway answered, as it came; of our own answers the words. */
export function replyText(visit: Visit, reply: string): Html {
  if (reply === 'captured, not sent') return html`${visit.t('people.captured')}`;
  return isFromServer(reply)
    ? html`<code dir="ltr"><bdi>${reply}</bdi></code>`
    : html`<span lang="en"><bdi>${reply}</bdi></span>`;
}

/** Whether a text is what another system said: it begins with a status. Our own reasons are sentences. */
export function isFromServer(reply: string): boolean {
  return /^(?:\d{3}\b|HTTP \d|\d\.\d{1,3}\.\d)/.test(reply);
}
