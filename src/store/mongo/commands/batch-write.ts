import { mongo } from 'mongoose';
import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';
import type { Collection } from './collection.ts';
import { isRefusalOfService, isUnavailable } from './database-errors.ts';

/** What the driver counts of a batch, whether the batch succeeded or not. */
type Counts = Pick<mongo.BulkWriteResult, 'insertedCount' | 'matchedCount' | 'upsertedCount'>;

const duplicateKey = 11000;

/**
 * Inserts documents in any order. A document whose `_id` is there already stays as it is.
 * @returns the places, in the batch, of those that were there already
 * @throws StoreUnavailableError when the database cannot be reached or does not confirm each document, Error when it
 *   refuses one for another reason; how many were inserted is not known then, and the same batch may be written again
 */
export async function insertMissing<T extends { _id: string }>(
  collection: Collection<T>,
  documents: readonly T[],
): Promise<readonly number[]> {
  if (documents.length === 0) return [];
  const batch = collection.insertMany(documents);
  return refusedPlaces(
    documents.length,
    batch.then(({ insertedCount }) => ({ insertedCount, matchedCount: 0, upsertedCount: 0 })),
  );
}

/**
 * Inserts documents one after another, up to the first that meets one with its `_id`, or with another of its unique
 * values.
 * @returns how many were inserted
 * @throws as `insertMissing` does
 */
export async function insertInOrder<T extends { _id: string }>(
  collection: Collection<T>,
  documents: readonly T[],
): Promise<number> {
  if (documents.length === 0) return 0;
  try {
    return (await collection.insertInOrder(documents)).insertedCount;
  } catch (error) {
    if (!(error instanceof mongo.MongoBulkWriteError)) throw error;
    const refused = [error.writeErrors].flat();
    const [first] = refused;
    if (refused.length === 1 && first?.code === duplicateKey && !error.result.getWriteConcernError())
      return first.index;
    if (isForNow(error, refused))
      throw new StoreUnavailableError('MongoDB did not take a batch of documents for now', { cause: error });
    throw refusal(documents.length, error);
  }
}

/** An update of the document that the filter names, or its insert where the filter finds none. */
export interface Upsert<T> {
  readonly filter: mongo.Filter<T>;
  readonly update: mongo.UpdateFilter<T>;
  /** False: an update alone, of which it does not matter whether the filter finds anything. */
  readonly upsert?: false;
}

/**
 * Updates or inserts one document for each entry, in any order. An insert that meets a document with its `_id`, which
 * the filter has not taken, leaves that document as it is.
 * @returns the places, in the batch, of those left as they are
 * @throws as `insertMissing` does
 */
export async function upsertEach<T extends { _id: string }>(
  collection: Collection<T>,
  upserts: readonly Upsert<T>[],
): Promise<readonly number[]> {
  if (upserts.length === 0) return [];
  const operations = upserts.map(({ filter, update, upsert = true }): mongo.AnyBulkWriteOperation<T> => ({
    updateOne: { filter, update, upsert },
  }));
  const optional = upserts.filter(({ upsert }) => upsert === false).length;
  return refusedPlaces(upserts.length, collection.bulkWrite(operations), optional);
}

/**
 * Decides what came of a batch. It is done where each of its documents is either acknowledged or refused, by its
 * place, as a duplicate. The driver reports a batch that failed as a whole with an empty list of refused documents,
 * so that list alone says nothing.
 * @param size how many documents the batch has
 * @param optional how many of them are updates that may find nothing
 * @returns the places of the refused documents
 */
export async function refusedPlaces(size: number, batch: Promise<Counts>, optional = 0): Promise<readonly number[]> {
  let counts: Counts;
  let refused: readonly mongo.WriteError[] = [];
  try {
    counts = await batch;
  } catch (error) {
    if (!(error instanceof mongo.MongoBulkWriteError)) throw error;
    refused = [error.writeErrors].flat();
    if (isForNow(error, refused))
      throw new StoreUnavailableError('MongoDB did not take a batch of documents for now', { cause: error });
    if (refused.some(({ code }) => code !== duplicateKey)) throw refusal(size, error);
    counts = error;
    if (refused.length === 0 && confirmed(counts) < size - optional) throw refusal(size, error);
  }
  const places = [...new Set(refused.map(({ index }) => index))];
  const accounted = confirmed(counts) + places.length;
  if (accounted <= size && accounted >= size - optional) return places;
  throw new StoreUnavailableError(`MongoDB did not confirm each of a batch of ${size} documents`);
}

function confirmed({ insertedCount, matchedCount, upsertedCount }: Counts): number {
  return insertedCount + matchedCount + upsertedCount;
}

/** True where the same batch may succeed later: also what was written is not yet safe on a majority of servers. */
function isForNow(error: mongo.MongoBulkWriteError, refused: readonly mongo.WriteError[]): boolean {
  if (error.result.getWriteConcernError()) return true;
  if (refused.length > 0) return refused.some(({ code }) => isRefusalOfService(code));
  // The driver keeps what it met here, be it the server's answer or its own error.
  return isUnavailable(error) || isUnavailable(error.errorResponse);
}

function refusal(size: number, cause: mongo.MongoBulkWriteError): Error {
  return new Error(`MongoDB refused a batch of ${size} documents: ${cause.message}`, { cause });
}
