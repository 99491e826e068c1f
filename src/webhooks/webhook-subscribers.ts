import type { Addressee, Prepared } from '../notify/delivery/addressee.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import type { Settings, WebhookEndpoint } from '../config/settings.ts';
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import type { EndpointRegister } from './endpoint-register.ts';

/** The endpoint a delivery is for; undefined when the settings know it no more. */
export function endpointOf({ webhooks }: Settings, { data }: Delivery): WebhookEndpoint | undefined {
  return webhooks.find(({ id }) => id === data['endpoint']);
}

/** What the subscribers work with. */
export interface WebhookSubscribersParts {
  readonly register: EndpointRegister;
  readonly settingsOf: (tenant: string) => Settings;
  /** The place of an event in its tenant's chain; undefined where it has none. */
  readonly seqOf: (tenant: string, event: string) => Promise<number | undefined>;
  /** The public attributes of these names that a user has now, never a secret; undefined when there is no such user. */
  readonly attributesOf: (tenant: string, userId: string, names: readonly string[]) => Promise<JsonObject | undefined>;
}

/** The endpoints behind webhook deliveries. Their outcome is not written to a user's record. */
export function createWebhookSubscribers({
  register,
  settingsOf,
  seqOf,
  attributesOf,
}: WebhookSubscribersParts): Addressee {
  /** What the endpoint asked to know of the user, as JSON: read now, so that a retry tells the present state. */
  const aboutUser = async (
    { tenant, data }: Delivery,
    { attributes }: WebhookEndpoint,
  ): Promise<string | undefined> => {
    const about = resourceIn(data['payload']);
    if (attributes.length === 0 || about?.type !== 'User') return undefined;
    const user = await attributesOf(tenant, about.id, attributes);
    return user === undefined ? undefined : JSON.stringify(user);
  };
  return {
    async prepare(delivery): Promise<Prepared> {
      const endpoint = endpointOf(settingsOf(delivery.tenant), delivery);
      if (endpoint === undefined) return { outcome: 'cancel', reason: 'the settings know no such webhook any more' };
      const disabled = await register.disabled(delivery.tenant, endpoint);
      if (disabled !== undefined) return { outcome: 'cancel', reason: `the webhook is disabled: ${disabled.reason}` };
      // Its id and not its URL, which may hold a secret in its path.
      const about = await aboutUser(delivery, endpoint);
      const seq = await seqOf(delivery.tenant, delivery.eventId);
      const values = {
        ...(about === undefined ? {} : { user: about }),
        ...(seq === undefined ? {} : { seq: String(seq) }),
      };
      return { outcome: 'send', to: endpoint.id, locales: [], values };
    },
    async report() {
      // Not reported as an event, so that a delivery never causes another event.
    },
  };
}

/** The resource that an event is about. */
function resourceIn(payload: Json | undefined): { readonly type: string; readonly id: string } | undefined {
  const data = isJsonObject(payload) && isJsonObject(payload['data']) ? payload['data'] : {};
  const { resourceType: type, resourceId: id } = data;
  return typeof type === 'string' && typeof id === 'string' ? { type, id } : undefined;
}
