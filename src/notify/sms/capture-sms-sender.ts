import type { Clock } from '../../base/clock.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import type { SmsSender } from './sms-sender.ts';

/** Puts text messages in the mailbox in place of sending them: `to` is the number, there is no HTML. */
export function createCaptureSmsSender(mailbox: Mailbox, clock: Clock): SmsSender {
  return {
    async send({ tenant, to, text, reference }) {
      try {
        const at = clock.now().toISOString();
        await mailbox.put({ tenant, id: reference, at, to, subject: 'SMS', text, html: '' });
        return { outcome: 'accepted', reply: 'captured, not sent' };
      } catch {
        return { outcome: 'channelDown', reply: 'The mailbox could not be written.' };
      }
    },
  };
}
