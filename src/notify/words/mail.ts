/** A rendered mail. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly locale: string;
  readonly headers: Readonly<Record<string, string>>;
}
