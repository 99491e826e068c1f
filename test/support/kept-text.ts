import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mongoose';
import type { Served } from './served-stores.ts';

/** Everything that a Latchkey keeps in its place, as text. */
export async function keptText({ folder, mongodbUri }: Pick<Served, 'folder' | 'mongodbUri'>): Promise<string> {
  if (folder !== undefined)
    return readdirSync(folder)
      .filter((file) => !file.endsWith('.sock'))
      .map((file) => readFileSync(join(folder, file), 'latin1'))
      .join('\n');
  const connection = await createConnection(mongodbUri ?? '').asPromise();
  try {
    const collections = await connection.listCollections();
    const documents = await Promise.all(collections.map(({ name }) => connection.collection(name).find({}).toArray()));
    return JSON.stringify(documents);
  } finally {
    await connection.close();
  }
}
