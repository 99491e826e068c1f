import type { Channel } from '../delivery/channel.ts';
import type { MessageBook } from '../words/message-book.ts';
import type { Mailer } from './mailer.ts';
import { writeMail } from '../words/write-message.ts';

/**
 * The e-mail channel: writes each mail in the recipient's language and gives it to a mailer.
 * @param bookOf the words of a tenant
 * @param senderOf a tenant's sender, `Name <address>` or an address
 */
export function createMailChannel(
  mailer: Mailer,
  bookOf: (tenant: string) => MessageBook,
  senderOf: (tenant: string) => string,
): Channel {
  return {
    name: 'email',
    ...(mailer.secrets === undefined ? {} : { secrets: mailer.secrets }),
    async send(delivery, ready) {
      const { language, ...written } = writeMail(bookOf(delivery.tenant), delivery, ready);
      return mailer.send({
        ...written,
        from: senderOf(delivery.tenant),
        tenant: delivery.tenant,
        to: ready.to,
        messageId: delivery.messageId,
        ...(typeof ready.values['replyTo'] === 'string' ? { replyTo: ready.values['replyTo'] } : {}),
        locale: language,
        headers: {
          // RFC 3834 §5 and its Microsoft cousin: no vacation answers, please. `All` would suppress NDRs too, which say
          // that a mail did not arrive.
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply',
          // RFC 3282
          'Content-Language': language,
          // Postmark gives mails ids of its own; this comes back in its bounces.
          'X-PM-Metadata-delivery': delivery.id,
          // Gmail folds mails of one subject together unless this differs: an old link would hide the new one.
          'X-Entity-Ref-ID': delivery.id,
        },
      });
    },
    async close() {
      await mailer.close();
    },
  };
}
