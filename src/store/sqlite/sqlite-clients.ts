import type { Client, ClientStore } from '../../tenants.ts';
import type { Connection } from './database/connection.ts';
import type { WriteThread } from './writing/write-thread.ts';

/** Clients in SQLite. */
export class SqliteClients implements ClientStore {
  readonly #reader: Connection;
  readonly #writes: WriteThread;

  constructor(reader: Connection, writes: WriteThread) {
    this.#reader = reader;
    this.#writes = writes;
  }

  async byTokenHash(tokenHash: string): Promise<Client | undefined> {
    const row = this.#reader.get<[string]>('SELECT body FROM clients WHERE token_hash = ?', tokenHash);
    return row === undefined ? undefined : (JSON.parse(row[0]) as Client);
  }

  add(client: Client): Promise<boolean> {
    return this.#writes.run('addClient', client);
  }

  async list(tenant: string): Promise<readonly Client[]> {
    return this.#reader
      .all<[string]>('SELECT body FROM clients WHERE tenant = ? ORDER BY position', tenant)
      .map(([body]) => JSON.parse(body) as Client);
  }

  remove(tenant: string, id: string): Promise<boolean> {
    return this.#writes.run('removeClient', tenant, id);
  }
}
