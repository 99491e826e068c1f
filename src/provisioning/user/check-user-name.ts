import type { Resource } from '../../scim/model/resource.ts';
import { InvalidValueError } from '../../scim/model/scim-error.ts';

/** Controls, line and paragraph separators, what turns the direction of text, and halves of characters. */
const unfit = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

/**
 * Refuses a new user name with characters that cannot be typed or seen: they would break lines of messages, and make
 * one name look like another. A name that the user has already may stay.
 * @param before the user as stored
 * @throws InvalidValueError naming `userName`, the character and its place
 */
export function checkUserName(before: Resource | undefined, after: Resource): void {
  const userName = after['userName'];
  if (typeof userName !== 'string' || userName === before?.['userName']) return;
  const found = unfit.exec(userName);
  if (found === null) return;
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const place = [...userName.slice(0, found.index)].length + 1;
  throw new InvalidValueError(
    `userName: character ${place} is U+${code}, a line break or another control character. Send the name without it.`,
  );
}
