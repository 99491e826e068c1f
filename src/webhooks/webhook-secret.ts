import { randomBytes } from 'node:crypto';
import { readSecretPlace, SecretPlaceError } from '../base/secret-place.ts';

/** A secret cannot be read or is not a webhook secret. The message never contains it. */
export class WebhookSecretError extends Error {
  override readonly name = 'WebhookSecretError';
}

/** Bytes a key must have at least and at most, by Standard Webhooks. */
const keyBytes = { least: 24, most: 64 };

/**
 * The key in a webhook's secret, `whsec_<base64>`.
 * @param reference how settings refer to it, for the message
 * @throws WebhookSecretError
 */
export function decodeWebhookSecret(secret: string, reference: string): Buffer {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret.trim())?.[1];
  if (encoded === undefined) throw new WebhookSecretError(`${reference} holds no 'whsec_' followed by base64`);
  const key = Buffer.from(encoded, 'base64');
  if (key.length < keyBytes.least || key.length > keyBytes.most) {
    throw new WebhookSecretError(
      `${reference} holds a key of ${key.length} bytes: it must have ${keyBytes.least} to ${keyBytes.most}`,
    );
  }
  return key;
}

/**
 * Reads the key that a setting refers to: the settings say where a secret is, never what it is.
 * @param reference `env:<variable>` or `file:<path>`; what is found there is `whsec_<base64>`
 * @throws WebhookSecretError
 */
export function readWebhookSecret(
  reference: string,
  environment: Readonly<Record<string, string | undefined>>,
): Buffer {
  return decodeWebhookSecret(readSecretText(reference, environment), reference);
}

/**
 * Reads the text that a setting refers to.
 * @param reference `env:<variable>` or `file:<path>`
 * @throws WebhookSecretError
 */
export function readSecretText(reference: string, environment: Readonly<Record<string, string | undefined>>): string {
  try {
    return readSecretPlace(reference, environment);
  } catch (cause) {
    if (!(cause instanceof SecretPlaceError)) throw cause;
    throw new WebhookSecretError(cause.message, { cause });
  }
}

/** A new secret for an endpoint, as Standard Webhooks has it. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
