/** What a date is to show; the zone is named apart. */
export type DateShape = Omit<Intl.DateTimeFormatOptions, 'timeZone'>;

const made = new Map<string, Intl.DateTimeFormat>();
/**
 * A formatter takes milliseconds and a good deal of memory to make. People's zones and languages are few; hostile
 * ones must not pile up.
 */
const mostKept = 200;

/**
 * The formatter of dates for a language and a time zone, made once. Its digits are 0 to 9 in every language: those of
 * the codes, links and numbers beside it.
 * @param locale BCP 47
 * @param timezones IANA names, the first that is known counts; UTC when none is
 */
export function dateFormat(
  locale: string,
  shape: DateShape,
  ...timezones: readonly (string | undefined)[]
): Intl.DateTimeFormat {
  const name = JSON.stringify([locale, shape, timezones]);
  const found = made.get(name);
  if (found !== undefined) return found;
  if (made.size >= mostKept) made.clear();
  const format = make(locale, shape, timezones);
  made.set(name, format);
  return format;
}

function make(locale: string, shape: DateShape, timezones: readonly (string | undefined)[]): Intl.DateTimeFormat {
  for (const timeZone of timezones) {
    try {
      if (timeZone !== undefined)
        return new Intl.DateTimeFormat(locale, { ...shape, numberingSystem: 'latn', timeZone });
    } catch {
      // Not a zone this machine knows: the next one will do.
    }
  }
  return new Intl.DateTimeFormat(locale, { ...shape, numberingSystem: 'latn', timeZone: 'UTC' });
}
