import { createHash } from 'node:crypto';
import { ExpiredCursorError } from '../scim/model/scim-error.ts';

/**
 * A text of which only the digest goes into a cursor. Lengths are in bytes as written there, control characters
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
 * @param value the present value of the record at the position
 * @throws ExpiredCursorError when it has changed or is gone: the place in the list is then unknown
 */
export function recoverLong(digest: string, value: unknown): string {
  if (typeof value === 'string' && digestOfLong(value) === digest) return value;
  throw new ExpiredCursorError(
    'The resource at the cursor has changed the value that the list is sorted by. Begin again with an empty cursor.',
  );
}
