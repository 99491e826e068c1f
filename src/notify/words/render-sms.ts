import type { Locale } from '../../locales.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { formatMoment, MessageError, needText, say, textOf, type MessageValues } from './message-values.ts';

/**
 * Writes a text message. Its last line, `@host #code`, lets phones fill in the code on that host's page alone (WICG
 * "Origin-bound one-time codes"). Values: `productName`, `code`, `link` (the page that asks for the code),
 * `expiresAt`, `timezone`.
 * @throws MessageError for a template that is none of text messages (a password never goes by SMS), or without `code`
 */
export function renderSms(
  { sms: words, language, direction }: Locale,
  template: Delivery['template'],
  values: MessageValues,
): string {
  const message = smsOf(template);
  if (message === undefined) throw new MessageError(`'${template}' is never sent as a text message`);
  const code = needText(values, 'code');
  const expiresAt = textOf(values, 'expiresAt');
  const link = textOf(values, 'link');
  const { password, ...speakable } = values;
  void password;
  const sentences = [say(words.messages[message], speakable, direction)];
  if (expiresAt !== undefined)
    sentences.push(
      say(
        words.expires,
        { expiresAt: formatMoment(expiresAt, language, textOf(values, 'timezone'), 'short') },
        direction,
      ),
    );
  const lines = [sentences.join(' ')];
  if (link !== undefined && URL.canParse(link)) {
    // Whoever asked for a code has the page that takes it before them.
    if (message !== 'revealCode') lines.push(say(words.page, { link }, direction));
    lines.push('', `@${new URL(link).hostname} #${code}`);
  }
  return lines.join('\n');
}

/** A reminder says again what it reminds of. */
function smsOf(template: Delivery['template']): keyof Locale['sms']['messages'] | undefined {
  if (template === 'reminder') return 'invitationCode';
  return template === 'invitationCode' || template === 'recoveryCode' || template === 'revealCode'
    ? template
    : undefined;
}
