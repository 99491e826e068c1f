import type { CapturedMail, Mailbox } from '../../notify/mail/mailbox.ts';
import type { Connection } from './database/connection.ts';
import type { WriteThread } from './writing/write-thread.ts';

/** Captured mail in SQLite, the newest 1,000. Mail from before there were tenants is the default tenant's. */
export class SqliteMailbox implements Mailbox {
  readonly #reader: Connection;
  readonly #writes: WriteThread;

  constructor(reader: Connection, writes: WriteThread) {
    this.#reader = reader;
    this.#writes = writes;
  }

  async put(mail: CapturedMail): Promise<void> {
    await this.#writes.run('putMail', mail.tenant, mail.id, JSON.stringify(mail));
  }

  async remove(tenant: string, ids: readonly string[]): Promise<void> {
    await this.#writes.run('removeMails', tenant, ids);
  }

  async list(tenant: string, limit: number): Promise<readonly CapturedMail[]> {
    return this.#reader
      .all<[string]>(
        `SELECT body FROM mailbox WHERE coalesce(body ->> '$.tenant', 'default') = ? ORDER BY position DESC LIMIT ?`,
        tenant,
        limit,
      )
      .map(([body]) => ({ tenant, ...(JSON.parse(body) as Omit<CapturedMail, 'tenant'>) }));
  }

  async rewrite(tenant: string, texts: readonly (readonly [from: string, to: string])[]): Promise<void> {
    if (texts.length > 0) await this.#writes.run('rewriteMails', tenant, texts);
  }
}
