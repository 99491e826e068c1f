import { html, type Html } from '../../page-kit/html.ts';
import type { DeliveryView } from '../../operations/messages/delivery-view.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon } from '../icons.ts';
import { noticeBox, type Tone } from '../parts.ts';
import { lookOf, stateOf } from '../states.ts';
import type { Visit } from '../visit.ts';
import { messagePart } from './message-part.ts';
import { personActions } from './person-actions.ts';
import { hindranceText, templateName } from './person-parts.ts';
import type { PersonView } from './person-view.ts';

const parts = ['onboarding', 'deliveries', 'profile', 'groups', 'raw'] as const;

/** `/console/people/{id}`: one person. */
export function personPage(site: ConsoleSite): void {
  site.page('/people/:id', { section: 'people', operations: ['getUser', 'getDeliveryMessage'] }, async (visit) => {
    const person = await visit.call<PersonView>('getUser', { params: { id: visit.param('id') } });
    const name = person.user.displayName ?? person.user.userName;
    return {
      title: name,
      crumbs: [{ href: visit.href('/people'), text: visit.t('people.title') }],
      lead: html`<span class="row">${stateOf(visit, person.user.active ? person.status : 'deactivated')}
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
          <div>${onboarding(visit, person)} ${await deliveries(visit, person)} ${raw(visit, person)}</div>
          <div>${profile(visit, person)} ${groups(visit, person)}</div>
        </div>`,
    };
  });
}

function deedsOf(visit: Visit, person: PersonView): Html {
  const fitting = personActions.filter(
    ({ operation, fits, isPage }) => visit.may(operation) && isPage !== false && fits(person),
  );
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
      ${detail !== undefined && html`<code><bdi>${detail}</bdi></code>`}
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

function onboarding(visit: Visit, person: PersonView): Html {
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
      at: line.lastAt ?? line.endedAt ?? line.createdAt,
      text: html`${templateName(visit, line.template)}: ${lineText(visit, line)}`,
      more: line.reply !== undefined && html`<code><bdi>${line.reply}</bdi></code>`,
    })),
    ...(person.passwordChangedAt === undefined
      ? []
      : [{ what: 'passwordSet', at: person.passwordChangedAt, text: visit.say('people.events.passwordSet') }]),
    ...(person.lastSignInAt === undefined
      ? []
      : [{ what: 'signedIn', at: person.lastSignInAt, text: visit.say('people.events.signedIn') }]),
  ].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
  const isIn = person.status === 'active' || person.lastSignInAt !== undefined;
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
        <div><div class="bar"><p><strong>${visit.t('people.events.passwordSet')}</strong></p><span
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

async function deliveries(visit: Visit, person: PersonView): Promise<Html> {
  const messages = person.deliveries.filter(({ id }) => !id.includes('.', id.indexOf('.') + 1));
  const chosen = visit.query('message') || messages.find(({ state }) => state === 'sent')?.id;
  return html`<section id="deliveries" aria-labelledby="h-deliveries">
    <h2 id="h-deliveries">${visit.t('people.parts.deliveries')}</h2>
    ${
      messages.length === 0
        ? html`<p class="soft">${visit.t('people.noMessages')}</p>`
        : html`<div class="scroll" tabindex="0" role="group" aria-labelledby="h-deliveries">
          <table>
            <thead>
              <tr>
                ${['message', 'messageState', 'tries', 'answer'].map(
                  (head) => html`<th scope="col">${visit.t(`people.messageTable.${head}`)}</th>`,
                )}
              </tr>
            </thead>
            <tbody>
              ${messages.map(
                ({ id, template, state, attempts, reply, createdAt, notBefore }) => html`<tr>
                  <th scope="row">
                    <a href="${visit.href(`/people/${person.user.id}`, {
                      message: id,
                    })}#message"${id === chosen && html` aria-current="true"`}>${templateName(visit, template)}</a>
                    <span class="soft">${
                      notBefore === undefined
                        ? visit.date(createdAt)
                        : visit.say('people.due', { date: visit.date(notBefore) })
                    }</span>
                  </th>
                  <td>${stateOf(visit, state)}</td>
                  <td>${visit.number(attempts)}</td>
                  <td>${
                    reply === undefined
                      ? html`<span class="soft">${visit.t('people.noAnswer')}</span>`
                      : html`<code><bdi>${reply}</bdi></code>`
                  }</td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>`
    }
    ${chosen !== undefined && (await messagePart(visit, chosen))}
  </section>`;
}

function profile(visit: Visit, person: PersonView): Html {
  return html`<section id="profile" aria-labelledby="h-profile">
    <h2 id="h-profile">${visit.t('people.parts.profile')}</h2>
    <table class="wrap">
      <caption class="unseen">${visit.t('people.parts.profile')}</caption>
      <thead>
        <tr><th scope="col">${visit.t('people.attribute')}</th><th scope="col">${visit.t('people.value')}</th></tr>
      </thead>
      <tbody>
        ${person.profile.map(
          ({ path, value }) => html`<tr>
            <th scope="row"><code dir="ltr" title="${path}">${shortPath(path)}</code></th>
            <td><bdi>${value}</bdi></td>
          </tr>`,
        )}
      </tbody>
    </table>
    <dl class="pairs spaced">
      ${
        person.notificationEmail !== undefined
        && html`<dt>${visit.t('people.notificationEmail')}</dt><dd><bdi>${person.notificationEmail}</bdi></dd>`
      }
      ${person.source !== undefined && html`<dt>${visit.t('people.source')}</dt><dd><bdi>${person.source}</bdi></dd>`}
      <dt>${visit.t('people.password')}</dt><dd>${visit.t(
        person.hasPassword ? 'people.hasPassword' : 'people.noPassword',
      )}</dd>
      <dt>id</dt><dd><code dir="ltr">${person.user.id}</code></dd>
    </dl>
  </section>`;
}

/** A path without the URN in front of it. */
function shortPath(path: string): string {
  return /^urn:[^ ]*:([^:]+)$/.exec(path)?.[1] ?? path;
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
