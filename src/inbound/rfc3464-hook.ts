import type { BounceNotice } from '../provisioning/messages/bounces.ts';
import { noticeOf, type HookReading } from './hook-reading.ts';
import { judgeReply, saysAddressIsDead } from '../notify/delivery/judge-reply.ts';
import { plainBounceIn } from './plain-bounce.ts';
import { decodedBody, maxHeaderLength, type MimePart, partsOf, readFields, readMimePart } from './mime-part.ts';

/** The parts that hold the returned mail, or its header. */
const returnedTypes = new Set(['message/rfc822', 'text/rfc822-headers', 'message/global', 'message/global-headers']);
const statusTypes = new Set(['message/delivery-status', 'message/global-delivery-status']);
/** A report about us has one block about the message and one about its recipient. */
const maxBlocks = 100;
/** Fields of the report itself that may name the mail: where it was sent to, and what it answers. */
const namingFields = ['to', 'delivered-to', 'x-original-to', 'x-failed-recipients', 'in-reply-to', 'references'];

/**
 * Reads a mail that a server sent back: a delivery report (RFC 3464) or a feedback report (RFC 5965), whole, or without
 * its header when the request's Content-Type replaces it. Vacation answers and other mails without such a report are
 * not bounces.
 */
export function readRfc3464Hook(body: Buffer, contentType: string): HookReading {
  const text = body.toString('latin1');
  const whole = readMimePart(text);
  const headless =
    !whole.type.startsWith('multipart/') && /^(multipart\/|message\/(global-)?delivery-status)/i.test(contentType);
  const message = headless ? readMimePart(`Content-Type: ${contentType}\r\n\r\n${text}`) : whole;
  const parts = leavesOf(message, 0);
  const returned = parts
    .filter(({ type }) => returnedTypes.has(type))
    .map((part) => readMimePart(decodedBody(part)).fields.get('message-id') ?? '');
  const sources = [
    ...namingFields.slice(0, 3).map((name) => message.fields.get(name) ?? ''),
    ...returned,
    ...namingFields.slice(3).map((name) => message.fields.get(name) ?? ''),
  ];
  const notices = parts.flatMap((part) => {
    if (statusTypes.has(part.type)) return failureIn(decodedBody(part), sources) ?? [];
    return part.type === 'message/feedback-report' ? (complaintIn(decodedBody(part), sources) ?? []) : [];
  });
  if (notices.length > 0) return { notices };
  const plain = plainBounceIn(parts, sources);
  if (plain !== undefined) return { notices: [plain] };
  return {
    notices,
    ...(tellsOfFailure(message, parts) ? { unread: `a mail of type ${message.type.slice(0, 60)}` } : {}),
  };
}

/** True for a mail that looks as if it told of a lost one: no delay, no vacation answer. */
function tellsOfFailure({ fields }: MimePart, parts: readonly MimePart[]): boolean {
  if (parts.some(({ type }) => statusTypes.has(type) || type === 'message/feedback-report')) return false;
  const isFromServer =
    /mailer-daemon|postmaster/i.test(fields.get('from') ?? '') || fields.get('return-path')?.trim() === '<>';
  return (
    isFromServer
    || /undeliver|deliver\w* (?:fail|status|problem)|returned mail|failure notice/i.test(fields.get('subject') ?? '')
  );
}

/** All parts that are not multipart themselves. Reports are at the top, or wrapped once by a gateway. */
function leavesOf(part: MimePart, depth: number): MimePart[] {
  const inner = depth < 3 ? partsOf(part) : [];
  return inner.length === 0 ? [part] : inner.flatMap((one) => leavesOf(one, depth + 1));
}

/** A first block about the message, then one for each recipient (RFC 3464 §2.1). Our mails have one recipient. */
function failureIn(report: string, sources: readonly string[]): BounceNotice | undefined {
  const blocks = report
    .slice(0, maxHeaderLength)
    .split(/\n[ \t\r]*\n/, maxBlocks)
    .map(readFields);
  const failed = blocks.find((block) => firstWord(block.get('action')) === 'failed');
  if (failed === undefined) return undefined;
  const status = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(failed.get('status') ?? '')?.[1] ?? '';
  const diagnostic = (failed.get('diagnostic-code') ?? '').replace(/^\s*[\w-]+\s*;\s*/, '');
  const permanent = status === '' ? /^5\d\d\b/.test(diagnostic) : status.startsWith('5');
  const envelope = blocks.map((block) => block.get('original-envelope-id') ?? '');
  // A status that says nothing (`5.0.0`) is not enough to give an address up.
  const isDead = permanent && saysAddressIsDead(judgeReply(`${status}: ${diagnostic}`));
  return noticeOf(isDead ? 'bounced' : 'softBounced', [...envelope, ...sources, report], [status, diagnostic]);
}

/**
 * What a mailbox provider forwards when a reader presses "spam"; `not-spam` takes that back, other kinds are about
 * something else.
 */
function complaintIn(report: string, sources: readonly string[]): BounceNotice | undefined {
  const fields = readFields(report);
  const type = firstWord(fields.get('feedback-type'));
  if (type !== 'abuse' && type !== 'fraud') return undefined;
  return noticeOf('complained', [fields.get('original-mail-from') ?? '', ...sources], ['complaint', type]);
}

/** Without the comments that RFC 3464 allows behind a value. */
function firstWord(value = ''): string {
  return (/^[\w-]+/.exec(value)?.[0] ?? '').toLowerCase();
}
