import { pickLocale, type Locale } from '../../text/locales.ts';
import type { ReadyToSend } from '../delivery/channel.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { MessageBook } from './message-book.ts';
import { MessageError } from './message-values.ts';
import { renderMail } from './render-mail.ts';
import { renderSms } from './render-sms.ts';

/** A message in one language. */
export interface WrittenMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** BCP 47. */
  readonly language: string;
}

/** A message as a reader sees it; `html` of a mail. */
export type WholeMessage = Pick<WrittenMail, 'text'> & Partial<WrittenMail>;

/** What of a delivery its words depend on. */
export type Occasion = Pick<Delivery, 'template' | 'data'>;

/**
 * Writes a mail in the reader's language, with the wording of the application it is about.
 * @throws MessageError when a value it needs is missing
 */
export function writeMail(
  book: MessageBook,
  { template, data }: Occasion,
  { locales: wanted, values }: Pick<ReadyToSend, 'locales' | 'values'>,
): WrittenMail {
  if (template === 'event' || template === 'revealCode') throw new MessageError(`'${template}' never goes by mail`);
  const { locales, layouts } = book.wordingFor(data['application']);
  const locale = pickLocale(wanted, locales);
  return { ...renderMail(layouts, locale, template, values, regionOf(wanted, locale)), language: locale.language };
}

/**
 * Writes a text message in the reader's language.
 * @throws MessageError for what never goes by SMS, or when the code is missing
 */
export function writeSms(
  book: MessageBook,
  { template, data }: Occasion,
  { locales: wanted, values }: Pick<ReadyToSend, 'locales' | 'values'>,
): string {
  return renderSms(pickLocale(wanted, book.wordingFor(data['application']).locales), template, values);
}

/** All of a message as it goes over its channel. */
export function writeWhole(
  book: MessageBook,
  occasion: Occasion & Pick<Delivery, 'channel'>,
  ready: Pick<ReadyToSend, 'locales' | 'values'>,
): WholeMessage {
  return occasion.channel === 'sms' ? { text: writeSms(book, occasion, ready) } : writeMail(book, occasion, ready);
}

/** A message as it goes over its channel, for those who want to read it without sending it. */
export function writeMessage(
  book: MessageBook,
  occasion: Occasion & Pick<Delivery, 'channel'>,
  ready: Pick<ReadyToSend, 'locales' | 'values'>,
): { readonly subject?: string; readonly text: string } {
  if (occasion.channel === 'sms') return { text: writeSms(book, occasion, ready) };
  const { subject, text } = writeMail(book, occasion, ready);
  return { subject, text };
}

/** The recipient's own tag where it is of the language spoken: a Briton's dates are not an American's. */
function regionOf(wanted: readonly string[], { language }: Locale): string {
  const own = wanted
    .map((tag) => tag.replaceAll('_', '-'))
    .find((tag) => tag.toLowerCase().startsWith(`${language.toLowerCase()}-`));
  try {
    return own === undefined ? language : new Intl.Locale(own).toString();
  } catch {
    return language;
  }
}
