import type { SendResult } from '../delivery/send-result.ts';

/**
 * How far a send got before it failed: no session stood ready for the message yet, or the message was being handed
 * over.
 */
export type SmtpStage = 'session' | 'message';

const channelCodes = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2', 'ETLS', 'EREQUIRETLS', 'EDNS', 'EPROXY', 'ECONFIG']);
/** "Authentication required", "mechanism too weak", "credentials invalid", "encryption required" (RFC 4954 §6). */
const authReplies = new Set([530, 534, 535, 538]);

/** How servers say that they are sent too much at once: there is no code for it that they keep to. */
const tooMuch =
  /\btoo (?:many|much|fast|quickly|frequent)|\brate\b|\bthrottl|\bslow(?:ing)? down\b|\b(?:limit|quota)s?\b.*\b(?:exceeded|reached|hit)\b|\bexceed(?:s|ed|ing)?\b.*\b(?:limit|quota)/i;
/** One mailbox's trouble (RFC 3463 §3.3), and greylisting, which speaks of one recipient too. */
const ofRecipient = /^4\d\d[ -]4\.2\.\d|gr[ae]y-?list/i;

/**
 * What a failed SMTP send means. Whatever fails before the server is ready for a message speaks of the channel, and
 * so does a refusal of the sender; a refusal of the recipient or of the content speaks of this message. A connection
 * that breaks while the content is sent is temporary: the server may have taken it, which nobody can know.
 * @param error as nodemailer gives it: `code`, `command`, `responseCode`, `response`
 */
export function smtpFailure(error: unknown, stage: SmtpStage): SendResult {
  const { code, command, responseCode, response } = read(error);
  const reply = response ?? reasonFor(code);
  const result = (outcome: Exclude<SendResult['outcome'], 'accepted'>): SendResult => ({
    outcome,
    reply: withoutAddresses(reply),
  });
  if (code !== undefined && channelCodes.has(code)) return result('channelDown');
  if (responseCode !== undefined && responseCode < 500 && tooMuch.test(reply) && !ofRecipient.test(reply))
    return result('throttled');
  if (stage === 'session' && code !== 'EENVELOPE' && code !== 'EMESSAGE') return result('channelDown');
  if (responseCode === undefined) {
    // nodemailer itself refused the address or the size: no server will ever see this message.
    return result(code === 'EENVELOPE' || code === 'EMESSAGE' ? 'permanent' : 'temporary');
  }
  if (authReplies.has(responseCode)) return result('channelDown');
  // 503 says that the session went wrong, not that the message was refused (RFC 5321 §4.2.4).
  if (responseCode < 500 || responseCode === 503) return result('temporary');
  return result(command === 'MAIL FROM' ? 'channelDown' : 'permanent');
}

/**
 * A server's answer without the addresses in it, on one line, at most 300 characters: fit for logs and for the user's
 * timeline.
 * @param reply as the server sent it
 */
export function withoutAddresses(reply: string): string {
  return reply
    .replace(/<[^<>]*>/g, '<…>')
    .replace(/[^\s<>()[\]"',;:]+@[^\s<>()"',;]+/g, '…')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

function reasonFor(code: string | undefined): string {
  switch (code) {
    case 'ETIMEDOUT':
      return 'The mail server did not answer in time.';
    case 'EABORT':
      return 'Handing the message over took too long.';
    case 'EDNS':
      return "The mail server's name could not be resolved.";
    case 'ETLS':
    case 'EREQUIRETLS':
      return 'No secure connection to the mail server could be made.';
    case 'EAUTH':
    case 'ENOAUTH':
    case 'EOAUTH2':
      return 'Signing in to the mail server failed.';
    case 'EENVELOPE':
    case 'EMESSAGE':
      return 'The address or the message cannot be handed to a mail server.';
    default:
      return 'The connection to the mail server failed.';
  }
}

interface SmtpError {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

function read(error: unknown): SmtpError {
  if (!(error instanceof Error)) return {};
  const { code, command, responseCode, response } = error as Error & Readonly<Record<keyof SmtpError, unknown>>;
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof command === 'string' ? { command } : {}),
    ...(typeof responseCode === 'number' ? { responseCode } : {}),
    ...(typeof response === 'string' ? { response } : {}),
  };
}
