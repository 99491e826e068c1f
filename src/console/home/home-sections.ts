import type { ClientOverview, OverviewView } from '../../operations/overview-operation.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { stateChip } from '../parts.ts';
import { lookOf, stateOf } from '../states.ts';
import type { Visit } from '../visit/visit.ts';
import { deliveriesPlot, peoplePlot, stateKey } from './plots.ts';

/** People by state. */
export function peopleSection(visit: Visit, { people }: OverviewView): Html {
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

/** Deliveries and failures over the last days. */
export function deliveriesSection(visit: Visit, { deliveries }: OverviewView): Html {
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

/** Clients, their health and their last call. */
export function clientsSection(visit: Visit, { clients }: OverviewView): Html {
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
