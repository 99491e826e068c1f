import { nextTurn } from '../../../base/cooperative.ts';

/** Members or ids read between two turns of the event loop. */
export const CHUNK = 1_000;

/** Different texts, a chunk of them at a time as a JSON array, with a turn of the event loop between two. */
export async function* chunksOf(texts: readonly string[]): AsyncGenerator<string> {
  const all = [...new Set(texts)];
  for (let start = 0; start < all.length; start += CHUNK) {
    if (start > 0) await nextTurn();
    yield JSON.stringify(all.slice(start, start + CHUNK));
  }
}
