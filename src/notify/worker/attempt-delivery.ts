import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Addressee, Prepared } from '../delivery/addressee.ts';
import type { Channel } from '../delivery/channel.ts';
import { type Outcome, outcomeOfPause, outcomeOfSend, outcomeWithoutSending } from '../delivery/delivery-outcome.ts';
import { cleanReply, secretsAmong } from '../delivery/clean-reply.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { domainOf, type Permit } from '../pacing/domain-gate.ts';
import type { Leased } from './leased-deliveries.ts';
import { probeLater } from './mailbox-probe.ts';
import type { SendResult } from '../delivery/send-result.ts';
import type { Pacing } from '../pacing/pacing.ts';
import type { Refused } from '../pacing/refusal-streak.ts';

/** What an attempt works with. */
export interface AttemptParts {
  readonly addressee: Pick<Addressee, 'prepare'>;
  readonly channel: Channel;
  readonly pacing: Pacing;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error'>;
  /** What links begin with: nothing of a link of ours is kept of what a server says. */
  readonly publicUrl?: string | undefined;
  /** Asked just before sending: whether this worker goes on and the lease is still its own. */
  readonly maySend: (held: Leased) => Promise<boolean>;
  /** Told of messages that were given up for a refusal that turns out to be about us. */
  readonly putBack: (refused: readonly Refused[]) => void;
}

/** A refused message as the pacing looks at it. */
export function refusedOf({ id, tenant, domain }: Delivery, reply: string): Refused {
  return { id, tenant, domain, reply };
}

/** What a turn came to; without an outcome the delivery is left to its lease. */
interface Turn {
  readonly outcome: Outcome | undefined;
  /** Whether the channel was asked. */
  readonly sent: boolean;
}

/**
 * One attempt at a delivery in hand: the secret is minted, its domain asked for, the message sent.
 * @returns what is to be written of it; undefined: nothing, the lease may run out
 */
export async function attemptDelivery(parts: AttemptParts, held: Leased): Promise<Outcome | undefined> {
  const { pacing, log } = parts;
  pacing.take();
  const known = held.delivery.domain;
  const leave = known === undefined ? undefined : pacing.enter(known);
  let turn: Turn;
  try {
    turn = await takeTurn(parts, held, leave);
  } catch (error) {
    log.error(
      { err: error, delivery: held.delivery.id, template: held.delivery.template },
      'a message could not be prepared',
    );
    turn = { outcome: { kind: 'retry', reply: 'The message could not be prepared.' }, sent: false };
  } finally {
    // Where a send ended the turn its verdict was given already, and this one counts for nothing.
    pacing.release(leave, undefined);
  }
  if (!turn.sent) pacing.giveBack();
  return turn.outcome;
}

async function takeTurn(parts: AttemptParts, held: Leased, entered: Permit | undefined): Promise<Turn> {
  const { addressee, channel, pacing, clock, maySend, publicUrl } = parts;
  const prepared = await prepare(addressee, held.delivery);
  if (prepared.outcome !== 'send') return { outcome: outcomeWithoutSending(prepared), sent: false };
  const domain = domainOf(prepared.to);
  held.delivery = { ...held.delivery, to: prepared.to, ...(domain === undefined ? {} : { domain }) };
  if (entered === undefined) {
    const gate = pacing.ask(domain);
    if (gate.verdict === 'paused') return { outcome: outcomeOfPause(gate), sent: false };
  }
  if (!(await maySend(held))) return { outcome: undefined, sent: false };
  const leave = entered ?? (domain === undefined ? undefined : pacing.enter(domain));
  let result: SendResult | undefined;
  try {
    result = cleaned(await channel.send(held.delivery, prepared), prepared, { channel, publicUrl });
  } finally {
    pacing.release(leave, result);
  }
  const probe = probeLater(result, prepared.mailboxExpectedBy, held.delivery.attempts, clock.now());
  const { result: judged, putBack } = pacing.judgeStreak(result, refusedOf(held.delivery, result.reply));
  pacing.judgeChannel(judged);
  if (putBack.length > 0) parts.putBack(putBack);
  return { outcome: probe ?? outcomeOfSend(judged, held.delivery, clock.now(), pacing.takesOthers), sent: true };
}

/** The one place where the words of servers, gateways and endpoints come in. */
function cleaned(
  result: SendResult,
  { values }: Extract<Prepared, { readonly outcome: 'send' }>,
  { channel, publicUrl }: Pick<AttemptParts, 'channel' | 'publicUrl'>,
): SendResult {
  const secrets = [...secretsAmong(values), ...(channel.secrets ?? [])];
  return { ...result, reply: cleanReply(result.reply, { secrets, publicUrl }) };
}

async function prepare(addressee: AttemptParts['addressee'], delivery: Delivery): Promise<Prepared> {
  const prepared = await addressee.prepare(delivery);
  if (prepared.outcome === 'hold' && Number.isNaN(prepared.until.getTime()))
    throw new RangeError('held until no valid date');
  return prepared;
}
