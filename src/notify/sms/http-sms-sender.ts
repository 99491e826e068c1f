import type { SendResult } from '../delivery/send-result.ts';
import type { SmsGateway, SmsSender, TextMessage } from './sms-sender.ts';
import { readTwilioFault, twilioRequest } from './twilio.ts';

/** Where a tenant's text messages go; undefined: it has no gateway. */
export type GatewayOf = (tenant: string) => SmsGateway | undefined | Promise<SmsGateway | undefined>;

/** What a gateway is spoken to with. */
export type GatewayFetch = (url: string, request: GatewayRequest) => Promise<Response>;

/** A call of a gateway. */
export interface GatewayRequest {
  readonly method: 'POST';
  readonly redirect: 'manual';
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
}

const timeoutMs = 20_000;

/**
 * Sends text messages through an HTTP gateway. The preset `json` keeps this contract:
 *
 * - `POST <url>`, `Content-Type: application/json`, `Authorization: Bearer <secret>` where there is a secret,
 *   `Idempotency-Key: <reference>`, body `{"to": "+4915112345678", "text": "…", "reference": "…"}`.
 * - 2xx: taken. 401, 403, 404, 407: the account or the address is wrong, the channel pauses. 408, 425, 429, 5xx, no
 *   answer in 20 s, a redirect: later. Any other 4xx: this message can never be sent.
 *
 * The preset `twilio` follows Twilio's Messages resource (see `twilio.ts`), as compatible gateways do.
 *
 * @param fetchLike `fetch`, or a substitute for it
 */
export function createHttpSmsSender(gatewayOf: GatewayOf, fetchLike: GatewayFetch = fetch): SmsSender {
  return {
    async send(message): Promise<SendResult> {
      const gateway = await gatewayOf(message.tenant);
      if (gateway === undefined) return { outcome: 'permanent', reply: 'No SMS gateway is configured.' };
      const isTwilio = gateway.preset === 'twilio';
      try {
        const request = isTwilio ? twilioRequest(gateway, message) : jsonRequest(gateway, message);
        const response = await fetchLike(gateway.url, {
          method: 'POST',
          redirect: 'manual',
          ...request,
          signal: AbortSignal.timeout(timeoutMs),
        });
        const fault = isTwilio && response.status === 400 ? await readTwilioFault(response) : undefined;
        if (!response.bodyUsed) await response.body?.cancel();
        return fault ?? { outcome: outcomeOf(response.status), reply: `HTTP ${response.status}` };
      } catch (error) {
        const connected = error instanceof Error && error.name === 'TimeoutError';
        return connected
          ? { outcome: 'temporary', reply: 'The gateway did not answer in time.' }
          : { outcome: 'channelDown', reply: 'The gateway could not be reached.' };
      }
    },
  };
}

function jsonRequest(
  { secret }: SmsGateway,
  { to, text, reference }: TextMessage,
): { headers: Record<string, string>; body: string } {
  return {
    headers: {
      'Content-Type': 'application/json',
      'Idempotency-Key': reference,
      ...(secret === undefined ? {} : { Authorization: `Bearer ${secret}` }),
    },
    body: JSON.stringify({ to, text, reference }),
  };
}

function outcomeOf(status: number): SendResult['outcome'] {
  if (status >= 200 && status < 300) return 'accepted';
  if ([401, 403, 404, 407].includes(status)) return 'channelDown';
  return status < 400 || status >= 500 || [408, 425, 429].includes(status) ? 'temporary' : 'permanent';
}
