import type { Channel } from '../delivery/channel.ts';
import type { MessageBook } from '../words/message-book.ts';
import type { SmsSender } from './sms-sender.ts';
import { writeSms } from '../words/write-message.ts';

/**
 * The SMS channel: one-time codes only.
 * @param bookOf the words of a tenant
 */
export function createSmsChannel(sender: SmsSender, bookOf: (tenant: string) => MessageBook): Channel {
  return {
    name: 'sms',
    async send(delivery, ready) {
      const { to } = ready;
      if (!/^\+[1-9]\d{6,14}$/.test(to))
        return { outcome: 'permanent', reply: 'The number is not an international phone number.' };
      return sender.send({
        to,
        text: writeSms(bookOf(delivery.tenant), delivery, ready),
        reference: delivery.id,
        tenant: delivery.tenant,
      });
    },
    async close() {
      // Nothing is open.
    },
  };
}
