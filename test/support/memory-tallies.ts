import type { Tallies, Tally } from '../../src/domain/tallies.ts';

/** Tallies in memory: the port's meaning in the fewest words. */
export class MemoryTallies implements Tallies {
  readonly tallies = new Map<string, Tally & { readonly expiresAt: number }>();

  async read(keys: readonly string[], now: Date): Promise<ReadonlyMap<string, Tally>> {
    return new Map(
      keys.flatMap((key) => {
        const tally = this.tallies.get(key);
        return tally === undefined || tally.expiresAt <= now.getTime() ? [] : [[key, tally] as const];
      }),
    );
  }

  async add(key: string, now: Date, memoryMs: number): Promise<Tally> {
    const before = this.tallies.get(key);
    const count = before === undefined || before.expiresAt <= now.getTime() ? 1 : before.count + 1;
    const tally = { count, lastAt: now.toISOString(), expiresAt: now.getTime() + memoryMs };
    this.tallies.set(key, tally);
    return tally;
  }

  async forget(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.tallies.delete(key);
  }

  async purge(now: Date, most: number): Promise<void> {
    const lasting = [...this.tallies].filter(([, { expiresAt }]) => expiresAt > now.getTime());
    lasting.sort(([, one], [, other]) => other.expiresAt - one.expiresAt);
    this.tallies.clear();
    for (const [key, tally] of lasting.slice(0, most)) this.tallies.set(key, tally);
  }
}
