import type { Mail } from '../words/mail.ts';
import type { SendResult } from '../delivery/send-result.ts';

/** PORT: takes one mail to the next server. Never throws. */
export interface Mailer {
  /** What it signs in with, also as it goes over the wire. */
  readonly secrets?: readonly string[];
  send(mail: Mail): Promise<SendResult>;
  /** Ends pooled connections. */
  close(): Promise<void>;
}
