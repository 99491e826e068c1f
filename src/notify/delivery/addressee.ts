import type { Delivery } from './delivery.ts';

/**
 * What the worker is told about a delivery in the moment of sending. Secrets live only in this object and in the
 * message.
 */
export type Prepared =
  | {
      readonly outcome: 'send';
      readonly to: string;
      /** BCP 47, the first one there is a translation for wins. */
      readonly locales: readonly string[];
      /**
       * Values for the template: `displayName`, `userName`, `productName`, `link`, `code`, `password`, `expiresAt`,
       * `mustChange` …
       */
      readonly values: Readonly<Record<string, string | boolean | number | null>>;
      /**
       * Until then a server that knows no such mailbox may just not have it yet: the message is held and tried again.
       */
      readonly mailboxExpectedBy?: Date;
    }
  /** No longer wanted: superseded, deactivated, already active. */
  | { readonly outcome: 'cancel'; readonly reason: string }
  /** Not yet: before the start date, or in quiet hours. */
  | { readonly outcome: 'hold'; readonly until: Date; readonly reason: string }
  /** It can never be sent: no address, expired on arrival. */
  | { readonly outcome: 'fail'; readonly reason: string };

/**
 * PORT: declared by `notify`, implemented by `provisioning`: the person behind a delivery. `prepare` mints the secret
 * (token, code, generated password) and has its hash durably stored before it answers.
 */
export interface Addressee {
  /** Called with the lease held, just before the message is sent; called again for each attempt. */
  prepare(delivery: Delivery): Promise<Prepared>;
  /** Tells the user's record what became of a delivery (state, attempts, reply). Safe to repeat. */
  report(delivery: Delivery): Promise<void>;
  /** Tells the user's record that a delivery which had ended is queued again: what ended it was a trouble of ours. */
  putBack?(delivery: Delivery): Promise<void>;
}
