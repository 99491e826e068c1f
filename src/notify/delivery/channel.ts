import type { Prepared } from './addressee.ts';
import type { backoff } from './backoff.ts';
import type { Delivery } from './delivery.ts';
import type { SendResult } from './send-result.ts';

/** A delivery's recipient, language and values, as `Addressee.prepare` gave them. */
export type ReadyToSend = Extract<Prepared, { readonly outcome: 'send' }>;

/** PORT: a way messages go: writes the message in the recipient's language and hands it over. */
export interface Channel {
  readonly name: Delivery['channel'];
  /** What it signs in with: kept out of every reply. */
  readonly secrets?: readonly string[];
  /** The gaps between its attempts, where they are not the usual ones. */
  readonly backoff?: typeof backoff;
  /**
   * Makes one attempt.
   * @throws when the message cannot be written (a value is missing): a fault of ours, nothing was sent
   */
  send(delivery: Delivery, ready: ReadyToSend): Promise<SendResult>;
  /** Ends connections. */
  close(): Promise<void>;
}
