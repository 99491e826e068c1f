import { hasPiledMarks } from './case-fold.ts';
import { instantOf } from '../time/instant.ts';

/** What no store and no client can be trusted to keep: NUL, and half of a surrogate pair. */
const broken = /[\0\p{Surrogate}]/u;

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,20})?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Line breaks may follow the padding, and only then: two neighbouring runs of them would be tried in every division.
 */
const base64 = /^[A-Za-z0-9+/_\s-]*(?:={1,2}\s*)?$/;

/**
 * True for text that can be stored, compared and sent again: no NUL, no half of a surrogate pair, at most 30 combining
 * marks in a row.
 */
export function isText(text: string): boolean {
  return !broken.test(text) && !hasPiledMarks(text);
}

/**
 * True for an xsd:dateTime with an offset, `Z` or `±hh:mm`, that names a real day and time (RFC 7643 §2.3.5). Without
 * an offset it would be no instant, and could be neither compared nor acted on.
 */
export function isDateTime(text: string): boolean {
  return dateTime.test(text) && instantOf(text) !== undefined;
}

/** True for base64, in either alphabet, with or without padding and line breaks (RFC 7643 §2.3.6; RFC 4648 §4, §5). */
export function isBase64(text: string): boolean {
  return base64.test(text);
}
