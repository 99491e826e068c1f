import type { DomainEvent } from '../domain/events.ts';
import type { JsonObject } from '../base/json.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import type { WebhookEndpoint } from '../config/settings.ts';
import { isSubscribed, isWebhookEvent } from './webhook-events.ts';

/** Under this name the addressee of an endpoint's deliveries is filed. */
export function subscriberOf(endpoint: string): string {
  return `webhook:${endpoint}`;
}

/**
 * The deliveries that tell an event to the endpoints that asked for it. Pure: the same event gives the same
 * deliveries. The events of an import are told only where its batch asked for that (`data.webhooks`): thousands at
 * once are rarely what a receiver wants.
 */
export function planWebhooks(event: DomainEvent, endpoints: readonly WebhookEndpoint[]): Delivery[] {
  if (!isWebhookEvent(event.type) || (event.triggeredBy === 'import' && event.data['webhooks'] !== true)) return [];
  return endpoints
    .filter(({ kind, events }) => (kind === 'http' || kind === 'module') && isSubscribed(events, event.type))
    .map(({ id, attributes }) => ({
      id: `${event.id}.webhook.${id}`,
      tenant: event.tenant,
      channel: 'webhook',
      template: 'event',
      userId: subscriberOf(id),
      eventId: event.id,
      data: { endpoint: id, payload: payloadOf(event, attributes.length > 0) },
      state: 'queued',
      createdAt: event.at,
      notBefore: event.at,
      attempts: 0,
      // Each endpoint is paused by itself, whatever host it shares.
      domain: subscriberOf(id),
      // No full stop in it: Standard Webhooks joins what is signed with full stops.
      messageId: `msg_${event.id}`,
      reported: true,
    }));
}

/**
 * What the receiver reads: ids and names of attributes, never their values beyond the name that people know the
 * resource by.
 * @param full the endpoint asks for more than the thin event: from where, by what and in which language it came is told
 */
function payloadOf(
  {
    type,
    at,
    tenant,
    resourceType,
    resourceId,
    version,
    triggeredBy,
    client,
    requestId,
    address,
    agent,
    locale,
    data,
  }: DomainEvent,
  full: boolean,
): JsonObject {
  const { webhooks, ...told } = data;
  void webhooks;
  return {
    type,
    timestamp: at,
    data: {
      ...told,
      tenant,
      resourceType,
      resourceId,
      version,
      triggered_by: triggeredBy,
      ...(client === undefined ? {} : { client }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(!full || address === undefined ? {} : { address }),
      ...(!full || agent === undefined ? {} : { agent }),
      ...(!full || locale === undefined ? {} : { locale }),
    },
  };
}
