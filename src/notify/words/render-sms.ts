import type { Locale } from '../../text/locales.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { expiryIn, MessageError, needText, say, textOf, type MessageValues } from './message-values.ts';

/**
 * Writes a text message. Its last line, `@host #code`, lets phones fill in the code on that host's page alone (WICG
 * "Origin-bound one-time codes"). Values: `productName`, `code`, `userName` (the page asks for it), `link` (that page),
 * `expiresAt`, `timezone`.
 * @throws MessageError for a template that is not one of a text message (a password never goes by SMS), or without
 *   `code`
 *   or `userName`
 */
export function renderSms(
  { sms: words, language, direction }: Locale,
  template: Delivery['template'],
  values: MessageValues,
): string {
  const message = smsOf(template);
  if (message === undefined) throw new MessageError(`'${template}' is never sent as a text message`);
  const code = needText(values, 'code');
  needText(values, 'userName');
  const expiresAt = expiryIn(values, language, 'short');
  const link = textOf(values, 'link');
  const { password, ...speakable } = values;
  void password;
  const sentences = [say(plainSigns(words.messages[message]), speakable, direction)];
  if (expiresAt !== undefined)
    sentences.push(say(plainSigns(words.expires), { expiresAt: plainLetters(expiresAt) }, direction));
  const lines = [sentences.join(' ')];
  if (link !== undefined && URL.canParse(link)) {
    // The user who asked for a code has its page open.
    if (message !== 'revealCode') lines.push(say(words.page, { link }, direction));
    lines.push('', `@${new URL(link).hostname} #${code}`);
  }
  return lines.join('\n');
}

const signs: Readonly<Record<string, string>> = { '’': "'", '‘': "'", '“': '"', '”': '"', '–': '-', '…': '...' };

/**
 * Typographic signs and special blanks as plain ones: a single one of them would have the whole text sent in 16-bit
 * characters, which doubles its price (3GPP TS 23.038).
 */
function plainSigns(text: string): string {
  return text.replace(/[’‘“”–…]/g, (sign) => signs[sign] ?? sign).replace(/[\u00a0\u2009\u202f]/g, ' ');
}

/** The name of a month without accents, for the same reason: `aout`, `paz`. */
function plainLetters(date: string): string {
  return plainSigns(date)
    .normalize('NFD')
    .replace(/(?<=[a-z])\p{M}+/giu, '')
    .normalize('NFC');
}

/** A reminder says again what it reminds of. */
function smsOf(template: Delivery['template']): keyof Locale['sms']['messages'] | undefined {
  if (template === 'reminder') return 'invitationCode';
  return template === 'invitationCode' || template === 'recoveryCode' || template === 'revealCode'
    ? template
    : undefined;
}
