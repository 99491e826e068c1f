import type { JsonObject } from '../base/json.ts';
import type { TemplateName } from '../notify/delivery/delivery.ts';
import type { MessageBook } from '../notify/words/message-book.ts';
import { pickLocale } from '../text/locales.ts';
import { writeMail, writeSms, type WholeMessage } from '../notify/words/write-message.ts';
import { brandValues } from '../config/brand-values.ts';
import type { Settings } from '../config/settings.ts';

/** In which words to show a message or page, and in which form. */
export interface PreviewOptions {
  readonly locale?: string;
  readonly application?: string;
  /** The HTML of the mail, and nothing else. */
  readonly html?: boolean;
  /** The text message in place of the mail. */
  readonly sms?: boolean;
}

/** Every message there is. */
export const templateNames: readonly TemplateName[] = [
  'invitation',
  'invitationCode',
  'password',
  'passwordReveal',
  'revealCode',
  'recovery',
  'recoveryCode',
  'verifyEmail',
  'activated',
  'reminder',
  'passwordChanged',
  'managerInvited',
  'managerNotIn',
];

/** Whether a name is a message's. */
export function isTemplateName(name: string): name is TemplateName {
  return templateNames.some((one) => one === name);
}

const dayMs = 86_400_000;
/** Messages that are about something already done lead to the sign-in page, and those to a manager nowhere. */
const pages: Partial<Record<TemplateName, string>> = {
  password: '/sign-in',
  activated: '/sign-in',
  passwordChanged: '/sign-in',
  verifyEmail: '/verify-email?token=PREVIEW',
  passwordReveal: '/reveal-password?token=PREVIEW',
  revealCode: '/reveal-password',
};

/** Every message that can go as a text message too, or alone. */
export const smsTemplates: readonly TemplateName[] = ['invitationCode', 'recoveryCode', 'revealCode', 'reminder'];

/**
 * A message with sample values, as its reader would get it.
 * @param publicUrl what links begin with
 * @throws MessageError for a text message of what never goes by SMS
 */
export function previewMessage(
  book: MessageBook,
  template: TemplateName,
  options: PreviewOptions,
  settings: Settings,
  publicUrl: string,
  now: Date,
): string {
  const { subject, text, html } = sampleMessage(book, template, options, settings, publicUrl, now);
  if (subject === undefined || html === undefined) return text;
  return options.html === true ? html : `Subject: ${subject}\n\n${text}`;
}

/**
 * The same with its parts apart; a text message has no more than a text.
 * @throws MessageError for a text message of what never goes by SMS
 */
export function sampleMessage(
  book: MessageBook,
  template: TemplateName,
  options: PreviewOptions,
  settings: Settings,
  publicUrl: string,
  now: Date,
): WholeMessage {
  const data: JsonObject = options.application === undefined ? {} : { application: options.application };
  const occasion = { template, data };
  const isForManager = template === 'managerInvited' || template === 'managerNotIn';
  const bySms = options.sms === true || template === 'revealCode';
  const withCode = template === 'invitationCode' || template === 'recoveryCode' || bySms;
  const link = `${publicUrl}${pages[template] ?? (withCode ? '/set-password' : '/set-password?token=PREVIEW')}`;
  const ready = {
    locales: [...(options.locale === undefined ? [] : [options.locale]), settings.locale, 'en'],
    values: {
      displayName: 'Ines Okoro',
      userName: 'ines@example.com',
      productName: settings.productName,
      timezone: settings.timezone,
      ...brandValues(settings),
      expiresAt: template === 'password' ? null : new Date(now.getTime() + dayMs).toISOString(),
      ...(isForManager ? { employee: 'Ines Okoro' } : { link }),
      ...(withCode ? { code: '7K4P9RTX' } : {}),
      ...(template === 'password'
        ? { password: 'Sample-Password-1', mustChange: settings.onboarding.changeMailedPassword }
        : {}),
    },
  };
  if (bySms) {
    const locale = pickLocale(ready.locales, book.wordingFor(options.application).locales);
    return { text: writeSms(book, occasion, ready), language: locale.language };
  }
  return writeMail(book, occasion, ready);
}
