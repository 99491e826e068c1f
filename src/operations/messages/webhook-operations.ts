import type { Clock } from '../../base/clock.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import type { Outbox } from '../../notify/outbox/outbox.ts';
import { ConflictError, NotFoundError } from '../../scim/model/scim-error.ts';
import type { Settings, WebhookEndpoint } from '../../config/settings.ts';
import type { DisabledEndpoint, EndpointRegister } from '../../webhooks/endpoint-register.ts';
import type { StreamStates } from '../../streams/stream-states.ts';
import { targetOf } from '../../webhooks/webhook-target.ts';
import { subscriberOf } from '../../webhooks/plan-webhooks.ts';
import { operation, type Operation } from '../operation.ts';
import type { OwnWebhooks, WebhookOrder } from './own-webhooks.ts';
import { viewDelivery } from './delivery-view.ts';

/** What the operations work with. */
export interface WebhookOperationsParts {
  readonly settingsOf: (tenant: string) => Settings;
  readonly register: EndpointRegister;
  /** Makes, changes and removes those of a tenant's own administrators. */
  readonly own: OwnWebhooks;
  readonly outbox: Pick<Outbox, 'ofUser' | 'find' | 'settleEvents'>;
  readonly states: Pick<StreamStates, 'change' | 'forget'>;
  /** Files what is due of a tenant's streams: a new one begins with what happens from then on. */
  readonly look: (tenant: string) => Promise<void>;
  readonly clock: Clock;
  /** Called when there is something to send again. */
  readonly onRequeued: () => void;
}

/** An endpoint as administrators see it: of its URL the host alone, for a path may hold a secret. */
interface WebhookView {
  readonly id: string;
  /** `http`, `module`, or of a stream `siem`, `push`, `poll`. */
  readonly kind: string;
  readonly host: string;
  readonly events: readonly string[];
  readonly disabled?: DisabledEndpoint;
  /** The newest call that was answered, or tried, did not go well: since which one, and what was said last. */
  readonly failing?: { readonly since: string; readonly reply: string };
}

/** So many of the newest calls are looked at to tell how an endpoint does. */
const looked = 20;

/** What administrators see and do about webhooks. */
export function webhookOperations({
  settingsOf,
  register,
  own,
  outbox,
  states,
  look,
  clock,
  onRequeued,
}: WebhookOperationsParts): Readonly<Record<string, Operation>> {
  const endpointOf = (tenant: string, id: string): WebhookEndpoint => {
    const endpoint = settingsOf(tenant).webhooks.find((one) => one.id === id);
    if (endpoint === undefined) throw new NotFoundError(`The settings have no webhook '${id.slice(0, 100)}'.`);
    return endpoint;
  };
  const view = async (tenant: string, endpoint: WebhookEndpoint): Promise<WebhookView> => {
    const [disabled, newest] = await Promise.all([
      register.disabled(tenant, endpoint),
      outbox.ofUser(tenant, subscriberOf(endpoint.id), looked),
    ]);
    const failing = failureIn(newest);
    return {
      id: endpoint.id,
      kind: endpoint.kind,
      host: 'url' in endpoint ? new URL(endpoint.url).host : targetOf(endpoint),
      events: endpoint.events,
      ...(disabled === undefined ? {} : { disabled }),
      ...(failing === undefined ? {} : { failing }),
    };
  };
  return {
    createWebhook: operation<WebhookOrder>(async (call) => {
      const secret = await own.create(call, call.body);
      const { tenant } = call.actor;
      await look(tenant);
      const made = await view(tenant, endpointOf(tenant, call.body.id));
      return { status: 201, body: { ...made, ...(secret === undefined ? {} : { secret }) } };
    }),
    rotateWebhookSecret: operation(async (call) => {
      const secret = await own.rotate(call, call.id);
      const { tenant } = call.actor;
      return { status: 201, body: { ...(await view(tenant, endpointOf(tenant, call.id))), secret } };
    }),
    removeWebhook: operation(async (call) => {
      await own.remove(call, call.id);
      await states.forget(call.actor.tenant, call.id);
      return { body: { id: call.id } };
    }),
    listWebhooks: operation(async ({ actor: { tenant } }) => ({
      body: { webhooks: await Promise.all(settingsOf(tenant).webhooks.map((endpoint) => view(tenant, endpoint))) },
    })),
    enableWebhook: operation(async ({ actor: { tenant }, id }) => {
      const endpoint = endpointOf(tenant, id);
      if (!(await register.enable(tenant, endpoint))) throw new ConflictError('The webhook is not disabled.');
      return { body: await view(tenant, endpoint) };
    }),
    listWebhookDeliveries: operation<unknown, { readonly count: number }>(async ({ actor: { tenant }, id, query }) => ({
      body: {
        deliveries: (await outbox.ofUser(tenant, subscriberOf(endpointOf(tenant, id).id), query.count)).map(
          viewDelivery,
        ),
      },
    })),
    sendTestEvent: operation(async ({ actor: { tenant, client }, id }) => {
      const endpoint = endpointOf(tenant, id);
      const now = clock.now().toISOString();
      const event = clock.newId();
      // What is fetched waits to be fetched.
      if (endpoint.kind === 'poll') await states.change(tenant, id, (state) => state && { ...state, test: event });
      const payload = {
        type: 'webhook.test',
        timestamp: now,
        data: { tenant, endpoint: endpoint.id, sent_by: client },
      };
      const delivery: Delivery = {
        id: `${event}.webhook.${endpoint.id}`,
        tenant,
        channel: 'webhook',
        template: 'event',
        userId: subscriberOf(endpoint.id),
        eventId: event,
        data: { endpoint: endpoint.id, payload },
        ...fresh(now),
        domain: subscriberOf(endpoint.id),
        messageId: `msg_${event}`,
      };
      if (endpoint.kind !== 'poll') await outbox.settleEvents([], [delivery]);
      onRequeued();
      return { status: 201, body: viewDelivery(delivery) };
    }),
    replayWebhookDelivery: operation(async ({ actor: { tenant }, id }) => {
      const delivery = await outbox.find(tenant, id);
      if (delivery?.channel !== 'webhook') throw new NotFoundError(`No webhook has a delivery '${id.slice(0, 100)}'.`);
      if (delivery.endedAt === undefined) throw new ConflictError('The delivery is on its way already.');
      if (delivery.data['stream'] !== undefined)
        throw new ConflictError('It is a part of a stream: tell the stream again from an event on.');
      const { lease, lastReply, heldFor, endedAt, ...rest } = delivery;
      void [lease, lastReply, heldFor, endedAt];
      const now = clock.now().toISOString();
      const [first = ''] = id.split('.webhook.');
      // A line of its own, so that the old one tells what came of it then. The receiver knows it by the same
      // webhook-id.
      const again: Delivery = {
        ...rest,
        id: `${clock.newId()}.webhook.${rest.userId.slice(subscriberOf('').length)}`,
        ...fresh(now),
        data: { ...rest.data, replayOf: first },
      };
      await outbox.settleEvents([], [again]);
      onRequeued();
      return { status: 201, body: viewDelivery(again) };
    }),
  };
}

/**
 * Whether the endpoint fails: the newest of its calls that has come to something did not go well.
 * @param newest its calls, the newest first
 */
function failureIn(newest: readonly Delivery[]): WebhookView['failing'] {
  const tried = newest.filter(({ state, attempts }) => state === 'sent' || attempts > 0);
  const [last] = tried;
  if (last === undefined || last.state === 'sent' || last.state === 'cancelled') return undefined;
  const taken = tried.findIndex(({ state }) => state === 'sent');
  const since = tried[(taken === -1 ? tried.length : taken) - 1] ?? last;
  return { since: since.createdAt, reply: last.lastReply ?? '' };
}

/** What a delivery begins with. */
function fresh(now: string): Pick<Delivery, 'state' | 'createdAt' | 'notBefore' | 'attempts' | 'reported'> {
  return { state: 'queued', createdAt: now, notBefore: now, attempts: 0, reported: true };
}
