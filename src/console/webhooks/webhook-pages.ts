import { html, type Html } from '../../page-kit/html.ts';
import type { DeliveryView } from '../../operations/messages/delivery-view.ts';
import { cardTable } from '../card-table.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon } from '../visit/icons.ts';
import { noticeBox, stateChip } from '../parts.ts';
import { stateOf } from '../states.ts';
import type { Visit } from '../visit/visit.ts';
import { changePages } from './change-pages.ts';
import { endpointIn, endpointsOf } from './webhook-form.ts';
import { streamForm } from './stream-form.ts';
import { isStreamKind, streamActs, streamPart } from './stream-part.ts';

interface WebhookView {
  readonly id: string;
  readonly kind: string;
  readonly host: string;
  readonly events: readonly string[];
  readonly disabled?: { readonly at: string; readonly reason: string };
  readonly failing?: { readonly since: string; readonly reply: string };
}

/** So many of the newest calls are shown, and so many where more are asked for. */
const [shownAtOnce, shownAtMost] = [25, 100];

/** `/console/webhooks`: who is told of events, and what came of it. */
export function webhookPages(site: ConsoleSite): void {
  const all = (visit: Visit) => visit.call<{ readonly webhooks: readonly WebhookView[] }>('listWebhooks');
  changePages(site);
  streamForm(site);
  site.page('/webhooks', { section: 'webhooks', operations: ['listWebhooks'] }, async (visit) => {
    const { webhooks } = await all(visit);
    return {
      title: visit.t('webhooks.title'),
      lead: visit.say('webhooks.lead'),
      ...(visit.may('changeSettings') && !(await isPinned(visit))
        ? {
            deed: html`<div class="row">
              <a class="button" href="${visit.href('/webhooks/new')}">${icon('plus')}${visit.t('webhooks.add')}</a>
              <a class="button quiet"
                href="${visit.href('/webhooks/new/stream')}">${visit.t('webhooks.stream.add')}</a>
            </div>`,
          }
        : {}),
      body:
        webhooks.length === 0
          ? html`<div class="empty"><p>${visit.t('webhooks.none')}</p></div>`
          : cardTable({
              caption: visit.t('webhooks.title'),
              columns: ['endpoint', 'state', 'events'].map((name) => ({ head: visit.t(`webhooks.heads.${name}`) })),
              rows: webhooks.map((one) => [
                html`<a href="${visit.href(`/webhooks/${one.id}`)}"><bdi>${one.id}</bdi></a><span
                  class="soft">${
                    isStreamKind(one.kind) && html`${visit.t(`webhooks.stream.kinds.${one.kind}`)} · `
                  }<bdi>${one.host}</bdi></span>`,
                webhookState(visit, one),
                html`<code dir="ltr">${one.events.join(', ')}</code>`,
              ]),
            }),
    };
  });
  const rules = { section: 'webhooks', operations: ['listWebhookDeliveries', 'getStream'] } as const;
  site.page('/webhooks/:id', rules, async (visit) => {
    const id = visit.param('id');
    const count = visit.query('more') === '' ? shownAtOnce : shownAtMost;
    const [{ webhooks }, { deliveries }] = await Promise.all([
      all(visit),
      visit.call<{ readonly deliveries: readonly DeliveryView[] }>('listWebhookDeliveries', {
        params: { id },
        query: { count },
      }),
    ]);
    const endpoint = webhooks.find((one) => one.id === id);
    return {
      title: id,
      lead: html`<bdi>${endpoint?.host ?? ''}</bdi>`,
      crumbs: [{ href: visit.href('/webhooks'), text: visit.t('webhooks.title') }],
      deed: await deedsOf(visit, id),
      body: html`${endpoint?.disabled !== undefined && disabled(visit, id, endpoint.disabled)}
        ${endpoint?.disabled === undefined && endpoint?.failing !== undefined && failingBox(visit, endpoint.failing)}
        ${endpoint !== undefined && isStreamKind(endpoint.kind) && (await streamPart(visit, id))}
        <section aria-labelledby="told">
          <h2 id="told">${visit.t('webhooks.deliveries')}</h2>
          ${
            deliveries.length === 0
              ? html`<p class="soft">${visit.t('webhooks.nothing')}</p>`
              : table(visit, id, deliveries)
          }
          ${
            deliveries.length === shownAtOnce
            && html`<p><a class="button quiet low"
              href="${visit.href(`/webhooks/${id}`, { more: '1' })}#told">${visit.t('webhooks.more')}</a></p>`
          }
        </section>`,
    };
  });
  site.act('/webhooks/:id/enable', { section: 'webhooks', operations: ['enableWebhook'] }, async (visit) => {
    const id = visit.param('id');
    const done = await visit.attempt('enableWebhook', { params: { id } });
    return 'refused' in done
      ? visit.goOn(`/webhooks/${id}`, { key: 'people.refused', values: { reason: done.refused }, tone: 'late' })
      : visit.goOn(`/webhooks/${id}`, { key: 'webhooks.enabled' });
  });
  site.act('/webhooks/:id/test', { section: 'webhooks', operations: ['sendTestEvent'], once: true }, async (visit) => {
    const id = visit.param('id');
    const done = await visit.attempt('sendTestEvent', { params: { id } });
    return 'refused' in done
      ? visit.goOn(`/webhooks/${id}`, { key: 'people.refused', values: { reason: done.refused }, tone: 'late' })
      : visit.goOn(`/webhooks/${id}`, { key: 'webhooks.tested' });
  });
  streamActs(site);
  const again = { section: 'webhooks', operations: ['replayWebhookDelivery'], once: true } as const;
  site.act('/webhooks/:id/replay/:delivery', again, async (visit) => {
    const path = `/webhooks/${visit.param('id')}`;
    const done = await visit.attempt('replayWebhookDelivery', { params: { id: visit.param('delivery') } });
    return 'refused' in done
      ? visit.goOn(path, { key: 'people.refused', values: { reason: done.refused }, tone: 'late' })
      : visit.goOn(path, { key: 'webhooks.replayed' });
  });
}

/** Whether the operator's file says which endpoints there are. */
async function isPinned(visit: Visit): Promise<boolean> {
  const { pinned } = await visit.call<{ readonly pinned: readonly string[] }>('getSettings');
  return pinned.some((name) => name.split('.', 1)[0] === 'webhooks');
}

async function deedsOf(visit: Visit, id: string): Promise<Html> {
  const stored = visit.may('changeSettings') ? (await endpointsOf(visit)).find((one) => one['id'] === id) : undefined;
  const kind = stored === undefined ? 'module' : endpointIn(stored).kind;
  const mayRemove = kind !== 'module' && !(await isPinned(visit));
  return html`<div class="row">
    ${
      visit.may('sendTestEvent')
      && visit.form(`/webhooks/${id}/test`, html`<button class="quiet">${visit.t('webhooks.test')}</button>`)
    }
    ${
      stored !== undefined
      && endpointIn(stored).secrets.some((one) => one.startsWith('kept:'))
      && visit.form(`/webhooks/${id}/rotate`, html`<button class="quiet">${visit.t('webhooks.rotate')}</button>`)
    }
    ${
      mayRemove
      && html`${
        kind === 'http'
        && html`<a class="button quiet" href="${visit.href(`/webhooks/${id}/edit`)}">${visit.t('webhooks.edit')}</a>`
      }
        <a class="button danger" href="${visit.href(`/webhooks/${id}/remove`)}">${visit.t('webhooks.remove')}</a>`
    }
  </div>`;
}

function webhookState(visit: Visit, { disabled: off, failing }: WebhookView): Html {
  if (off !== undefined) return stateChip('stop', 'failed', visit.t('webhooks.states.off'));
  return failing === undefined
    ? stateChip('done', 'tick', visit.t('webhooks.states.on'))
    : stateChip('late', 'retrying', visit.t('webhooks.states.failing'));
}

/** Its calls do not go well: since when, what was said last, and that they come again by themselves. */
function failingBox(visit: Visit, { since, reply }: NonNullable<WebhookView['failing']>): Html {
  return noticeBox(
    'late',
    html`<p>${visit.say('webhooks.failing', { date: visit.date(since) })}
      ${reply !== '' && html`<code><bdi>${reply}</bdi></code>`}</p>`,
  );
}

function disabled(visit: Visit, id: string, { at, reason }: NonNullable<WebhookView['disabled']>): Html {
  return noticeBox(
    'stop',
    html`<p>${visit.say('webhooks.disabled', { date: visit.date(at) })} <bdi>${reason}</bdi></p>`,
    undefined,
    visit.may('enableWebhook')
      ? visit.form(`/webhooks/${id}/enable`, html`<button class="quiet low">${visit.t('webhooks.enable')}</button>`)
      : html``,
  );
}

function table(visit: Visit, id: string, deliveries: readonly DeliveryView[]): Html {
  return cardTable({
    caption: visit.t('webhooks.deliveries'),
    columns: [
      ...['when', 'state', 'tries', 'answer'].map((head) => ({ head: visit.t(`webhooks.heads.${head}`) })),
      { head: visit.t('webhooks.replay'), unseen: true },
    ],
    rows: deliveries.map((one) => [
      html`${visit.date(one.createdAt)}<span class="soft"><code dir="ltr">${one.id}</code></span>`,
      stateOf(visit, one.state === 'queued' && one.attempts > 0 ? 'retrying' : one.state),
      visit.number(one.attempts),
      one.reply !== undefined && html`<code><bdi>${one.reply}</bdi></code>`,
      one.endedAt !== undefined
        && visit.may('replayWebhookDelivery')
        && visit.form(
          `/webhooks/${id}/replay/${one.id}`,
          html`<button class="quiet low">${visit.t('webhooks.replay')}<span class="unseen">: ${one.id}</span></button>`,
        ),
    ]),
  });
}
