import type { Clock } from '../../../base/clock.ts';
import type { JsonObject } from '../../../base/json.ts';
import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';
import type { CopiedPart, CopyTarget } from '../../copied-part.ts';
import { insertMissing } from '../commands/batch-write.ts';
import type { Collection } from '../commands/collection.ts';
import type { Collections } from '../database/collections.ts';
import { connect } from '../database/connect.ts';
import { prepareDatabase } from '../database/prepare-database.ts';
import { Stamps } from '../database/stamps.ts';
import { copiedDocuments } from './copied-documents.ts';

/** Documents read at once. */
const batch = 200;

/**
 * Opens a MongoDB database that an embedded store is copied to. It should be empty, or hold an earlier try of the same.
 * @throws StoreUnavailableError when it cannot be reached
 */
export async function copyToMongo(uri: string, clock: Clock): Promise<CopyTarget> {
  const { connection, collections } = await connect(uri);
  try {
    await prepareDatabase(collections);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const kinds = copiedDocuments(new Stamps(clock));
  return {
    write: async (part, items) => {
      const { document } = kinds[part];
      await insertAll(collectionOf(collections, part), items.map(document), part);
    },
    async *read(part) {
      const { item, filter = {} } = kinds[part];
      let some: JsonObject[] = [];
      for await (const document of collectionOf(collections, part).each(filter, {}, batch)) {
        some.push(item(document as never));
        if (some.length < batch) continue;
        yield some;
        some = [];
      }
      if (some.length > 0) yield some;
    },
    close: async () => connection.close(),
  };
}

type AnyCollection = Collection<{ _id: string }>;

function collectionOf(collections: Collections, part: CopiedPart): AnyCollection {
  return collections[part] as unknown as AnyCollection;
}

/** @throws StoreUnavailableError where a document is refused though none of its `_id` is there */
async function insertAll(
  collection: AnyCollection,
  documents: readonly { _id: string }[],
  part: string,
): Promise<void> {
  const refused = (await insertMissing(collection, documents)).flatMap((place) => documents[place]?._id ?? []);
  if (refused.length === 0) return;
  const there = await collection.find<{ _id: string }>({ _id: { $in: refused } }, { projection: { _id: 1 } });
  const known = new Set(there.map(({ _id }) => _id));
  const taken = refused.find((id) => !known.has(id));
  if (taken !== undefined)
    throw new StoreUnavailableError(
      `The database is not empty: another of its ${part} has a key of ${taken}. Migrate into an empty database.`,
    );
}
