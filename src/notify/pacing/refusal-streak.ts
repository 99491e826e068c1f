import { judgeReply } from '../delivery/judge-reply.ts';
import type { ReplyMeaning } from '../delivery/reply-rule.ts';

/** A message that a server refused for good. */
export interface Refused {
  readonly id: string;
  readonly tenant: string;
  /** Of its recipient; undefined for a phone number. */
  readonly domain: string | undefined;
  readonly reply: string;
}

/** So many different domains refused in the same words, with nothing taken in between, are about us. */
const domainsInARow = 3;
/**
 * Of words about an unknown mailbox or a wrong address it takes more: three wrong addresses are three wrong addresses,
 * but not five domains in a row have one each, alike and with no good one between them.
 */
const wrongAddressesInARow = 5;
/** Words that fit the sender's mailbox and account as well as the recipient's. */
const ofAnyAccount = /account|quota|\bfull\b|storage|disabled|suspended|inactive|deactivated|blocked|closed|expired/i;
/** Refusals of one streak that are remembered. */
const remembered = 500;

/**
 * The net below the table of replies: where one text refuses recipients of several domains in a row it is about us,
 * whatever it says: that no mailbox is there, that it is full, that an account is switched off.
 */
export class RefusalStreak {
  #text = '';
  #refused: Refused[] = [];
  #domains = new Set<string>();
  #enough = domainsInARow;

  /** Something was taken, or the channel was in trouble of another kind. */
  end(): void {
    this.#text = '';
    this.#refused = [];
    this.#domains = new Set();
  }

  /**
   * Counts a refusal.
   * @returns true once this text is about us: `takeBack` then has the refusals before this one
   */
  add(refused: Refused): boolean {
    const { means } = judgeReply(refused.reply);
    if (refused.domain === undefined) return false;
    const text = wording(refused);
    if (text !== this.#text) this.end();
    this.#text = text;
    this.#enough = domainsFor(means, refused.reply);
    this.#domains.add(refused.domain);
    if (this.#domains.size >= this.#enough) return true;
    if (this.#refused.length < remembered) this.#refused.push(refused);
    return false;
  }

  /** True where this text is about us. */
  covers(refused: Refused): boolean {
    return this.#domains.size >= this.#enough && wording(refused) === this.#text;
  }

  /** The refusals that came before it was known that they were about us; each is given once. */
  takeBack(): readonly Refused[] {
    return this.#refused.splice(0);
  }
}

function domainsFor(means: ReplyMeaning, reply: string): number {
  const isOfAddress = (means === 'noMailbox' || means === 'dead') && !ofAnyAccount.test(reply);
  return isOfAddress ? wrongAddressesInARow : domainsInARow;
}

/** The text without what differs from one message to the next: queue ids, times, numbers, the recipient's domain. */
function wording({ reply, domain = '' }: Refused): string {
  return reply
    .toLowerCase()
    .replaceAll(domain, '')
    .replace(/\S*…\S*/g, '')
    .replace(/\b(?=[\w-]*\d)[\w-]{5,}\b|(?<![245]|[245]\.|[245]\.\d{1,3}\.)\b\d+\b(?!\.\d)/g, '')
    .replace(/\s+/g, ' ');
}
