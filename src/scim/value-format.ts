/** What no store and no client can be trusted to keep: NUL, and half of a surrogate pair. */
const broken = /[\0\p{Surrogate}]/u;

const dateTime = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,20})?(?:Z|[+-](\d\d):(\d\d))$/;

const base64 = /^[A-Za-z0-9+/_\s-]*={0,2}\s*$/;

/** True for text that can be stored and sent again: no NUL, no half of a surrogate pair. */
export function isText(text: string): boolean {
  return !broken.test(text);
}

/**
 * True for an xsd:dateTime with an offset, `Z` or `±hh:mm`, that names a real day and time (RFC 7643 §2.3.5). Without an offset
 * it would be no instant, and could be neither compared nor acted on.
 */
export function isDateTime(text: string): boolean {
  const match = dateTime.exec(text);
  if (match === null) return false;
  const numbers = match.slice(1).map((part) => Number(part ?? 0));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offsetHours = 0, offsetMinutes = 0] = numbers;
  const validTime = hour < 24 && minute < 60 && second < 60;
  const validOffset = offsetMinutes < 60 && offsetHours * 60 + offsetMinutes <= 14 * 60;
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month) && validTime && validOffset;
}

/** True for base64, in either alphabet, with or without padding and line breaks (RFC 7643 §2.3.6; RFC 4648 §4, §5). */
export function isBase64(text: string): boolean {
  return base64.test(text);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
