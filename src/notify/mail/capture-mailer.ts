import type { Clock } from '../../base/clock.ts';
import type { Mailbox } from './mailbox.ts';
import type { Mailer } from './mailer.ts';

/** Puts mail in the mailbox in place of sending it. A mailbox that cannot be written is as good as a broken channel. */
export function createCaptureMailer(mailbox: Mailbox, clock: Clock): Mailer {
  return {
    async send({ tenant, to, subject, text, html, messageId }) {
      try {
        // The same for every try: a try whose answer was lost is not captured twice.
        const id = messageId.slice(1, messageId.lastIndexOf('@'));
        await mailbox.put({ tenant, id, at: clock.now().toISOString(), to, subject, text, html });
        return { outcome: 'accepted', reply: 'captured, not sent' };
      } catch {
        return { outcome: 'channelDown', reply: 'The mailbox could not be written.' };
      }
    },
    async close() {
      // Nothing is open.
    },
  };
}
