import { readSecretPlace, SecretPlaceError } from '../base/secret-place.ts';
import { keptPrefix, type KeptSecrets } from './kept-secrets.ts';

/** Reads the secret that a setting of a tenant refers to; undefined where there is none. */
export type SecretOf = (tenant: string, reference: string) => Promise<string | undefined>;

/**
 * Makes the reading of secrets that settings refer to: `kept:NAME`, one that the tenant has given; `env:NAME` and
 * `file:/path`, which the operator alone may name.
 */
export function createSecretOf(
  kept: Pick<KeptSecrets, 'read'>,
  environment: Readonly<Record<string, string | undefined>>,
): SecretOf {
  return async (tenant, reference) => {
    if (reference.startsWith(keptPrefix)) return kept.read(tenant, reference.slice(keptPrefix.length));
    const secret = textAt(reference, environment)?.trim();
    return secret === '' ? undefined : secret;
  };
}

function textAt(reference: string, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  try {
    return readSecretPlace(reference, environment);
  } catch (cause) {
    if (cause instanceof SecretPlaceError) return undefined;
    throw cause;
  }
}
