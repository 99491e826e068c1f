import { pickLocale, type Locale, type Locales } from '../locales.ts';
import type { Channel } from './channel.ts';
import { MessageError } from './message-values.ts';
import type { Mailer } from './mailer.ts';
import { renderMail, type MailTemplates } from './render-mail.ts';

/** The e-mail channel: writes each mail in the recipient's language and gives it to a mailer. */
export function createMailChannel(mailer: Mailer, locales: Locales, templates: MailTemplates): Channel {
  return {
    name: 'email',
    async send({ id, template, messageId }, { to, locales: wanted, values }) {
      if (template === 'event') throw new MessageError('an event goes to webhooks, never by mail');
      const locale = pickLocale(wanted, locales);
      const written = renderMail(templates, locale, template, values, regionOf(wanted, locale));
      return mailer.send({
        ...written,
        to,
        messageId,
        locale: locale.language,
        headers: {
          // RFC 3834 §5 and its Microsoft cousin: no vacation answers, please.
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
          // RFC 3282
          'Content-Language': locale.language,
          // Postmark gives mails ids of its own; this comes back in its bounces.
          'X-PM-Metadata-delivery': id,
        },
      });
    },
    async close() {
      await mailer.close();
    },
  };
}

/** The recipient's own tag where it is of the language spoken: a Briton's dates are not an American's. */
function regionOf(wanted: readonly string[], { language }: Locale): string {
  const own = wanted.map((tag) => tag.replaceAll('_', '-')).find((tag) => tag.toLowerCase().startsWith(`${language.toLowerCase()}-`));
  try {
    return own === undefined ? language : new Intl.Locale(own).toString();
  } catch {
    return language;
  }
}
