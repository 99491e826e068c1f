import { turnTaking } from '../../base/cooperative.ts';

/** What is worked through at once; other requests get their turn between two slices. */
export async function* slices<T>(all: readonly T[]): AsyncGenerator<readonly T[]> {
  const takeTurns = turnTaking();
  for (let start = 0; start < all.length; start += 1000) {
    yield all.slice(start, start + 1000);
    await takeTurns();
  }
}
