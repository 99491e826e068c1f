import type { Connection } from '../database/connection.ts';
import { kept } from './write.ts';

const KEPT = 1_000;

/** Changes to the captured mail. */
export const mailboxWrites = {
  /** Keeps a mail, and the newest 1,000 of all. @param body the mail as JSON text */
  putMail: (connection: Connection, body: string) => {
    connection.run('INSERT INTO mailbox (body) VALUES (?)', body);
    connection.run(`DELETE FROM mailbox WHERE position <= (SELECT max(position) FROM mailbox) - ${KEPT}`);
    return kept(undefined);
  },
};
