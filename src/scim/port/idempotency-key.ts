import { createHash, createHmac } from 'node:crypto';
import type { Json } from '../../base/json.ts';
import { ScimError } from '../model/scim-error.ts';

/**
 * A create, or a batch of which all or nothing is done, that its caller may repeat without doing it twice: it came
 * with an `Idempotency-Key`.
 */
export interface IdempotencyKey {
  /** A digest of the client and its key. */
  readonly key: string;
  /** A digest of the request: the same key with another request is a mistake of the caller. */
  readonly digest: string;
  /** The same, as it was made with keys that have been replaced since. */
  readonly olderDigests?: readonly string[];
}

/** Whether an attempt wants what is kept under its key. */
export function wantsTheSame({ digest, olderDigests = [] }: IdempotencyKey, kept: unknown): boolean {
  return kept === digest || olderDigests.some((older) => older === kept);
}

const longestKey = 255;

/**
 * The attempt that a request belongs to; undefined when it has no key.
 * @param client the client's id; no two clients share their keys
 * @param key the `Idempotency-Key` header
 * @param wanted the resource as validated, or the batch
 * @param secrets what it is digested with, newest first: the digest must not allow guesses at a password in it
 * @throws ScimError 400 for a key of more than 255 characters
 */
export function createAttemptOf(
  client: string,
  key: string | undefined,
  wanted: Json,
  secrets: readonly Buffer[],
): IdempotencyKey | undefined {
  if (key === undefined || key === '') return undefined;
  if (key.length > longestKey)
    throw new ScimError(400, undefined, `Idempotency-Key may have at most ${longestKey} characters.`);
  const [digest = '', ...olderDigests] = secrets.map((secret) =>
    createHmac('sha256', secret).update(JSON.stringify(wanted)).digest('base64url'),
  );
  return {
    key: createHash('sha256')
      .update(JSON.stringify([client, key]))
      .digest('base64url'),
    digest,
    ...(olderDigests.length === 0 ? {} : { olderDigests }),
  };
}
