/**
 * What a server's answer is about:
 *
 * - `account`: our own account, address, domain or host. No message gets through, and a person must act.
 * - `rate`: we send too much at once.
 * - `noMailbox`: there is no such mailbox, or it is switched off. It may be made, or switched on, later.
 * - `dead`: the address cannot work: its form, its domain.
 * - `full`: a mailbox that accepts nothing at present: no space left, or too much mail at once.
 * - `message`: this message, its size, its content or the policy of the recipient's server.
 * - `unclear`: the answer does not tell.
 */
export type ReplyMeaning = 'account' | 'rate' | 'noMailbox' | 'dead' | 'full' | 'message' | 'unclear';

/** One rule: all that it names must match. */
export interface ReplyRule {
  readonly means: ReplyMeaning;
  /** The enhanced status without its class (RFC 3463): `1.1` of `5.1.1`. */
  readonly status?: RegExp;
  readonly words?: RegExp;
  /** Words that make it another matter. */
  readonly unless?: RegExp;
  /** For the log: what an operator has to do. */
  readonly advice?: string;
}
