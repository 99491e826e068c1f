import type { Addressee, Prepared } from '../notify/delivery/addressee.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import type { Settings, WebhookEndpoint } from '../config/settings.ts';
import type { EndpointRegister } from './endpoint-register.ts';

/** The endpoint a delivery is for; undefined when the settings know it no more. */
export function endpointOf({ webhooks }: Settings, { data }: Delivery): WebhookEndpoint | undefined {
  return webhooks.find(({ id }) => id === data['endpoint']);
}

/** The endpoints behind webhook deliveries. Nobody's record is told what became of them: they tell of records. */
export function createWebhookSubscribers(
  register: EndpointRegister,
  settingsOf: (tenant: string) => Settings,
): Addressee {
  return {
    async prepare(delivery): Promise<Prepared> {
      const endpoint = endpointOf(settingsOf(delivery.tenant), delivery);
      if (endpoint === undefined) return { outcome: 'cancel', reason: 'the settings know no such webhook any more' };
      const disabled = await register.disabled(delivery.tenant, endpoint);
      if (disabled !== undefined) return { outcome: 'cancel', reason: `the webhook is disabled: ${disabled.reason}` };
      // Its id and not its URL, which may hold a secret in its path.
      return { outcome: 'send', to: endpoint.id, locales: [], values: {} };
    },
    async report() {
      // Told to nobody, so that no delivery of an event ever causes another event.
    },
  };
}
