import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';
import type { Connection } from './connection.ts';
import { MIGRATIONS } from './migrations.ts';

/**
 * Brings the database to the present schema, one transaction for each step.
 * @param to an earlier schema, for tests of what comes after it
 * @throws StoreUnavailableError when a newer Latchkey has written the file
 */
export function migrate(connection: Connection, to = MIGRATIONS.length): void {
  const [version] = connection.get<[number]>('PRAGMA user_version') ?? [0];
  if (version > MIGRATIONS.length) {
    throw new StoreUnavailableError(
      `The database is at schema ${version}; this Latchkey knows schemas up to ${MIGRATIONS.length}. `
        + 'Start the newer Latchkey that wrote it.',
    );
  }
  for (const [step, sql] of MIGRATIONS.slice(0, to).entries()) {
    if (step < version) continue;
    connection.execute('BEGIN IMMEDIATE');
    try {
      connection.execute(`${sql}; PRAGMA user_version = ${step + 1}; COMMIT`);
    } catch (error) {
      if (connection.inTransaction) connection.execute('ROLLBACK');
      throw error;
    }
  }
}
