import type { Tallies, Tally } from '../../domain/tallies.ts';
import type { Collections } from './database/collections.ts';
import { isDuplicate } from './commands/database-errors.ts';
import type { TallyDocument } from './database/documents.ts';

/** Tallies in MongoDB; a TTL index forgets them too. */
export class MongoTallies implements Tallies {
  readonly #tallies: Collections['tallies'];

  constructor(collections: Collections) {
    this.#tallies = collections.tallies;
  }

  async read(keys: readonly string[], now: Date): Promise<ReadonlyMap<string, Tally>> {
    const found = await this.#tallies.find({ _id: { $in: [...keys] }, expiresAt: { $gt: now } });
    return new Map(found.map(({ _id, count, lastAt }) => [_id, { count, lastAt: lastAt.toISOString() }]));
  }

  async add(key: string, now: Date, memoryMs: number): Promise<Tally> {
    try {
      return await this.#add(key, now, memoryMs);
    } catch (error) {
      // Of two that make the same tally at once, one is refused: now it is there.
      if (!isDuplicate(error)) throw error;
      return this.#add(key, now, memoryMs);
    }
  }

  async forget(keys: readonly string[]): Promise<void> {
    await this.#tallies.deleteMany({ _id: { $in: [...keys] } });
  }

  async purge(now: Date, most: number): Promise<void> {
    await this.#tallies.deleteInSteps({ expiresAt: { $lte: now } }, 'expiresAt');
    const beyond = await this.#tallies.findOne<Pick<TallyDocument, 'expiresAt'>>(
      {},
      { projection: { expiresAt: 1 }, sort: { expiresAt: -1 }, skip: most },
    );
    if (beyond !== null) await this.#tallies.deleteInSteps({ expiresAt: { $lte: beyond.expiresAt } }, 'expiresAt');
  }

  async #add(key: string, now: Date, memoryMs: number): Promise<Tally> {
    const count = { $cond: [{ $gt: ['$expiresAt', now] }, { $add: ['$count', 1] }, 1] };
    const expiresAt = new Date(now.getTime() + memoryMs);
    const written = await this.#tallies.findOneAndUpdate({ _id: key }, [{ $set: { count, lastAt: now, expiresAt } }]);
    if (written === null) await this.#tallies.insertOne({ _id: key, count: 1, lastAt: now, expiresAt });
    return { count: written?.count ?? 1, lastAt: now.toISOString() };
  }
}
