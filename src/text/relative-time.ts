const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A formatter takes a while to make; there is one for each language that there are words in. */
const made = new Map<string, Intl.RelativeTimeFormat>();

/**
 * How long it is until a moment, in words that a sentence can hold: "in 15 minutes". Rounded up, so that who comes
 * back then is not too early; up to a minute and a half it is the language's own "in about a minute".
 * @param language one of the languages that there are words in
 * @param ms milliseconds from now
 * @param aboutAMinute the words for the shortest time
 */
export function relativeTime(language: string, ms: number, aboutAMinute: string): string {
  if (ms <= 1.5 * minuteMs) return aboutAMinute;
  const format = formatFor(language);
  if (ms <= 90 * minuteMs) return format.format(Math.ceil(ms / minuteMs), 'minute');
  if (ms <= 2 * dayMs) return format.format(Math.ceil(ms / hourMs), 'hour');
  return format.format(Math.ceil(ms / dayMs), 'day');
}

function formatFor(language: string): Intl.RelativeTimeFormat {
  const known = made.get(language);
  if (known !== undefined) return known;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'always' });
  made.set(language, format);
  return format;
}
