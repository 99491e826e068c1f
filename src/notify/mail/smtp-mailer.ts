import { PassThrough } from 'node:stream';
import { createTransport } from 'nodemailer';
import { bounceAddressOf } from './bounce-address.ts';
import type { Mailer } from './mailer.ts';
import type { Mail } from '../words/mail.ts';
import type { SendResult } from '../delivery/send-result.ts';
import { isMailAddress } from '../../text/mail-address.ts';
import { serverExtensions } from './server-extensions.ts';
import { type SmtpOptions, smtpSecrets } from './smtp-options.ts';
import { smtpFailure, type SmtpStage } from './smtp-result.ts';

/**
 * Longer than any server may think over a message; ends what a server drags out byte by byte, which no socket
 * time-out sees.
 */
const longestSendMs = 180_000;

/** How long it is believed what a server said of its extensions, in ms. */
const extensionsKeptMs = 600_000;
const withoutUtf8 =
  'The address has letters beyond ASCII before its @, and the mail server does not support SMTPUTF8 (RFC 6531 §3.2).';

function isAscii(text: string): boolean {
  return !/[^\p{ASCII}]/u.test(text);
}

/**
 * Hands mail to an SMTP server over pooled connections.
 * @param options as `smtpOptions` reads them
 * @param bounceAddress where bounces go, by an envelope sender for each mail; without it they go to the sender
 */
export function createSmtpMailer(options: SmtpOptions, bounceAddress?: string): Mailer {
  const transport = createTransport(options);
  const stages = new Map<string, { stage: SmtpStage }>();
  // The message's stream is requested when a session is ready for it.
  transport.use('stream', ({ data, message }, done) => {
    const progress = stages.get(String(data.messageId));
    message.transform(() => {
      if (progress !== undefined) progress.stage = 'message';
      return new PassThrough();
    });
    done();
  });
  let extensions: { readonly names: ReadonlySet<string>; readonly at: number } | undefined;
  /** nodemailer would send the letters as they are to a server that has not said that it understands them. */
  const whyNotUtf8 = async (to: string): Promise<SendResult | undefined> => {
    if (isAscii(to.slice(0, to.lastIndexOf('@')))) return undefined;
    try {
      if (extensions === undefined || performance.now() - extensions.at > extensionsKeptMs)
        extensions = { names: await serverExtensions(options), at: performance.now() };
    } catch (error) {
      return smtpFailure(error, 'session');
    }
    return extensions.names.has('SMTPUTF8') ? undefined : { outcome: 'permanent', reply: withoutUtf8 };
  };
  return {
    secrets: smtpSecrets(options),
    async send(mail: Mail): Promise<SendResult> {
      if (!isMailAddress(mail.to)) return { outcome: 'permanent', reply: 'The address is not a mail address.' };
      const unable = await whyNotUtf8(mail.to);
      if (unable !== undefined) return unable;
      const progress: { stage: SmtpStage } = { stage: 'session' };
      stages.set(mail.messageId, progress);
      // As an object: a string would be parsed, and could name more than one recipient.
      const to = { name: '', address: mail.to };
      try {
        const { response } = await transport.sendMail({
          from: mail.from,
          to,
          ...(bounceAddress === undefined
            ? {}
            : { envelope: { from: { name: '', address: bounceAddressOf(bounceAddress, mail.messageId) }, to } }),
          ...(mail.replyTo === undefined ? {} : { replyTo: { name: '', address: mail.replyTo } }),
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          messageId: mail.messageId,
          headers: { ...mail.headers },
          signal: AbortSignal.timeout(longestSendMs),
        });
        return { outcome: 'accepted', reply: response };
      } catch (error) {
        return smtpFailure(error, progress.stage);
      } finally {
        stages.delete(mail.messageId);
      }
    },
    async close() {
      transport.close();
    },
  };
}
