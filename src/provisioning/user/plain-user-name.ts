import type { Resource } from '../../scim/model/resource.ts';
import { InvalidValueError } from '../../scim/model/scim-error.ts';
import { codePointName, invisible } from '../../text/invisible.ts';

const control = /[\p{Cc}\p{Zl}\p{Zp}]/u;
/** Blanks that look like a plain one. The ideographic blank is the one that Chinese and Japanese keyboards write. */
const oddBlank = /(?![ \u3000])\p{Zs}/u;

/** Characters of a name at most: no door of sign-in takes more (`/auth/v1/verify`, the pages). */
const longestName = 1024;

/**
 * The user with a name that reads the same in messages, at sign-in and among other names: blanks around a new name are
 * left out, and one with characters that cannot be typed or seen is refused. A name that the user has already may stay.
 * Pure.
 * @param before as stored; undefined for a create
 * @throws InvalidValueError naming `userName`, and the character and its place or how long a name may be
 */
export function plainUserName(before: Resource | undefined, after: Resource): Resource {
  const userName = after['userName'];
  if (typeof userName !== 'string' || userName === before?.['userName']) return after;
  refuse(userName, control, 'a line break or another control character');
  refuse(userName, invisible, 'a character that cannot be seen');
  const plain = userName.trim();
  if (plain.length > longestName && [...plain].length > longestName)
    throw new InvalidValueError(`userName: a name has at most ${longestName} characters, this one has more.`);
  refuse(plain, oddBlank, 'a blank that cannot be told from a plain one');
  if (plain === '') throw new InvalidValueError('userName is required: it must not be empty.');
  return plain === userName ? after : { ...after, userName: plain };
}

function refuse(userName: string, unfit: RegExp, what: string): void {
  const found = unfit.exec(userName);
  if (found === null) return;
  const place = [...userName.slice(0, found.index)].length + 1;
  throw new InvalidValueError(
    `userName: character ${place} is ${codePointName(found[0])}, ${what}. Send the name without it.`,
  );
}
