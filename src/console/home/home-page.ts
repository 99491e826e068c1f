import type { ClientOverview, OverviewView } from '../../operations/overview-operation.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { ConsolePage } from '../console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon, type IconName } from '../icons.ts';
import { stateChip, type Tone } from '../parts.ts';
import { lookOf, stateOf } from '../states.ts';
import type { Visit } from '../visit.ts';
import { firstSteps } from './welcome-page.ts';
import { deliveriesPlot, peoplePlot, stateKey } from './plots.ts';

/** What needs a human. */
interface Need {
  readonly tone: Tone;
  /** How many people it is about; an icon where it is about a connection. */
  readonly count: number | IconName;
  readonly title: string;
  readonly text: Html | string;
  readonly link: string | undefined;
}

/** States of people that do not end by themselves. */
const stuck = ['bounced', 'failed', 'expired'] as const;

/** `/console`: what needs a human on top, then people by state, deliveries by day, clients. */
export function homePage(site: ConsoleSite): void {
  site.page('/', { section: 'home', operations: ['getOverview'] }, async (visit) => {
    const view = await visit.call<OverviewView>('getOverview');
    return page(visit, view, await firstSteps(visit));
  });
}

function page(visit: Visit, view: OverviewView, steps: Html | false): ConsolePage {
  const people = peopleNeeds(visit, view);
  const connections = view.clients.flatMap((client) => connectionNeed(visit, client));
  const count = people.reduce((sum, need) => sum + (typeof need.count === 'number' ? need.count : 0), 0);
  return {
    title: visit.t('shell.nav.home'),
    lead: leadOf(visit, view, count, connections.length),
    deed: html`<p class="soft small">${visit.say('home.asOf', { at: visit.date(view.at) })}</p>`,
    section: 'home',
    body: html`${steps} ${
      people.length + connections.length > 0
      && html`<div class="two">
        ${needs(visit, 'stuck', people)} ${needs(visit, 'links', connections)}
      </div>`
    }
      <div class="two">${peopleSection(visit, view)} ${deliveriesSection(visit, view)}</div>
      ${clientsSection(visit, view)}`,
  };
}

function leadOf(visit: Visit, { people, clients }: OverviewView, stuckPeople: number, connections: number): Html {
  if (people.total === 0 && clients.every(({ lastUsedAt }) => lastUsedAt === undefined))
    return visit.say('home.lead.empty');
  if (stuckPeople === 0 && connections === 0) return visit.say('home.lead.calm');
  const links = {
    people: html`<a href="#stuck">${visit.t('home.lead.people', { count: stuckPeople })}</a>`,
    connections: html`<a href="#links">${visit.t('home.lead.connections', { count: connections })}</a>`,
  };
  if (connections === 0) return visit.say('home.lead.peopleOnly', links);
  return visit.say(stuckPeople === 0 ? 'home.lead.connectionsOnly' : 'home.lead.both', links);
}

function peopleNeeds(visit: Visit, { people }: OverviewView): readonly Need[] {
  const list = (state: string): string | undefined =>
    visit.hasPage('/people') ? visit.href('/people', { state }) : undefined;
  const byState = stuck.flatMap((state): Need[] => {
    const count = people.states.find((one) => one.state === state)?.count ?? 0;
    if (count === 0) return [];
    const tone = state === 'expired' ? 'late' : 'stop';
    return [
      {
        tone,
        count,
        title: visit.t(`home.needs.${state}.title`),
        text: visit.t(`home.needs.${state}.text`),
        link: list(state),
      },
    ];
  });
  if (people.locked === 0) return byState;
  const title = visit.t('home.needs.locked.title');
  const text = visit.t('home.needs.locked.text');
  return [...byState, { tone: 'late', count: people.locked, title, text, link: list('locked') }];
}

function connectionNeed(visit: Visit, client: ClientOverview): Need[] {
  const { id, name, endsAt, credentials, paused } = client;
  const link = visit.hasPage('/clients/:id') ? visit.href(`/clients/${encodeURIComponent(id)}`) : undefined;
  if (paused)
    return [
      {
        tone: 'late',
        count: 'held',
        title: visit.t('home.needs.paused.title', { name }),
        text: visit.t('home.needs.paused.text'),
        link,
      },
    ];
  if (credentials === 'none')
    return [
      {
        tone: 'stop',
        count: 'key',
        title: visit.t('home.needs.noCredential.title', { name }),
        text: visit.t('home.needs.noCredential.text'),
        link,
      },
    ];
  if (credentials !== 'soon' || endsAt === undefined) return [];
  const text = visit.say('home.needs.ends.text', { at: visit.day(endsAt) });
  const days = Math.max(0, Math.ceil((Date.parse(endsAt) - visit.now.getTime()) / 86_400_000));
  return [
    {
      tone: days <= 7 ? 'stop' : 'late',
      count: 'key',
      title: visit.t('home.needs.ends.title', { name, count: days }),
      text,
      link,
    },
  ];
}

function needs(visit: Visit, id: 'stuck' | 'links', list: readonly Need[]): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${visit.t(`home.needs.${id}`)}</h2>
    ${list.length === 0 && html`<p class="soft">${visit.t(`home.needs.no-${id}`)}</p>`}
    ${
      list.length > 0
      && html`<ul class="needs">
        ${list.map(
          ({ tone, count, title, text, link }) =>
            html`<li data-tone="${tone}">
              <span class="n">${typeof count === 'number' ? visit.number(count) : icon(count)}</span>
              <div>
                <p><strong>${title}</strong></p>
                <p>${text}</p>
              </div>
              ${
                link !== undefined
                && html`<div class="row"><a class="button quiet low"
                href="${link}">${visit.t('home.see')}<span class="unseen">: ${title}</span></a></div>`
              }
            </li>`,
        )}
      </ul>`
    }
  </section>`;
}

function peopleSection(visit: Visit, { people }: OverviewView): Html {
  const active = people.states.find(({ state }) => state === 'active')?.count ?? 0;
  const name = (state: string, count: number): Html => {
    // Colour means that someone must act: there is none when no person is in the state.
    const chip = count === 0 ? stateChip('wait', lookOf(state)[1], visit.t(`states.${state}`)) : stateOf(visit, state);
    return visit.hasPage('/people') ? html`<a href="${visit.href('/people', { state })}">${chip}</a>` : chip;
  };
  return html`<section aria-labelledby="states">
    <div class="bar">
      <h2 id="states">${visit.t('home.people.title')}</h2>
      <p class="soft small">${visit.t('home.people.sum', {
        active,
        total: people.total,
        others: people.total - active,
      })}</p>
    </div>
    <figure>${peoplePlot(visit, people.states)}</figure>
    <table class="fits">
      <caption class="unseen">${visit.t('home.people.title')}</caption>
      <thead>
        <tr>
          <th scope="col">${visit.t('home.people.state')}</th>
          <th scope="col" class="num">${visit.t('shell.nav.people')}</th>
          <th scope="col">${visit.t('home.people.means')}</th>
        </tr>
      </thead>
      <tbody>
        ${people.states.map(
          ({ state, count }) =>
            html`<tr>
              <th scope="row"><span class="row nowrap">${stateKey(state)}${name(state, count)}</span></th>
              <td class="num">${visit.number(count)}</td>
              <td>${visit.t(`home.people.meaning.${state}`)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function deliveriesSection(visit: Visit, { deliveries }: OverviewView): Html {
  const delivered = deliveries.reduce((sum, day) => sum + day.delivered, 0);
  const failed = deliveries.reduce((sum, day) => sum + day.failed, 0);
  const format = new Intl.DateTimeFormat(visit.lang, { day: 'numeric', month: 'long', timeZone: 'UTC' });
  const dayText = (day: string): string => format.format(new Date(`${day}T12:00:00Z`));
  return html`<section aria-labelledby="sent">
    <div class="bar">
      <h2 id="sent">${visit.t('home.deliveries.title', {
        from: dayText(deliveries[0]?.day ?? ''),
        to: dayText(deliveries.at(-1)?.day ?? ''),
      })}</h2>
      <p class="soft small">${visit.t('home.deliveries.sum', { delivered, failed })}</p>
    </div>
    <figure>
      ${deliveriesPlot(visit, deliveries, dayText)}
      <figcaption class="soft small">${visit.t('home.deliveries.caption')}</figcaption>
    </figure>
    <details class="more">
      <summary>${visit.t('home.deliveries.table')}</summary>
      <table>
        <caption class="unseen">${visit.t('home.deliveries.perDay')}</caption>
        <thead>
          <tr>
            <th scope="col">${visit.t('home.deliveries.day')}</th>
            <th scope="col" class="num">${visit.t('home.deliveries.up')}</th>
            <th scope="col" class="num">${visit.t('home.deliveries.down')}</th>
          </tr>
        </thead>
        <tbody>
          ${[...deliveries].reverse().map(
            (day) =>
              html`<tr>
                <th scope="row"><time datetime="${day.day}">${dayText(day.day)}</time></th>
                <td class="num">${visit.number(day.delivered)}</td>
                <td class="num">${visit.number(day.failed)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>
  </section>`;
}

function clientsSection(visit: Visit, { clients }: OverviewView): Html {
  const label = (name: string): Html => html`data-label="${visit.t(`home.clients.${name}`)}"`;
  return html`<section aria-labelledby="clients">
    <div class="bar">
      <h2 id="clients">${visit.t('shell.nav.clients')}</h2>
      ${
        visit.hasPage('/connect')
        && visit.may('createCredential')
        && html`<p><a
        href="${visit.href('/connect')}">${visit.t('home.clients.connect')}</a></p>`
      }
    </div>
    <table class="cards">
      <caption class="unseen">${visit.t('shell.nav.clients')}</caption>
      <thead>
        <tr>
          <th scope="col">${visit.t('home.clients.client')}</th>
          <th scope="col">${visit.t('home.clients.health')}</th>
          <th scope="col">${visit.t('home.clients.lastCall')}</th>
          <th scope="col" class="num">${visit.t('shell.nav.people')}</th>
          <th scope="col">${visit.t('home.clients.ends')}</th>
        </tr>
      </thead>
      <tbody>
        ${clients.map(
          (client) =>
            html`<tr>
              <th scope="row" class="name">
                ${
                  visit.hasPage('/clients/:id') && visit.may('getClient')
                    ? html`<a
                  href="${visit.href(`/clients/${encodeURIComponent(client.id)}`)}"><bdi>${client.name}</bdi></a>`
                    : html`<bdi>${client.name}</bdi>`
                }
                <span class="soft">${visit.t('home.clients.profile', { profile: client.profile })}</span>
              </th>
              <td ${label('health')}>${health(visit, client)}</td>
              <td ${label('lastCall')}><span>${
                client.lastUsedAt === undefined ? visit.t('home.clients.never') : visit.ago(client.lastUsedAt)
              }${
                client.lastUsedFrom !== undefined && html`<span class="soft" dir="ltr">${client.lastUsedFrom}</span>`
              }</span></td>
              <td class="num" data-label="${visit.t('shell.nav.people')}">${visit.number(client.people)}</td>
              <td ${label('ends')}>${
                client.endsAt === undefined
                  ? visit.t(`home.clients.${client.credentials === 'none' ? 'noCredential' : 'noEnd'}`)
                  : visit.day(client.endsAt)
              }</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function health(visit: Visit, { paused, credentials, lastUsedAt }: ClientOverview): Html {
  if (paused) return stateChip('late', 'held', visit.t('home.clients.states.paused'));
  if (credentials === 'none') return stateChip('stop', 'key', visit.t('home.clients.states.noCredential'));
  if (credentials === 'soon') return stateChip('late', 'key', visit.t('home.clients.states.soon'));
  if (lastUsedAt === undefined) return stateChip('wait', 'none', visit.t('home.clients.states.quiet'));
  return stateChip('done', 'tick', visit.t('home.clients.states.well'));
}
