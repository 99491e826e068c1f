import type { Mail } from '../words/mail.ts';

/** One captured mail, as `/dev/mailbox.json` shows it. `at` is ISO 8601 UTC. */
export interface CapturedMail extends Pick<Mail, 'to' | 'subject' | 'text' | 'html'> {
  readonly tenant: string;
  readonly id: string;
  readonly at: string;
}

/** PORT: where mail goes while no SMTP server is configured. Kept in the store, the newest 1,000 of all tenants. */
export interface Mailbox {
  /** Keeps a mail, in the place of one with the same id: a try whose answer was lost puts it again. */
  put(mail: CapturedMail): Promise<void>;
  /** A tenant's, newest first. */
  list(tenant: string, limit: number): Promise<readonly CapturedMail[]>;
  /**
   * Puts other texts in the place of the texts that a tenant's mails have; nothing else of them changes.
   * @param texts each a present text and the one that follows it; what no mail has is left out
   */
  rewrite(tenant: string, texts: readonly (readonly [from: string, to: string])[]): Promise<void>;
  /** Forgets these mails. */
  remove(tenant: string, ids: readonly string[]): Promise<void>;
}
