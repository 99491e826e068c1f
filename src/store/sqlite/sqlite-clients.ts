import type { Client, ClientStore } from '../../tenants.ts';
import type { Connection } from './connection.ts';
import type { WriteQueue } from './write-queue.ts';

/** Clients in SQLite. */
export class SqliteClients implements ClientStore {
  readonly #reader: Connection;
  readonly #writes: WriteQueue;

  constructor(reader: Connection, writes: WriteQueue) {
    this.#reader = reader;
    this.#writes = writes;
  }

  async byTokenHash(tokenHash: string): Promise<Client | undefined> {
    const row = this.#reader.get<[string]>('SELECT body FROM clients WHERE token_hash = ?', tokenHash);
    return row === undefined ? undefined : JSON.parse(row[0]) as Client;
  }

  add(client: Client): Promise<boolean> {
    return this.#writes.run(function* (connection) {
      const added = connection.run(
        'INSERT INTO clients (tenant, id, token_hash, body) VALUES (?, ?, ?, ?) ON CONFLICT (token_hash) DO NOTHING',
        client.tenant, client.id, client.tokenHash, JSON.stringify(client));
      return { keep: true, result: added === 1 };
    });
  }

  async list(tenant: string): Promise<readonly Client[]> {
    return this.#reader.all<[string]>('SELECT body FROM clients WHERE tenant = ? ORDER BY position', tenant)
      .map(([body]) => JSON.parse(body) as Client);
  }

  remove(tenant: string, id: string): Promise<boolean> {
    return this.#writes.run(function* (connection) {
      return { keep: true, result: connection.run('DELETE FROM clients WHERE tenant = ? AND id = ?', tenant, id) === 1 };
    });
  }
}
