import type { Connection } from '../database/connection.ts';
import { kept } from './write.ts';

const KEPT = 1_000;

/** Changes to the captured mail. */
export const mailboxWrites = {
  /** Keeps a mail, in the place of one with its id, and the newest 1,000 of all. @param body the mail as JSON text */
  putMail: (connection: Connection, tenant: string, id: string, body: string) => {
    connection.run(
      `DELETE FROM mailbox WHERE coalesce(body ->> '$.tenant', 'default') = ? AND body ->> '$.id' = ?`,
      tenant,
      id,
    );
    connection.run('INSERT INTO mailbox (body) VALUES (?)', body);
    connection.run(`DELETE FROM mailbox WHERE position <= (SELECT max(position) FROM mailbox) - ${KEPT}`);
    return kept(undefined);
  },

  /** Puts other texts in the place of those that a tenant's mails have. */
  rewriteMails: (connection: Connection, tenant: string, texts: readonly (readonly [from: string, to: string])[]) => {
    const next = new Map(texts);
    for (const [position, text] of connection.all<[number, string]>(
      `SELECT position, body ->> '$.text' FROM mailbox WHERE coalesce(body ->> '$.tenant', 'default') = ?`,
      tenant,
    )) {
      const to = next.get(text);
      if (to === undefined) continue;
      connection.run(`UPDATE mailbox SET body = json_set(body, '$.text', ?) WHERE position = ?`, to, position);
    }
    return kept(undefined);
  },

  removeMails: (connection: Connection, tenant: string, ids: readonly string[]) => {
    connection.run(
      `DELETE FROM mailbox WHERE coalesce(body ->> '$.tenant', 'default') = ?
       AND body ->> '$.id' IN (SELECT value FROM json_each(?))`,
      tenant,
      JSON.stringify(ids),
    );
    return kept(undefined);
  },
};
