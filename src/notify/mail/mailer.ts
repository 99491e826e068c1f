import type { Mail } from '../words/mail.ts';
import type { SendResult } from '../delivery/send-result.ts';

/** PORT: takes one mail to the next server. Never throws; `reply` holds no address and no secret. */
export interface Mailer {
  send(mail: Mail): Promise<SendResult>;
  /** Ends pooled connections. */
  close(): Promise<void>;
}
