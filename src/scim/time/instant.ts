const dateTime = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/i;

const earliest = '0000-01-01T00:00:00.000000000Z';
const latest = '9999-12-31T23:59:59.999999999Z';

/**
 * Brings a dateTime (RFC 7643 §2.3.5, xsd:dateTime) to UTC text of fixed width with nine fraction digits, so that text
 * order is time order: `2026-05-06T09:08:09.12+02:00` → `2026-05-06T07:08:09.120000000Z`. Further digits are cut off,
 * no offset means UTC, and a time that an offset carries out of the years 0000 to 9999 is clamped to them.
 * @returns undefined when the text is not a dateTime or names a moment that does not exist
 */
export function instantOf(text: string): string | undefined {
  const match = dateTime.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', offset = 'Z'] = match;
  const isMidnightAtEnd = hour === '24' && Number(minute) === 0 && Number(second) === 0 && Number(fraction) === 0;
  if (
    !isDay(Number(year), Number(month), Number(day))
    || (hour > '23' && !isMidnightAtEnd)
    || minute > '59'
    || second > '59'
  )
    return undefined;
  const end = `.${fraction.slice(0, 9).padEnd(9, '0')}Z`;
  if (offset.length === 1 && !isMidnightAtEnd) return `${year}-${month}-${day}T${hour}:${minute}:${second}${end}`;
  const shift = offset.length === 1 ? 0 : minutesOf(offset);
  if (shift === undefined) return undefined;
  const moment =
    Date.parse(`${year}-${month}-${day}T00:00:00Z`)
    + ((Number(hour) * 60 + Number(minute) - shift) * 60 + Number(second)) * 1000;
  const utc = new Date(moment).toISOString();
  if (utc.length > 24) return utc.startsWith('-') ? earliest : latest;
  return utc.slice(0, 19) + end;
}

/**
 * A dateTime in milliseconds since 1970; NaN when it is none. `Date.parse` reads fractions of many digits wrongly
 * (`.0002000000` as two milliseconds), and takes times without an offset for the host's.
 */
export function timeOf(text: string): number {
  const instant = instantOf(text);
  return instant === undefined ? Number.NaN : Date.parse(`${instant.slice(0, 23)}Z`);
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return (
    day <= (month === 2 ? (isLeap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31)
  );
}

/** `+02:00` → 120; undefined past fourteen hours. */
function minutesOf(offset: string): number | undefined {
  const minutes = Number(offset.slice(4, 6));
  const total = Number(offset.slice(1, 3)) * 60 + minutes;
  if (minutes > 59 || total > 14 * 60) return undefined;
  return offset.startsWith('-') ? -total : total;
}
