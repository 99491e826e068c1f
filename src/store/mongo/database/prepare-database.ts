import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';
import type { Collections } from './collections.ts';
import { isDuplicate } from '../commands/database-errors.ts';
import { indexes, outdatedIndexes } from './indexes.ts';
import { moveClients } from './move-clients.ts';

/** The version of the collections and indexes that this program knows. Version 1 wrote no version down. */
export const schemaVersion = 9;

const _id = 'schema';

/**
 * Brings the database to the present schema: one command for each collection makes it with all indexes that are
 * missing, in one pass over its documents and beside processes that serve meanwhile. Where nothing is to be done, one
 * look-up is all. Several processes may do so at once.
 * @throws StoreUnavailableError when a newer Latchkey has written the database
 */
export async function prepareDatabase(collections: Collections): Promise<void> {
  const { installation } = collections;
  const version = (await installation.findOne({ _id }))?.version ?? 0;
  if (version > schemaVersion)
    throw new StoreUnavailableError(
      `The database is at schema ${version}; this Latchkey knows schemas up to ${schemaVersion}. Start `
        + 'the newer Latchkey that wrote it.',
    );
  if (version === schemaVersion) return;
  for (const name of Object.keys(indexes) as (keyof Collections)[])
    if (indexes[name].length > 0) await collections[name].createIndexes(indexes[name]);
  // Only after the new ones are there: a process of the older version that still serves finds one that serves it too.
  for (const [name, index] of outdatedIndexes) await collections[name].dropIndex(index);
  // What version 1 kept of events holds people's names.
  await collections.events.convert(
    { event: { $exists: true } },
    { $set: { settledAt: new Date() }, $unset: { event: '', tenant: '', resourceId: '', at: '' } },
  );
  await moveClients(collections);
  await installation
    .updateOne({ _id }, { $max: { version: schemaVersion } }, { upsert: true })
    .catch((error: unknown) => {
      // Another process has written it in the same moment.
      if (!isDuplicate(error)) throw error;
    });
}
