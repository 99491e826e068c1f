import { keptPrefix, type KeptSecrets } from '../tenancy/kept-secrets.ts';
import {
  decodeWebhookSecret,
  readSecretText,
  readWebhookSecret,
  WebhookSecretError,
} from '../webhooks/webhook-secret.ts';

/**
 * Makes the reading of webhooks' signing keys, in the order of their references. They are read each time: a secret in a
 * file or in the store can be replaced without a restart.
 */
export function createWebhookKeys(
  kept: Pick<KeptSecrets, 'read'>,
  environment: Readonly<Record<string, string | undefined>>,
): (tenant: string, references: readonly string[]) => Promise<readonly Buffer[]> {
  const keyOf = async (tenant: string, reference: string): Promise<Buffer> => {
    if (!reference.startsWith(keptPrefix)) return readWebhookSecret(reference, environment);
    const secret = await kept.read(tenant, reference.slice(keptPrefix.length));
    if (secret === undefined) throw new WebhookSecretError(`${reference} is not kept`);
    return decodeWebhookSecret(secret, reference);
  };
  return async (tenant, references) => Promise.all(references.map((reference) => keyOf(tenant, reference)));
}

/**
 * Makes what reads a text that settings refer to, such as the `Authorization` of a stream.
 * @throws WebhookSecretError
 */
export function createSecretTexts(
  kept: Pick<KeptSecrets, 'read'>,
  environment: Readonly<Record<string, string | undefined>>,
): (tenant: string, reference: string) => Promise<string> {
  return async (tenant, reference) => {
    if (!reference.startsWith(keptPrefix)) return readSecretText(reference, environment);
    const secret = await kept.read(tenant, reference.slice(keptPrefix.length));
    if (secret === undefined) throw new WebhookSecretError(`${reference} is not kept`);
    return secret;
  };
}
