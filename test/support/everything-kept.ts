import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mongoose';

/** All bytes that a database keeps: of SQLite its files with free pages and write-ahead log, of MongoDB all documents. */
export async function everythingKept(place: {
  readonly folder: string | undefined;
  readonly mongodbUri: string | undefined;
}): Promise<string> {
  const { folder, mongodbUri } = place;
  if (folder !== undefined)
    return readdirSync(folder)
      .filter((name) => name.startsWith('latchkey.db'))
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join('\n');
  const connection = await createConnection(mongodbUri ?? '').asPromise();
  try {
    const names = await connection.db!.listCollections().toArray();
    const all = await Promise.all(names.map(({ name }) => connection.db!.collection(name).find().toArray()));
    return JSON.stringify(all);
  } finally {
    await connection.close();
  }
}
