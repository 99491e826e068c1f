import type { Outcome } from '../delivery/delivery-outcome.ts';
import { judgeReply } from '../delivery/judge-reply.ts';
import type { SendResult } from '../delivery/send-result.ts';

const hourMs = 3_600_000;
/** Gaps between probes; the last one repeats. */
const gapsHours = [1, 2, 4, 8, 16, 24];

/**
 * What it means that a server knows no such mailbox while it may still be made: the message is held and the server
 * asked again, at growing gaps, until the mailbox should have been there.
 * @param attempts how many were finished before this one
 * @returns undefined where the answer means what it says
 */
export function probeLater(
  result: SendResult,
  mailboxExpectedBy: Date | undefined,
  attempts: number,
  now: Date,
): Outcome | undefined {
  if (
    result.outcome !== 'permanent'
    || mailboxExpectedBy === undefined
    || now >= mailboxExpectedBy
    || judgeReply(result.reply).means !== 'noMailbox'
  )
    return undefined;
  const gap = (gapsHours[attempts] ?? gapsHours.at(-1)!) * hourMs;
  const until = new Date(Math.min(now.getTime() + gap, mailboxExpectedBy.getTime()));
  return { kind: 'held', reply: `The mailbox does not exist yet: ${result.reply}`, until, attempted: true };
}
