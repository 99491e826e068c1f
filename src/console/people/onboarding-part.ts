import type { DeliveryView } from '../../operations/messages/delivery-view.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { icon } from '../visit/icons.ts';
import { lookOf } from '../states.ts';
import type { Visit } from '../visit/visit.ts';
import { replyText, templateName } from './person-parts.ts';
import type { PersonView } from './person-view.ts';

/** What happened to a person's key, from the first day on, and what is still to come. */
export function onboardingPart(visit: Visit, person: PersonView): Html {
  const lines: { what: string; at: string; text: Html; more?: Html | false }[] = [
    {
      what: 'created',
      at: person.createdAt,
      text:
        person.source === undefined
          ? visit.say('people.events.created')
          : visit.say('people.createdBy', { name: person.source }),
    },
    ...person.deliveries.map((line) => ({
      what: line.state,
      at: momentOf(line),
      text: html`${templateName(visit, line.template)}: ${lineText(visit, line)}`,
      more: line.reply !== undefined && replyText(visit, line.reply),
    })),
    ...(person.passwordChangedAt === undefined
      ? []
      : [
          {
            what: 'passwordSet',
            at: person.passwordChangedAt,
            text: visit.say(`people.events.${isGiven(person) ? 'passwordGiven' : 'passwordSet'}`),
          },
        ]),
    ...(person.lastSignInAt === undefined
      ? []
      : [{ what: 'signedIn', at: person.lastSignInAt, text: visit.say('people.events.signedIn') }]),
  ].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const isIn = person.status === 'active' || person.lastSignInAt !== undefined;
  const next = person.hasPassword ? (person.forcePasswordReset ? 'ownPassword' : 'signedIn') : 'passwordSet';
  return html`<section id="onboarding" aria-labelledby="h-onboarding">
    <h2 id="h-onboarding">${visit.t('people.parts.onboarding')}</h2>
    <ol class="time">
      ${lines.map(({ what, at, text, more }) => {
        const [tone, picture] = lookOf(what);
        return html`<li data-tone="${tone}">
          <span class="dot">${icon(picture)}</span>
          <div>
            <div class="bar"><p><strong>${text}</strong></p><span class="soft small">${visit.date(at)}</span></div>
            ${more !== undefined && more !== false && html`<p class="soft small">${more}</p>`}
          </div>
        </li>`;
      })}
      ${
        !isIn
        && html`<li data-tone="wait" class="todo">
        <span class="dot">${icon('key')}</span>
        <div><div class="bar"><p><strong>${visit.t(`people.events.${next}`)}</strong></p><span
          class="soft small">${visit.t('people.notYet')}</span></div></div>
      </li>`
      }
    </ol>
  </section>`;
}

function lineText(visit: Visit, { state, verdict, count }: DeliveryView): Html {
  const own = verdict === undefined ? state : `${state}_${verdict}`;
  const key = visit.knows(`people.events.${own}`) ? `people.events.${own}` : `people.events.${state}`;
  const text = visit.knows(key) ? visit.t(key) : state;
  return count === undefined ? html`${text}` : html`${text} (${visit.say('people.times', { count })})`;
}

/** When a line happened; of what is still to go out, when it goes at the earliest. */
function momentOf({ state, lastAt, endedAt, createdAt, notBefore }: DeliveryView): string {
  if ((state === 'queued' || state === 'held') && notBefore !== undefined && notBefore > createdAt) return notBefore;
  return lastAt ?? endedAt ?? createdAt;
}

/** Whether the password is one that somebody else has set, and that the person has not taken over yet. */
function isGiven({ status, hasPassword, forcePasswordReset, lastSignInAt }: PersonView): boolean {
  return hasPassword && lastSignInAt === undefined && (forcePasswordReset || status === 'none');
}
