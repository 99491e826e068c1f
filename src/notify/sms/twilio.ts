import type { SendResult } from '../delivery/send-result.ts';
import type { SmsGateway, TextMessage } from './sms-sender.ts';

/**
 * Twilio's codes for a sender that cannot send: nothing is wrong with the message, and all others would fail as well.
 */
const senderFaults = new Set([21212, 21603, 21606, 21611, 21612, 21659, 21660, 21705]);

/**
 * A text message as Twilio's Messages resource takes it: a form with `To`, `Body` and `From` (or
 * `MessagingServiceSid` for `MG…`), and Basic authentication.
 * @param gateway its secret is `AccountSid:AuthToken`, its URL that of the account's `Messages.json`
 */
export function twilioRequest(
  { secret = '', from }: SmsGateway,
  { to, text }: TextMessage,
): { headers: Record<string, string>; body: string } {
  const sender: Record<string, string> =
    from === null ? {} : { [/^MG[0-9a-f]{32}$/i.test(from) ? 'MessagingServiceSid' : 'From']: from };
  return {
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Authorization: `Basic ${Buffer.from(secret).toString('base64')}`,
    },
    body: new URLSearchParams({ To: to, ...sender, Body: text }).toString(),
  };
}

/** What a 400 of Twilio's means; its code tells the recipient's number from our own account. */
export async function readTwilioFault(response: Response): Promise<SendResult> {
  const fault: unknown = await response.json().catch(() => undefined);
  const code =
    typeof fault === 'object' && fault !== null && 'code' in fault && typeof fault.code === 'number'
      ? fault.code
      : undefined;
  if (code === undefined) return { outcome: 'permanent', reply: 'HTTP 400' };
  return { outcome: senderFaults.has(code) ? 'channelDown' : 'permanent', reply: `HTTP 400, Twilio error ${code}` };
}
