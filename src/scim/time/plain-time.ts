import { instantOf } from './instant.ts';

/**
 * ISO 8601 with a blank for the `T`, without seconds, or with an offset of hours alone: as people and HR systems write
 * it.
 */
const loose = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:[.,]\d{1,20})?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/** The directories' spelling (RFC 4517 §3.3.13). */
const directory = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)(?:\.\d{1,20})?Z)?$/i;

/** Longer than any time with blanks around it. */
const longest = 100;

/**
 * A day or time in the form of RFC 7643 §2.3.5, whatever spelling it came in: blanks around it, ISO 8601 in short
 * (`2031-05-06 07:08`, `+0200`), and the directories' `20310506` and `20310506070809Z`. What has no offset keeps none:
 * it is local to a zone that the caller knows.
 * @returns a day (`2031-05-06`) or a dateTime with seconds; undefined when the text is neither, or names none that
 *   exists
 */
export function plainTime(text: string): string | undefined {
  if (text.length > longest) return undefined;
  const trimmed = text.trim();
  const [, year, month, day, hour, minute, second] = directory.exec(trimmed) ?? [];
  const iso =
    year === undefined
      ? trimmed
      : `${year}-${month}-${day}${hour === undefined ? '' : `T${hour}:${minute}:${second}Z`}`;
  const [, date, time, seconds = ':00', zone = ''] = loose.exec(iso) ?? [];
  if (date === undefined) return undefined;
  if (time === undefined) return instantOf(`${date}T00:00:00Z`) === undefined ? undefined : date;
  const offset = zone.length === 3 ? `${zone}:00` : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2').toUpperCase();
  const moment = `${date}T${time}${seconds.replace(',', '.')}${offset}`;
  return instantOf(moment) === undefined ? undefined : moment;
}
