import { judgeReply, saysAddressIsDead } from '../notify/delivery/judge-reply.ts';
import type { BounceNotice } from '../provisioning/messages/bounces.ts';
import { noticeOf } from './hook-reading.ts';
import { decodedBody, type MimePart, readMimePart } from './mime-part.ts';

/** How qmail and Exim begin to say that they have given up; a delay begins otherwise. */
const openings = [
  /This is the qmail-send program[^]{0,400}(?:permanent error|given up)/i,
  /message that you sent (?:could not be delivered|was not delivered)[^]{0,200}(?:permanent error|failed)/i,
  /This message was created automatically by mail delivery software[^]{0,400}permanent error/i,
];
/** The line above the copy of the mail. */
const copyBelow =
  /^-+ ?(?:Below this line is a copy of|This is a copy of (?:the|your)|The following text was generated)[^\n]*$/im;
/** How much of such a mail is looked at, in characters. */
const longestRead = 20_000;

/**
 * Reads the bounces of qmail (QSBMF) and of Exim, which are plain text without a report (RFC 3464).
 * @param sources what may name the mail, beside the copy of it
 * @returns undefined where no part is such a text
 */
export function plainBounceIn(parts: readonly MimePart[], sources: readonly string[]): BounceNotice | undefined {
  for (const part of parts) {
    if (part.type !== 'text/plain') continue;
    const text = decodedBody(part).slice(0, longestRead).replace(/\r\n/g, '\n');
    if (!openings.some((opening) => opening.test(text))) continue;
    const mark = copyBelow.exec(text);
    const report = mark === null ? text : text.slice(0, mark.index);
    const copy = mark === null ? '' : text.slice(mark.index + mark[0].length).trimStart();
    const { fields } = readMimePart(copy);
    const reason = reasonIn(report);
    const named = [fields.get('message-id') ?? '', fields.get('return-path') ?? '', ...sources, copy];
    return noticeOf(saysAddressIsDead(judgeReply(reason)) ? 'bounced' : 'softBounced', named, [reason]);
  }
  return undefined;
}

/** What follows the address: `<ines@x.example>:` or the address on a line of its own, indented. */
function reasonIn(report: string): string {
  const below =
    /^[ \t]*<?[^\s<>@]{1,64}@[^\s<>@]{1,255}>?:?[ \t]*\n((?:[ \t]*\S[^\n]*\n?){1,12})/m.exec(report)?.[1] ?? '';
  return (/(?:said: *|: )([245]\d\d[ -][^]*)$/.exec(below)?.[1] ?? below).replace(/\s+/g, ' ').trim();
}
