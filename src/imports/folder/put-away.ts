import { createWriteStream } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorsFile } from '../batch/errors-file.ts';
import type { ImportBatch, Refusal } from '../batch/import-batch.ts';
import type { DropPlaces } from './drop-places.ts';
import type { WorkFile } from './dropped-file.ts';

/**
 * Moves a file in hand to `done` or `failed`, with its errors file and why it has failed beside it. The file itself
 * goes last: a process that dies in between leaves all of it to be done again, under the same names.
 * @param reason why it has failed; undefined: it is done
 * @returns where it is
 */
export async function putAway(
  places: DropPlaces,
  { id, name, path }: WorkFile,
  reason: string | undefined,
  refusals: { readonly batch: ImportBatch; readonly rows: AsyncIterable<Refusal> } | undefined,
): Promise<string> {
  const folder = reason === undefined ? places.done : places.failed;
  const kept = join(folder, `${id}--${name}`);
  if (refusals !== undefined) await writeErrors(`${kept}.errors`, refusals);
  if (reason !== undefined) await writeFile(`${kept}.reason.txt`, `${reason}\n`, { mode: 0o640 });
  await rename(path, kept);
  return kept;
}

/** Nothing is left where there are none. */
async function writeErrors(
  path: string,
  { batch, rows }: { readonly batch: ImportBatch; readonly rows: AsyncIterable<Refusal> },
): Promise<void> {
  let count = 0;
  const counted = async function* (): AsyncGenerator<Refusal> {
    for await (const row of rows) {
      count += 1;
      yield row;
    }
  };
  const { name, chunks } = errorsFile(batch, counted());
  const draft = `${path}.draft`;
  await pipeline(chunks, createWriteStream(draft, { mode: 0o640 }));
  if (count === 0) await rm(draft);
  else await rename(draft, `${path}${name.endsWith('.csv') ? '.csv' : '.jsonl'}`);
}
