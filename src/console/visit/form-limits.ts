import type { FormLimits } from '../../page-kit/posted-form.ts';

/** Of forms that signed-in people post. */
export const formLimits: FormLimits = { size: '256kb', fields: 2_000 };
/** Of forms that anybody may post: an address and a password. */
export const openLimits: FormLimits = { size: '16kb', fields: 20 };
/** Of forms between the first proof and the second. */
export const stepLimits: FormLimits = { size: '64kb', fields: 20 };

/** Characters of a field that are read of a visitor who is not signed in: no name and no address is longer. */
export const longestLine = 300;
/** The same, of a parameter of the address. */
export const longestParameter = 8_000;

/** A longer address is not come back to after signing in: no page has one, and a header could not hold it. */
export const longestNext = 1_000;

/** A text that a visitor sends: of one who is not signed in it is cut before anything looks at it, or sends it back. */
export function ofVisitor(isSignedIn: boolean, text: string, longest: number): string {
  return isSignedIn ? text : text.slice(0, longest);
}
