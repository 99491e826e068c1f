import { randomUUID } from 'node:crypto';
import type { SendResult } from '../delivery/send-result.ts';
import { cleanReply } from '../delivery/clean-reply.ts';
import { senderDomain } from './sender-domain.ts';
import { createSmtpMailer } from './smtp-mailer.ts';
import { smtpOptions } from './smtp-options.ts';

/** What a test is sent by, and to whom. */
export interface TestMail {
  readonly smtpUrl: string;
  readonly bounceAddress: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly productName: string;
}

/** Sends one mail without a secret in it, past the outbox. @returns how it went; the reply holds no credentials */
export async function sendTest({
  smtpUrl,
  bounceAddress,
  from,
  to,
  productName,
}: TestMail): Promise<{ readonly outcome: SendResult['outcome']; readonly reply: string; readonly advice?: string }> {
  const mailer = createSmtpMailer(smtpOptions(smtpUrl), bounceAddress);
  const text = `This is a test of ${productName}. If you read it, mail reaches you.`;
  try {
    const sent = await mailer.send({
      tenant: 'default',
      from,
      to,
      subject: `A test of ${productName}`,
      text: `${text}\n`,
      html: `<!doctype html><html lang="en"><body><p>${escaped(text)}</p></body></html>`,
      messageId: `<${randomUUID()}@${senderDomain(from)}>`,
      locale: 'en',
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    const advice = 'advice' in sent ? sent.advice : undefined;
    return {
      outcome: sent.outcome,
      reply: cleanReply(sent.reply, { secrets: mailer.secrets ?? [], publicUrl: '' }),
      ...(advice === undefined ? {} : { advice }),
    };
  } finally {
    await mailer.close();
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
