import { judgeReply } from '../delivery/judge-reply.ts';
import type { SendResult } from '../delivery/send-result.ts';

/**
 * How far a send got before it failed: before a session was ready for the message, or while the message was handed
 * over.
 */
export type SmtpStage = 'session' | 'message';

const channelCodes = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2', 'ETLS', 'EREQUIRETLS', 'EDNS', 'EPROXY', 'ECONFIG']);
/** "Authentication required", "mechanism too weak", "credentials invalid", "encryption required" (RFC 4954 §6). */
const authReplies = new Set([530, 534, 535, 538]);

/** One mailbox's trouble (RFC 3463 §3.3), whatever words it is told in: it says nothing of how much is sent to all. */
const ofMailbox = /^4\d\d[ -]4\.2\.\d/;
const tooLarge = /^\d{3}[ -]5\.(?:3\.4|2\.3)\b/;

/**
 * How long a message steps aside whose refusal is about our account, in ms: the next one shows whether that is so for
 * all, and one that alone is refused so does not stop the others.
 */
const stepAsideMs = 60_000;

/** What to do where no words of the server say it. */
const signInAdvice = 'The mail server did not let us sign in. Check the user and the password in SMTP_URL.';
const senderAdvice = 'The mail server refuses our sender. Check MAIL_FROM and LATCHKEY_BOUNCE_ADDRESS.';

/**
 * What a failed SMTP send means. Any failure before the server is ready for a message is about the channel, and so is a
 * refusal of the sender or of our account, at any step; other refusals of the recipient or of the content are about
 * this message (`reply-rules`). A connection that breaks while the content is sent is temporary: the server may have
 * taken it, which cannot be known.
 * @param error as nodemailer gives it: `code`, `command`, `responseCode`, `response`
 */
export function smtpFailure(error: unknown, stage: SmtpStage): SendResult {
  const { code, command, responseCode, response } = read(error);
  const reply = response ?? reasonFor(code);
  const { means, advice } = judgeReply(response ?? '');
  const isRefusal = code === 'EENVELOPE' || code === 'EMESSAGE';
  const channelDown = (otherwise?: string): SendResult => ({
    outcome: 'channelDown',
    reply,
    ...((advice ?? otherwise) === undefined ? {} : { advice: advice ?? otherwise }),
    ...(isRefusal && !isAuthentication(code, responseCode) ? { retryAfterMs: stepAsideMs } : {}),
  });
  if (isAuthentication(code, responseCode)) return channelDown(signInAdvice);
  if (code !== undefined && channelCodes.has(code)) return channelDown();
  if (responseCode !== undefined && means === 'rate' && !ofMailbox.test(reply)) return { outcome: 'throttled', reply };
  if (stage === 'session' && !isRefusal) return channelDown();
  // Without a reply nodemailer itself refused the address or the size: no server will ever see this message. What is no
  // reply of SMTP says nothing of it.
  if (responseCode === undefined)
    return { outcome: isRefusal && response === undefined ? 'permanent' : 'temporary', reply };
  if (means === 'account') return channelDown();
  if (responseCode < 500 || isAboutSession(responseCode, command, reply)) return { outcome: 'temporary', reply };
  if (command === 'MAIL FROM' && !tooLarge.test(reply)) return channelDown(senderAdvice);
  return { outcome: 'permanent', reply };
}

/**
 * Whether a reply says that the session went wrong, not that the message was refused: an unknown command, one that is
 * not implemented or out of order (RFC 5321 §4.2.4), and X.5.X at DATA, the protocol between the two servers (RFC 3463
 * §3.6).
 */
function isAboutSession(responseCode: number, command: string | undefined, reply: string): boolean {
  return [500, 502, 503, 504].includes(responseCode) || (command === 'DATA' && /^5\d\d[ -]5\.5\.[1-6]\b/.test(reply));
}

function isAuthentication(code: string | undefined, responseCode: number | undefined): boolean {
  return code === 'EAUTH' || code === 'ENOAUTH' || code === 'EOAUTH2' || authReplies.has(responseCode ?? 0);
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
