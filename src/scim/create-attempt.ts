import { createHash, createHmac } from 'node:crypto';
import type { Resource } from './resource.ts';
import { ScimError } from './scim-error.ts';
import type { ScimRequest } from './scim-request.ts';

/** A create that its caller may repeat without making a second resource: it came with an `Idempotency-Key`. */
export interface CreateAttempt {
  /** Stands for the client and its key. */
  readonly key: string;
  /** Stands for the resource wanted: the same key with another one is a mistake of the caller. */
  readonly digest: string;
}

const longestKey = 255;

/**
 * The attempt that a create is; undefined when it bears no key, or is only tried out.
 * @param resource as validated; what it is digested with is secret, for it may hold a password that nobody may guess at the digest
 * @throws ScimError 400 for a key of more than 255 characters
 */
export function createAttemptOf({ context, headers }: ScimRequest, resource: Resource, secret: Buffer): CreateAttempt | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || key === '' || context.dryRun) return undefined;
  if (key.length > longestKey) throw new ScimError(400, undefined, `Idempotency-Key may have at most ${longestKey} characters.`);
  return {
    key: createHash('sha256').update(JSON.stringify([context.client.id, key])).digest('base64url'),
    digest: createHmac('sha256', secret).update(JSON.stringify(resource)).digest('base64url'),
  };
}
