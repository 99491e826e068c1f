import Mustache from 'mustache';
import { dateFormat, type DateShape } from '../../text/date-format.ts';
import type { Prepared } from '../delivery/addressee.ts';
import type { Locale } from '../../text/locales.ts';

/** The values of a message as `Addressee.prepare` gives them. */
export type MessageValues = Extract<Prepared, { readonly outcome: 'send' }>['values'];

/** A message cannot be written: a value it needs is missing or of no use. Names the value, never holds it. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
}

/**
 * A text value that the message cannot do without.
 * @throws MessageError when it is missing or empty
 */
export function needText(values: MessageValues, name: string): string {
  const value = textOf(values, name);
  if (value === undefined) throw new MessageError(`the message needs a value '${name}'`);
  return value;
}

/** A text value, undefined when missing or empty. */
export function textOf(values: MessageValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Fills the placeholders of one of a locale's texts. The result is plain text of one line: whatever takes it into
 * markup must escape it. Values written the other way are isolated (Unicode FSI … PDI), so that a Latin name leaves
 * an Arabic sentence whole.
 */
export function say(text: string, values: MessageValues, direction: Locale['direction']): string {
  const safe = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, fit(name, oneLine(String(value ?? '')), direction)]),
  );
  return Mustache.render(text, safe, undefined, { escape: String });
}

/**
 * The moment `expiresAt` of a message as the recipient would write it: in their own time zone, or else with the name of
 * a city whose time it is. Its digits are those of codes and links.
 * @param values `timezone`, an IANA name (UTC when missing or unknown), and `timezoneIsOwn`, true for the reader's own
 * @param language BCP 47
 * @param style `short` for text messages
 * @returns undefined without such a value
 * @throws MessageError when it is not a date
 */
export function expiryIn(values: MessageValues, language: string, style: 'long' | 'short'): string | undefined {
  const iso = textOf(values, 'expiresAt');
  if (iso === undefined) return undefined;
  const timezone = textOf(values, 'timezone');
  const city = cityOf(timezone);
  const ownTime = values['timezoneIsOwn'] === true && isTimeZone(timezone);
  const moment = formatMoment(iso, language, timezone, style, ownTime || city !== undefined);
  return ownTime || city === undefined ? moment : `${moment} (${city})`;
}

function formatMoment(
  iso: string,
  language: string,
  timezone: string | undefined,
  style: 'long' | 'short',
  withoutZone: boolean,
): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) throw new MessageError('a date of the message is not a date');
  const shape: DateShape =
    style === 'long'
      ? { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit' }
      : { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' };
  // Some versions of ICU put narrow no-break spaces into times: they double the price of a text message.
  return dateFormat(language, withoutZone ? shape : { ...shape, timeZoneName: 'short' }, timezone)
    .format(moment)
    .replaceAll('\u202f', ' ');
}

/** Cities whose names have changed since the time zones were named after them. */
const renamed: Readonly<Record<string, string>> = {
  Calcutta: 'Kolkata',
  Saigon: 'Ho Chi Minh City',
  Ho_Chi_Minh: 'Ho Chi Minh City',
  Kiev: 'Kyiv',
  Rangoon: 'Yangon',
  Katmandu: 'Kathmandu',
};

/** The city that an IANA zone is named after; undefined for zones without one, such as `UTC` and `Etc/GMT-5`. */
function cityOf(timezone: string | undefined): string | undefined {
  if (!isTimeZone(timezone)) return undefined;
  const area = /^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)\//i;
  const place = area.test(timezone) ? timezone.split('/').at(-1) : undefined;
  return place === undefined ? undefined : (renamed[place] ?? place.replaceAll('_', ' '));
}

function isTimeZone(timezone: string | undefined): timezone is string {
  try {
    return (
      timezone !== undefined && new Intl.DateTimeFormat('en', { timeZone: timezone }) instanceof Intl.DateTimeFormat
    );
  } catch {
    return false;
  }
}

/** A code as it is shown, in groups that are read at a glance: `7K4P 9RTX`. What is typed may hold the blank. */
export function showCode(code: string): string {
  const size = code.length === 9 ? 3 : Math.ceil(code.length / 2);
  const groups = code.length < 6 ? [code] : code.match(new RegExp(`.{1,${size}}`, 'gu'));
  return (groups ?? [code]).join(' ');
}

/** Longer than any real name: a value must not become a message of its own. */
const longestValue = 200;

/** Whole sentences of ours come as values too: what a notice to an administrator says. */
const sentences: ReadonlySet<string> = new Set(['noticeSubject', 'noticeText', 'noticeUnexpected']);
const longestSentences = 2_000;

/**
 * Text that stays on its line and in its direction: line breaks, controls and what turns text around become a blank.
 */
export function oneLine(value: string): string {
  return value.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

function fit(name: string, value: string, direction: Locale['direction']): string {
  // To be copied or tapped: no invisible characters around it.
  if (name === 'code' || name === 'link') return value;
  const opposite =
    direction === 'rtl'
      ? /\p{Script=Latin}|\d/u
      : /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
  const shown = shorten(value, sentences.has(name) ? longestSentences : longestValue);
  return opposite.test(value) ? `\u2068${shown}\u2069` : shown;
}

function shorten(value: string, longest: number): string {
  const characters = Array.from(value);
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : value;
}
