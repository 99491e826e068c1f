import type { CapturedMail, Mailbox } from '../../notify/mailbox.ts';
import type { Connection } from './connection.ts';
import type { WriteQueue } from './write-queue.ts';

const KEPT = 1_000;

/** Captured mail in SQLite, the newest 1,000. */
export class SqliteMailbox implements Mailbox {
  readonly #reader: Connection;
  readonly #writes: WriteQueue;

  constructor(reader: Connection, writes: WriteQueue) {
    this.#reader = reader;
    this.#writes = writes;
  }

  async put(mail: CapturedMail): Promise<void> {
    await this.#writes.run(function* (connection) {
      connection.run('INSERT INTO mailbox (body) VALUES (?)', JSON.stringify(mail));
      connection.run(`DELETE FROM mailbox WHERE position <= (SELECT max(position) FROM mailbox) - ${KEPT}`);
      return { keep: true, result: undefined };
    });
  }

  async list(limit: number): Promise<readonly CapturedMail[]> {
    return this.#reader.all<[string]>('SELECT body FROM mailbox ORDER BY position DESC LIMIT ?', limit)
      .map(([body]) => JSON.parse(body) as CapturedMail);
  }
}
