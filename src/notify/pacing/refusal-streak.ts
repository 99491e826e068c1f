import { judgeReply } from '../delivery/judge-reply.ts';

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
/** Refusals of one streak that are remembered. */
const remembered = 500;

/**
 * The net below the table of replies: where one text refuses recipients of several domains in a row it is about us,
 * whatever it says. Texts that speak of a mailbox are left out: three wrong addresses are three wrong addresses.
 */
export class RefusalStreak {
  #text = '';
  #refused: Refused[] = [];
  #domains = new Set<string>();

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
    if (refused.domain === undefined || means === 'noMailbox' || means === 'dead' || means === 'full') return false;
    const text = wording(refused);
    if (text !== this.#text) this.end();
    this.#text = text;
    this.#domains.add(refused.domain);
    if (this.#domains.size >= domainsInARow) return true;
    if (this.#refused.length < remembered) this.#refused.push(refused);
    return false;
  }

  /** True where this text is about us. */
  covers(refused: Refused): boolean {
    return this.#domains.size >= domainsInARow && wording(refused) === this.#text;
  }

  /** The refusals that came before it was known that they were about us; each is given once. */
  takeBack(): readonly Refused[] {
    return this.#refused.splice(0);
  }
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
