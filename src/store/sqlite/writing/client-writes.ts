import type { Client } from '../../../tenants.ts';
import type { Connection } from '../database/connection.ts';
import { kept } from './write.ts';

/** Changes to the clients. */
export const clientWrites = {
  /** @returns false when the token is another client's */
  addClient: (connection: Connection, client: Client) =>
    kept(
      1
        === connection.run(
          'INSERT INTO clients (tenant, id, token_hash, body) VALUES (?, ?, ?, ?) ON CONFLICT (token_hash) DO NOTHING',
          client.tenant,
          client.id,
          client.tokenHash,
          JSON.stringify(client),
        ),
    ),

  /** @returns whether there was one */
  removeClient: (connection: Connection, tenant: string, id: string) =>
    kept(connection.run('DELETE FROM clients WHERE tenant = ? AND id = ?', tenant, id) === 1),
};
