import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { guardConnection } from '../network/public-address.ts';

/** What is wanted of an answer. */
export interface WebhookAnswer {
  readonly status: number;
  /** Its `Retry-After`, as sent. */
  readonly retryAfter?: string | undefined;
}

/** Posts a body; rejects when there is no answer: time-out, no connection, RefusedAddressError. */
export type PostWebhook = (url: URL, headers: Readonly<Record<string, string>>, body: string) => Promise<WebhookAnswer>;

/** For the whole exchange, name look-up and TLS included. */
const timeoutMs = 15_000;
/** Of an answer nothing but its head matters; this much is read out of politeness. */
const readBytes = 64 * 1024;

/**
 * Makes the one way out to webhooks. It reaches public addresses only, except for hosts the operator has named; it
 * follows no redirect and uses no proxy; each request has a connection of its own, whose address has been looked at.
 * @param trustedHosts host names and literal addresses, in lower case, that may be inside and may be spoken to
 *   without TLS
 */
export function createPostWebhook(trustedHosts: ReadonlySet<string>): PostWebhook {
  return async (url, headers, body) => {
    const options: RequestOptions = {
      method: 'POST',
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      ...guardConnection(url, trustedHosts),
    };
    return new Promise<WebhookAnswer>((resolve, reject) => {
      const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, (response) => {
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
        let read = 0;
        response.on('data', (chunk: Buffer) => {
          read += chunk.length;
          if (read > readBytes) request.destroy();
        });
        // The status is known: the rest of the answer does not matter.
        response.on('error', () => undefined);
      });
      request.on('error', reject);
      request.end(body);
    });
  };
}
