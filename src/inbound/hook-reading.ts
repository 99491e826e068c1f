import type { Steps } from '../base/cooperative.ts';
import { deliveryIdsIn } from '../notify/mail/bounce-address.ts';
import { cleanReply } from '../notify/delivery/clean-reply.ts';
import { judgeReply, saysAddressIsDead } from '../notify/delivery/judge-reply.ts';
import type { BounceNotice } from '../provisioning/messages/bounces.ts';

/** What a provider's call says. */
export interface HookReading {
  readonly notices: readonly BounceNotice[];
  /** The provider wants to be told, by a human, that its calls are welcome. */
  readonly confirmation?: { readonly topic: string; readonly url: string };
  /** Why nothing could be made of it, where it may have told of a lost mail. */
  readonly unread?: string;
}

/**
 * Reads a provider's call, in steps where it may tell of many mails; throws InvalidSyntaxError when it is not from that
 * provider.
 */
export type ReadHook = (body: Buffer, contentType: string) => HookReading | Steps<HookReading>;

const longestReason = 500;
const tooMuch = 'Too much mail is sent at once: set LATCHKEY_MAIL_PER_MINUTE lower.';
/** Texts that are searched for the delivery, and deliveries that are looked up: each look-up costs the database. */
const mostSources = 200;
const mostDeliveries = 20;

/**
 * A notice in the words of the use case. A provider's `bounced` counts only where the words, judged as an SMTP reply
 * is, do not speak of the message, a full mailbox or us: those do not make an address dead.
 * @param sources texts that may name the delivery, likeliest first
 * @param reasons what was said of it; the empty ones are left out
 */
export function noticeOf(
  kind: BounceNotice['kind'],
  sources: readonly string[],
  reasons: readonly string[],
): BounceNotice {
  const deliveries = [...new Set(sources.slice(0, mostSources).flatMap(deliveryIdsIn))].slice(0, mostDeliveries);
  // Any sender of mail can write these texts: they are cut before patterns are looked for.
  const said = reasons.filter((reason) => reason !== '').map((reason) => reason.slice(0, longestReason));
  const { means, advice } = judgeReply(said.join(': '));
  const isOurs = kind !== 'complained' && (means === 'account' || means === 'rate');
  const isHarmless = kind === 'bounced' && !saysAddressIsDead({ means }) && means !== 'unclear';
  return {
    deliveries,
    kind: isHarmless ? 'softBounced' : kind,
    reply: cleanReply(said.join(': '), { secrets: undefined }),
    ...(isOurs ? { ours: advice ?? tooMuch } : {}),
  };
}
