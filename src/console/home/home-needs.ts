import type { ClientOverview, OverviewView } from '../../operations/overview-operation.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { icon, type IconName } from '../visit/icons.ts';
import type { Tone } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

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

/** People who are stuck, by state. */
export function peopleNeeds(visit: Visit, { people }: OverviewView): readonly Need[] {
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

/** What a client needs of a human; nothing where it is well. */
export function connectionNeed(visit: Visit, client: ClientOverview): Need[] {
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

/** An endpoint of webhooks, as far as home tells of it. */
export interface WebhookState {
  readonly id: string;
  readonly disabled?: { readonly at: string };
  readonly failing?: { readonly since: string };
}

/** What an endpoint of webhooks needs of a human; nothing where it is well. */
export function webhookNeed(visit: Visit, { id, disabled, failing }: WebhookState): Need[] {
  const [kind, since] =
    disabled !== undefined ? ['off', disabled.at] : failing !== undefined ? ['failing', failing.since] : [];
  if (since === undefined) return [];
  return [
    {
      tone: kind === 'off' ? 'stop' : 'late',
      count: 'webhooks',
      title: visit.t(`home.needs.webhook.${kind}`, { name: id }),
      text: visit.say(`home.needs.webhook.${kind}Text`, { at: visit.date(since) }),
      link: visit.hasPage('/webhooks/:id') ? visit.href(`/webhooks/${id}`) : undefined,
    },
  ];
}

/** A list of what needs a human. */
export function needs(visit: Visit, id: 'stuck' | 'links', list: readonly Need[]): Html {
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
