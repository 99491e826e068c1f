import Mustache from 'mustache';
import { dateFormat, type DateShape } from '../../date-format.ts';
import type { Prepared } from '../delivery/addressee.ts';
import type { Locale } from '../../locales.ts';

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
 * A moment as the recipient would write it, with the zone.
 * @param iso ISO 8601
 * @param language BCP 47
 * @param timezone IANA name; UTC when missing or unknown
 * @param style `short` for text messages
 * @throws MessageError when `iso` is no date
 */
export function formatMoment(
  iso: string,
  language: string,
  timezone: string | undefined,
  style: 'long' | 'short',
): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) throw new MessageError('a date of the message is no date');
  const shape: DateShape =
    style === 'long'
      ? {
          weekday: 'long',
          day: 'numeric',
          month: 'long',
          year: 'numeric',
          hour: 'numeric',
          minute: '2-digit',
          timeZoneName: 'short',
        }
      : { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' };
  // Some versions of ICU put narrow no-break spaces into times: they double the price of a text message.
  return dateFormat(language, shape, timezone).format(moment).replaceAll('\u202f', ' ');
}

/** Longer than any real name; a value is no place for a letter of its own. */
const longestValue = 200;

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
  return opposite.test(value) ? `\u2068${shorten(value)}\u2069` : shorten(value);
}

function shorten(value: string): string {
  const characters = Array.from(value);
  return characters.length > longestValue ? `${characters.slice(0, longestValue - 1).join('')}…` : value;
}
