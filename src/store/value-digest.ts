import { createHash } from 'node:crypto';
import { ExpiredCursorError } from '../scim/model/scim-error.ts';

/**
 * A text of which no more than its digest goes into a cursor. As it is written there, in bytes, control characters
 * escaped.
 */
const longestBytes = 256;

/** What a position holds of a text that is too long for it; undefined for any other value: that is held as it is. */
export function digestOfLong(value: unknown): string | undefined {
  if (typeof value !== 'string' || Buffer.byteLength(JSON.stringify(value)) <= longestBytes) return undefined;
  return createHash('sha256').update(value).digest('base64url');
}

/**
 * Gives a position its long text back.
 * @param value what the record that the position stands at holds now
 * @throws ExpiredCursorError when it is another, or gone: the place in the list can no longer be told
 */
export function recoverLong(digest: string, value: unknown): string {
  if (typeof value === 'string' && digestOfLong(value) === digest) return value;
  throw new ExpiredCursorError(
    'The resource at which the cursor stands has changed in what the list is sorted by. Begin again with an empty cursor.',
  );
}
