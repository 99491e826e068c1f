import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Channel } from '../notify/delivery/channel.ts';
import type { SendResult } from '../notify/delivery/send-result.ts';
import type { Settings } from '../config/settings.ts';
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import type { ModuleAnswer, RunModule } from './run-module.ts';
import type { EndpointRegister } from './endpoint-register.ts';
import type { PostWebhook, WebhookAnswer } from './post-webhook.ts';
import { RefusedAddressError } from '../network/public-address.ts';
import { readRetryAfter } from './retry-after.ts';
import { signWebhook } from './sign-webhook.ts';
import { WebhookSecretError } from './webhook-secret.ts';
import { webhookBackoff } from './webhook-backoff.ts';
import { endpointOf } from './webhook-subscribers.ts';

/** What the channel works with. */
export interface WebhookChannelParts {
  readonly settingsOf: (tenant: string) => Settings;
  /** The signing keys behind an endpoint's `secrets`, in that order. */
  readonly keysOf: (tenant: string, secrets: readonly string[]) => Promise<readonly Buffer[]>;
  readonly register: EndpointRegister;
  readonly post: PostWebhook;
  readonly runModule: RunModule;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error'>;
}

/** Answers whose `Retry-After` counts. */
const waits: ReadonlySet<number> = new Set([429, 503]);

/**
 * The webhook channel (Standard Webhooks): posts `{type, timestamp, data}` with `webhook-id`, `webhook-timestamp` and
 * `webhook-signature`. 2xx: taken. 410: the endpoint is disabled. Anything else, a redirect included: later, with 429
 * and 503 no sooner than their `Retry-After`.
 */
export function createWebhookChannel({
  settingsOf,
  keysOf,
  register,
  post,
  runModule,
  clock,
  log,
}: WebhookChannelParts): Channel {
  return {
    name: 'webhook',
    backoff: webhookBackoff,
    async send(delivery, { values }): Promise<SendResult> {
      const endpoint = endpointOf(settingsOf(delivery.tenant), delivery);
      if (endpoint === undefined) return { outcome: 'permanent', reply: 'The settings know no such webhook any more.' };
      const event = eventOf(delivery, values);
      if (endpoint.kind === 'module') return callModule(await runModule(endpoint.module, event));
      if (endpoint.kind !== 'http') return { outcome: 'permanent', reply: 'The endpoint has become a stream.' };
      const id = delivery.messageId;
      const timestamp = Math.floor(clock.now().getTime() / 1000);
      const body = JSON.stringify(event);
      let keys: readonly Buffer[];
      try {
        keys = await keysOf(delivery.tenant, endpoint.secrets);
      } catch (error) {
        if (!(error instanceof WebhookSecretError)) throw error;
        return { outcome: 'temporary', reply: `Not signed: ${error.message}.` };
      }
      const headers = {
        'Content-Type': 'application/json',
        'User-Agent': 'Latchkey-Webhooks',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signWebhook({ id, timestamp, body }, keys),
      };
      let answer: WebhookAnswer;
      try {
        answer = await post(new URL(endpoint.url), headers, body);
      } catch (error) {
        return { outcome: 'temporary', reply: reasonOf(error) };
      }
      const { status, retryAfter } = answer;
      if (status === 410) {
        await register.disable(delivery.tenant, endpoint, 'it answered 410 Gone');
        log.error(
          { webhook: endpoint.id },
          'a webhook answered 410 Gone and is disabled until it is enabled by hand or gets another URL',
        );
        return { outcome: 'permanent', reply: 'HTTP 410' };
      }
      const reply = `HTTP ${status}`;
      if (status >= 200 && status < 300) return { outcome: 'accepted', reply };
      const retryAfterMs =
        waits.has(status) && retryAfter !== undefined ? readRetryAfter(retryAfter, clock.now()) : undefined;
      return { outcome: 'temporary', reply, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    },
    async close() {
      // Each request closes its own connection.
    },
  };
}

/** What the receiver is told: the event and, where the endpoint asked for them, attributes of the user. */
function eventOf({ data }: Delivery, { seq, user }: Readonly<Record<string, unknown>>): JsonObject {
  const payload = isJsonObject(data['payload']) ? data['payload'] : {};
  if (!isJsonObject(payload['data'])) return payload;
  return {
    ...payload,
    data: {
      ...payload['data'],
      ...(typeof seq === 'string' ? { seq: Number(seq) } : {}),
      ...(typeof user === 'string' ? { user: JSON.parse(user) as Json } : {}),
    },
  };
}

/** A module that fails is tried again, as an endpoint that does not answer is. */
function callModule(answer: ModuleAnswer): SendResult {
  return answer.outcome === 'taken'
    ? { outcome: 'accepted', reply: 'The module took the event.' }
    : { outcome: 'temporary', reply: answer.fault };
}

/** In words of ours: the system's own may name inner addresses. */
function reasonOf(error: unknown): string {
  if (error instanceof RefusedAddressError) return `Refused: ${error.message}.`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ABORT_ERR') return 'The endpoint did not answer in time.';
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN'
    ? "The endpoint's host cannot be resolved."
    : 'The endpoint could not be reached.';
}
