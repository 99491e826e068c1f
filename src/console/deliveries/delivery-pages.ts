import { html, type Html, type Renderable } from '../../page-kit/html.ts';
import { cardTable } from '../card-table.ts';
import type { DeliveryView } from '../../operations/messages/delivery-view.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon } from '../visit/icons.ts';
import { noticeBox } from '../parts.ts';
import { lookOf, stateOf } from '../states.ts';
import type { Visit } from '../visit/visit.ts';

type Page = { readonly deliveries: readonly DeliveryView[]; readonly next?: string };
type Fare = Readonly<Record<'sent' | 'retrying' | 'held' | 'dead', number>> & {
  readonly name: string;
  readonly reply?: string;
};
type HealthView = { readonly channels: readonly Fare[]; readonly domains: readonly Fare[] };
type Requeued = {
  readonly requeued: readonly string[];
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
};

const states = ['dead', 'retrying', 'held', 'queued', 'leased', 'sent', 'cancelled'] as const;
const shownAtOnce = 100;

/** `/console/deliveries`: messages by state, with the reasons of a page grouped, and put back in the queue. */
export function deliveryPages(site: ConsoleSite): void {
  site.page('/deliveries', { section: 'deliveries', operations: ['listDeliveries', 'getDeliveryHealth'] }, list);
  site.page('/deliveries/:id', { section: 'deliveries', operations: ['getDeliveryMessage'] }, async (visit) => {
    const id = visit.param('id');
    const { delivery } = await visit.call<{ readonly delivery: DeliveryView }>('getDeliveryMessage', {
      params: { id },
    });
    return visit.goOn(`/people/${delivery.userId}`, undefined, { message: id });
  });
  site.act('/deliveries/requeue', { section: 'deliveries', operations: ['requeueDeliveries'] }, async (visit) => {
    const state = visit.field('state') === 'cancelled' ? 'cancelled' : 'dead';
    const reason = visit.field('reason');
    // Without a reason the whole state would be meant, which no button here says.
    if (reason.trim() === '') return visit.goOn('/deliveries', undefined, { state });
    const body = { state, reason };
    const done = await visit.attempt<Requeued>('requeueDeliveries', { body });
    if ('refused' in done)
      return visit.goOn(
        '/deliveries',
        { key: 'people.refused', values: { reason: done.refused }, tone: 'stop' },
        { state },
      );
    const { requeued, refused } = done.view;
    const values = { count: requeued.length, refused: refused.length };
    return visit.goOn(
      '/deliveries',
      { key: 'deliveries.requeued', values, tone: refused.length > 0 ? 'late' : 'done' },
      { state },
    );
  });
  site.act('/deliveries/:id/requeue', { section: 'deliveries', operations: ['requeueDelivery'] }, async (visit) => {
    const done = await visit.attempt('requeueDelivery', { params: { id: visit.param('id') } });
    return 'refused' in done
      ? visit.goOn('/deliveries', { key: 'people.refused', values: { reason: done.refused }, tone: 'late' })
      : visit.goOn('/deliveries', { key: 'deliveries.oneRequeued' });
  });
}

async function list(visit: Visit): Promise<ConsoleAnswer> {
  const state = states.find((one) => one === visit.query('state')) ?? 'dead';
  const { deliveries, next } = await visit.call<Page>('listDeliveries', {
    query: { state, count: shownAtOnce, before: visit.query('before') },
  });
  const messages = deliveries.filter(({ channel }) => channel !== 'webhook');
  return {
    title: visit.t('deliveries.title'),
    lead: visit.say('deliveries.lead'),
    body: html`<nav aria-label="${visit.t('people.state')}">
        <ul class="chips">
          ${states.map((one) => {
            const [tone, picture] = lookOf(one);
            return html`<li><a href="${visit.href('/deliveries', { state: one })}"
              data-tone="${tone}"${
                one === state && html` aria-current="true"`
              }>${icon(picture)}${visit.t(`states.${one}`)}</a></li>`;
          })}
        </ul>
      </nav>
      ${await health(visit)}
        ${
          messages.length === 0
            ? html`<div
          class="empty"><p>${visit.t(`deliveries.none_${state === 'dead' ? 'dead' : 'other'}`)}</p></div>`
            : html`${reasons(visit, state, messages)} ${table(visit, messages)}`
        }
      ${
        next !== undefined
        && html`<p class="pages"><a class="button quiet low"
        href="${visit.href('/deliveries', {
          state,
          before: next,
        })}">${visit.t('people.older')}${icon('onward')}</a></p>`
      }`,
  };
}

/** What servers say, without the numbers and names that differ from one message to the next. */
function reasonOf({ reply = '' }: DeliveryView): string {
  return reply.replaceAll(/[\w.+-]+@[\w.-]+/g, '…').slice(0, 160);
}

/** Shorter texts would be found in replies of other reasons too, in characters. */
const tellingLength = 12;

/** The longest part of a reason that all its messages have word by word; empty where none is long enough to tell. */
function commonText(reason: string): string {
  const [longest = ''] = reason.split('…').sort((one, other) => other.length - one.length);
  return longest.trim().length < tellingLength && reason.includes('…') ? '' : longest.trim();
}

function reasons(visit: Visit, state: string, messages: readonly DeliveryView[]): Html | false {
  const groups = new Map<string, { count: number; readonly example: DeliveryView }>();
  for (const message of messages) {
    const reason = reasonOf(message);
    if (reason !== '') groups.set(reason, { count: (groups.get(reason)?.count ?? 0) + 1, example: message });
  }
  if (groups.size === 0) return false;
  const again = (state === 'dead' || state === 'cancelled') && visit.may('requeueDeliveries');
  return html`<section aria-labelledby="reasons">
    <h2 id="reasons">${visit.t('deliveries.reasons')}</h2>
    <ul class="needs">
      ${[...groups]
        .sort(([, one], [, other]) => other.count - one.count)
        .slice(0, 10)
        .map(
          ([reason, { count, example }]) => html`<li>
            <span class="n">${visit.number(count)}</span>
            ${reasonText(visit, example, reason)}
            ${
              again
              && commonText(reason) !== ''
              && visit.form(
                '/deliveries/requeue',
                html`<button class="quiet low">${visit.t('deliveries.requeue')}<span
                  class="unseen">: ${reason}</span></button>`,
                { hidden: { state, reason: commonText(reason) }, className: 'row' },
              )
            }
          </li>`,
        )}
    </ul>
    ${
      messages.length === shownAtOnce
      && noticeBox('way', html`<p>${visit.say('deliveries.ofPage', { count: shownAtOnce })}</p>`)
    }
  </section>`;
}

/** What a reply means, in a sentence, above the reply itself; of a reply that does not tell, the reply alone. */
function reasonText(visit: Visit, { means, saidBy }: DeliveryView, reason: string): Html {
  if (means === undefined) return html`<p><code><bdi>${reason}</bdi></code></p>`;
  const by = saidBy ?? visit.t('deliveries.theirServer');
  return html`<div>
    <p><strong>${visit.say(`deliveries.means.${means}`, { by })}</strong></p>
    <p><code><bdi>${reason}</bdi></code></p>
  </div>`;
}

/** A queued message waits after a try, for its moment, or for its turn. */
function shownState(visit: Visit, { state, attempts, notBefore }: DeliveryView): string {
  if (state !== 'queued') return state;
  if (attempts > 0) return 'retrying';
  return notBefore !== undefined && Date.parse(notBefore) > visit.now.getTime() ? 'held' : state;
}

/** Messages to administrators are about no person. */
function isOfPerson({ userId }: DeliveryView): boolean {
  return !userId.includes(':');
}

/** How messages fare by channel and domain; the domains only where something is the matter with one. */
async function health(visit: Visit): Promise<Html | false> {
  const { channels, domains } = await visit.call<HealthView>('getDeliveryHealth');
  const rows = [...channels, ...domains.filter(({ dead, retrying }) => dead + retrying > 0).slice(0, 10)];
  if (rows.length === 0) return false;
  const heads = ['name', 'sent', 'retrying', 'held', 'dead', 'reply'];
  return html`<details>
    <summary>${visit.t('deliveries.health.title')}</summary>
    <p class="soft small">${visit.t('deliveries.health.text')} <a
      href="${visit.href('/people', { state: 'bounced' })}">${visit.t('deliveries.health.bounced')}</a></p>
    ${cardTable({
      caption: visit.t('deliveries.health.title'),
      columns: heads.map((head) => ({ head: visit.t(`deliveries.health.heads.${head}`) })),
      rows: rows.map(({ name, sent, retrying, held, dead, reply }) => [
        html`<bdi>${visit.knows(`deliveries.channels.${name}`) ? visit.t(`deliveries.channels.${name}`) : name}</bdi>`,
        ...[sent, retrying, held, dead].map((count) => visit.number(count)),
        reply !== undefined && html`<code><bdi>${reply}</bdi></code>`,
      ]),
    })}
  </details>`;
}

function table(visit: Visit, messages: readonly DeliveryView[]): Html {
  return html`<section aria-labelledby="messages">
    <h2 id="messages">${visit.t('deliveries.messages')}</h2>
    ${cardTable({
      caption: visit.t('deliveries.messages'),
      columns: [
        ...['message', 'state', 'tries', 'when', 'answer'].map((head) => ({
          head: visit.t(`deliveries.heads.${head}`),
        })),
        { head: visit.t('deliveries.requeue'), unseen: true },
      ],
      rows: messages.map((one) => row(visit, one)),
    })}
  </section>`;
}

function row(visit: Visit, one: DeliveryView): readonly Renderable[] {
  const key = `people.templates.${one.template}`;
  const name = visit.knows(key) ? visit.t(key) : one.template;
  const canAgain = (one.state === 'dead' || one.state === 'cancelled') && visit.may('requeueDelivery');
  return [
    isOfPerson(one)
      ? html`<a href="${visit.href(`/people/${one.userId}`, { message: one.id })}"
          ><bdi>${one.person ?? name}</bdi></a
        >${one.person !== undefined && html`<span class="soft">${name}</span>`}`
      : name,
    stateOf(visit, shownState(visit, one)),
    visit.number(one.attempts),
    visit.date(one.notBefore ?? one.endedAt ?? one.createdAt),
    one.reply === undefined
      ? html`<span class="soft">${visit.t('people.noAnswer')}</span>`
      : html`<code><bdi>${one.reply}</bdi></code>`,
    canAgain
      && visit.form(
        `/deliveries/${one.id}/requeue`,
        html`<button class="quiet low">${visit.t('deliveries.requeue')}<span
          class="unseen">: ${one.id}</span></button>`,
      ),
  ];
}
