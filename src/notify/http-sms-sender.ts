import type { SendResult } from './mailer.ts';
import type { SmsSender } from './sms-sender.ts';

/** Where a tenant's text messages go; undefined: it has no gateway. */
export type GatewayOf = (tenant: string) => { readonly url: string; readonly secret: string | undefined } | undefined;

const timeoutMs = 20_000;

/**
 * Sends text messages through any HTTP gateway that keeps this contract:
 *
 * - `POST <url>`, `Content-Type: application/json`, `Authorization: Bearer <secret>` where there is a secret,
 *   `Idempotency-Key: <reference>`, body `{"to": "+4915112345678", "text": "…", "reference": "…"}`.
 * - 2xx: taken. 401, 403, 404, 407: the account or the address is wrong, the channel pauses. 408, 425, 429, 5xx, no answer in
 *   20 s, a redirect: later. Any other 4xx: this message can never be sent.
 *
 * @param fetchLike `fetch`, or a stand-in
 */
export function createHttpSmsSender(gatewayOf: GatewayOf, fetchLike: typeof fetch = fetch): SmsSender {
  return {
    async send({ to, text, reference, tenant }): Promise<SendResult> {
      const gateway = gatewayOf(tenant);
      if (gateway === undefined) return { outcome: 'permanent', reply: 'No SMS gateway is configured.' };
      try {
        const response = await fetchLike(gateway.url, {
          method: 'POST',
          redirect: 'manual',
          headers: {
            'Content-Type': 'application/json',
            'Idempotency-Key': reference,
            ...(gateway.secret === undefined ? {} : { Authorization: `Bearer ${gateway.secret}` }),
          },
          body: JSON.stringify({ to, text, reference }),
          signal: AbortSignal.timeout(timeoutMs),
        });
        await response.body?.cancel();
        return { outcome: outcomeOf(response.status), reply: `HTTP ${response.status}` };
      } catch (error) {
        const connected = error instanceof Error && error.name === 'TimeoutError';
        return connected ? { outcome: 'temporary', reply: 'The gateway did not answer in time.' } : { outcome: 'channelDown', reply: 'The gateway could not be reached.' };
      }
    },
  };
}

function outcomeOf(status: number): SendResult['outcome'] {
  if (status >= 200 && status < 300) return 'accepted';
  if ([401, 403, 404, 407].includes(status)) return 'channelDown';
  return status < 400 || status >= 500 || [408, 425, 429].includes(status) ? 'temporary' : 'permanent';
}
