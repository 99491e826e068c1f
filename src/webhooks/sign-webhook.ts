import { createHmac } from 'node:crypto';

/** What is signed: `id` and the moment of this attempt go out as headers beside the body. */
export interface WebhookContent {
  readonly id: string;
  /** Unix time in seconds. */
  readonly timestamp: number;
  /** The exact text sent. */
  readonly body: string;
}

/**
 * Signs as Standard Webhooks says: `v1,<base64 of HMAC-SHA256 over id.timestamp.body>`, one signature a key. While a
 * secret is being replaced the header has both signatures, and the receiver may know either secret.
 */
export function signWebhook({ id, timestamp, body }: WebhookContent, keys: readonly Buffer[]): string {
  return keys
    .map((key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`)
    .join(' ');
}
