import { html, type Html } from '../../page-kit/html.ts';
import { cardTable } from '../card-table.ts';
import type { ConsoleSite } from '../console-site.ts';
import { noticeBox, type Tone } from '../parts.ts';
import { stateOf } from '../states.ts';
import type { Visit } from '../visit/visit.ts';
import { messagePart } from './message-part.ts';
import { onboardingPart } from './onboarding-part.ts';
import { personActions } from './person-actions.ts';
import { hindranceText, isFromServer, replyText, templateName } from './person-parts.ts';
import type { PersonView } from './person-view.ts';
import { profilePart } from './profile-part.ts';

const parts = ['onboarding', 'deliveries', 'profile', 'groups', 'raw'] as const;

/** `/console/people/{id}`: one person. */
export function personPage(site: ConsoleSite): void {
  site.page('/people/:id', { section: 'people', operations: ['getUser', 'getDeliveryMessage'] }, async (visit) => {
    const person = await visit.call<PersonView>('getUser', { params: { id: visit.param('id') } });
    const name = person.user.displayName ?? person.user.userName;
    return {
      title: name,
      crumbs: [{ href: visit.href('/people'), text: visit.t('people.title') }],
      lead: html`<span class="row">${stateOf(visit, shownState(person))}
        ${person.lockedReason === 'failedAttempts' && stateOf(visit, 'locked')}
        <span class="soft"><bdi>${person.mail ?? person.user.userName}</bdi>${
          person.startDate !== undefined
          && html` ·
          ${visit.say('people.starts', { date: visit.day(person.startDate) })}`
        }</span></span>`,
      deed: deedsOf(visit, person),
      body: html`${whyNot(visit, person)}
        <nav class="jump" aria-label="${visit.t('people.onThisPage')}">
          ${parts.map((part) => html`<a href="#${part}">${visit.t(`people.parts.${part}`)}</a>`)}
          ${
            visit.may('listAuditEvents')
            && html`<a
            href="${visit.href('/audit', { about: person.user.id })}">${visit.t('people.audit')}</a>`
          }
        </nav>
        <div class="main-aside">
          <div>${onboardingPart(visit, person)} ${await deliveries(visit, person)} ${raw(visit, person)}</div>
          <div>${profilePart(visit, person)} ${groups(visit, person)} ${kept(visit, person)}</div>
        </div>`,
    };
  });
}

/** The state in the heading; who has been given a password and nothing else is not in none. */
function shownState({ user, status, hasPassword }: PersonView): string {
  if (!user.active) return 'deactivated';
  return status === 'none' && hasPassword ? 'hasPassword' : status;
}

function deedsOf(visit: Visit, person: PersonView): Html {
  const fitting = personActions.filter(
    ({ operation, fits, isPage }) => visit.may(operation) && isPage !== false && fits(person),
  );
  // Nothing reaches them before their address is corrected: that comes first.
  if (person.hindrance === 'noAddress' || person.hindrance === 'bounced')
    fitting.sort((one, other) => Number(other.id === 'address') - Number(one.id === 'address'));
  return html`<div class="row">
    ${fitting.map(
      ({ id, danger }, at) =>
        html`<a class="button${danger === true ? ' danger' : at > 0 && ' quiet'}"
          href="${visit.href(`/people/${person.user.id}/${id}`)}">${visit.t(`people.actions.${id}.name`)}</a>`,
    )}
  </div>`;
}

const urgent: Readonly<Record<string, Tone>> = {
  bounced: 'stop',
  noAddress: 'stop',
  deliveryFailed: 'stop',
  expired: 'late',
  tooManyWrongCodes: 'late',
  failedSignIns: 'late',
};

function whyNot(visit: Visit, person: PersonView): Html | false {
  const { hindrance, detail, invitation } = person;
  if (hindrance === undefined) return false;
  return noticeBox(
    urgent[hindrance] ?? 'way',
    html`<p>
      <strong>${visit.t('people.notIn')}</strong> ${hindranceText(visit, hindrance)}
      ${detail !== undefined && isSaidBeside(hindrance, detail) && replyText(visit, detail)}
      ${
        invitation !== undefined
        && invitation.wrongTries > 0
        && visit.say('people.wrongTries', { count: invitation.wrongTries })
      }
      ${
        typeof invitation?.expiresAt === 'string'
        && visit.say(invitation.state === 'expired' ? 'people.endedAt' : 'people.endsAt', {
          date: visit.date(invitation.expiresAt),
        })
      }
      ${person.startsAt !== undefined && visit.say('people.notBefore', { date: visit.date(person.startsAt) })}
      ${person.lockedUntil !== undefined && visit.say('people.lockedUntil', { date: visit.date(person.lockedUntil) })}
    </p>`,
  );
}

/** Whether a detail says more than the sentence before it: what a server said, or why the address cannot be used. */
function isSaidBeside(hindrance: string, detail: string): boolean {
  return hindrance !== 'noAddress' || isFromServer(detail) || detail.includes(':');
}

async function deliveries(visit: Visit, person: PersonView): Promise<Html> {
  const messages = person.deliveries.filter(({ id }) => !id.includes('.', id.indexOf('.') + 1));
  const chosen = visit.query('message') || messages.find(({ state }) => state === 'sent')?.id;
  return html`<section id="deliveries" aria-labelledby="h-deliveries">
    <h2 id="h-deliveries">${visit.t('people.parts.deliveries')}</h2>
    ${
      messages.length === 0
        ? html`<p class="soft">${visit.t('people.noMessages')}</p>`
        : cardTable({
            caption: visit.t('people.parts.deliveries'),
            columns: ['message', 'messageState', 'tries', 'answer'].map((head) => ({
              head: visit.t(`people.messageTable.${head}`),
            })),
            rows: messages.map(({ id, template, state, attempts, reply, createdAt, notBefore }) => [
              html`<a href="${visit.href(`/people/${person.user.id}`, {
                message: id,
              })}#message"${id === chosen && html` aria-current="true"`}>${templateName(visit, template)}</a>
              <span class="soft">${
                notBefore === undefined
                  ? visit.date(createdAt)
                  : visit.say('people.due', { date: visit.date(notBefore) })
              }</span>`,
              stateOf(visit, state),
              visit.number(attempts),
              reply === undefined
                ? html`<span class="soft">${visit.t('people.noAnswer')}</span>`
                : replyText(visit, reply),
            ]),
          })
    }
    ${chosen !== undefined && (await messagePart(visit, chosen))}
  </section>`;
}

function groups(visit: Visit, person: PersonView): Html {
  return html`<section id="groups" aria-labelledby="h-groups">
    <h2 id="h-groups">${visit.t('people.parts.groups')}</h2>
    ${
      person.groups.length === 0
        ? html`<p class="soft">${visit.t('people.noGroups')}</p>`
        : html`<table>
          <caption class="unseen">${visit.t('people.parts.groups')}</caption>
          <thead><tr><th scope="col">${visit.t('people.group')}</th><th
            scope="col">${visit.t('people.membership')}</th></tr></thead>
          <tbody>
            ${person.groups.map(
              ({ id, displayName, type }) => html`<tr>
                <th scope="row"><a href="${visit.href(`/groups/${id}`)}"><bdi>${displayName ?? id}</bdi></a></th>
                <td>${visit.t(`people.memberships.${type}`)}</td>
              </tr>`,
            )}
          </tbody>
        </table>`
    }
  </section>`;
}

/** All that is kept of the person: to take along, or to forget for good. */
function kept(visit: Visit, { user }: PersonView): Html | false {
  const mayExport = visit.may('listAuditEvents');
  if (!mayExport && !visit.may('eraseUser')) return false;
  return html`<section id="kept" aria-labelledby="h-kept">
    <h2 id="h-kept">${visit.t('people.kept.title')}</h2>
    <p class="soft small">${visit.t('people.kept.text')}</p>
    <p class="row">
      ${
        mayExport
        && html`<a class="button quiet low"
        href="${visit.href(`/people/${user.id}/export.jsonl`)}">${visit.t('people.kept.export')}</a>`
      }
      ${
        visit.may('eraseUser')
        && html`<a class="button danger low"
        href="${visit.href(`/people/${user.id}/erase`)}">${visit.t('people.erase.name')}</a>`
      }
    </p>
  </section>`;
}

function raw(visit: Visit, person: PersonView): Html {
  return html`<section id="raw" aria-labelledby="h-raw">
    <h2 id="h-raw">${visit.t('people.parts.raw')}</h2>
    <details>
      <summary>${visit.t('people.showRaw')}</summary>
      <pre dir="ltr" tabindex="0" role="group"
        aria-labelledby="h-raw">${JSON.stringify(person.scim, undefined, 2)}</pre>
    </details>
  </section>`;
}
