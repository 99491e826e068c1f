import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { hashToken } from '../../../src/domain/credential.ts';
import { Connection } from '../../../src/store/sqlite/database/connection.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { expectMoved, olderClients } from '../../support/older-clients.ts';
import { migrate } from '../../../src/store/sqlite/database/migrate.ts';

/** The last schema that had a table of clients. */
const lastSchema = 8;

describe('clients of an older SQLite database', () => {
  it('work on after an upgrade: token, rights and /Me as they were, without an end or limits', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-older-'));
    try {
      const connection = new Connection(join(folder, 'latchkey.db'), { readOnly: false });
      migrate(connection, lastSchema);
      for (const { token, ...client } of olderClients) {
        const tokenHash = hashToken(token);
        connection.run(
          'INSERT INTO clients (tenant, id, token_hash, body) VALUES (?, ?, ?, ?)',
          client.tenant,
          client.id,
          tokenHash,
          JSON.stringify({ ...client, tokenHash }),
        );
      }
      connection.close();
      for (const start of ['first', 'second']) {
        const store = await openSqliteStore({ folder, clock: systemClock });
        await expectMoved(store.notes, start);
        await store.close();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
