import type { Commit } from './resource-store.ts';
import type { StagedStore } from './staged-store.ts';

/** A piece of work whose writes have not gone to the store yet. */
export class StagedWrites {
  readonly store: StagedStore;
  readonly #tell: (commits: readonly Commit[]) => void;

  /** @param tell called with the commits once they are written */
  constructor(store: StagedStore, tell: (commits: readonly Commit[]) => void) {
    this.store = store;
    this.#tell = tell;
  }

  /** Writes all of it. @returns false, with nothing written, where another writer was quicker */
  async write(): Promise<boolean> {
    if (this.store.isEmpty) return true;
    const isWritten = await this.store.write();
    if (isWritten) this.#tell(this.store.commits);
    return isWritten;
  }
}
