/** A rendered mail. */
export interface Mail {
  readonly tenant: string;
  /** `Name <address>`, or an address. */
  readonly from: string;
  readonly to: string;
  /** One address; absent: replies go to the sender. */
  readonly replyTo?: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly locale: string;
  readonly headers: Readonly<Record<string, string>>;
}
