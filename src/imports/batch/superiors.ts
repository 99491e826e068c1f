import { managerPath, type Standing } from '../plan/decide-row.ts';
import { valueAt } from '../plan/places.ts';

/** More levels than any company has. */
const longestChain = 50;
/** People whose manager is remembered. */
const mostRemembered = 20_000;

/** Who reports to whom, as people are here now. */
export class Superiors {
  readonly #read: (id: string) => Promise<Standing | undefined>;
  /** Ids of managers by ids; null where there is none. */
  readonly #known = new Map<string, string | null>();

  constructor(read: (id: string) => Promise<Standing | undefined>) {
    this.#read = read;
  }

  /** Whether a person reports to another one, directly or through others, or is that one. */
  async isBelow(id: string, superior: string): Promise<boolean> {
    let at: string | undefined = id;
    for (let steps = 0; at !== undefined && steps < longestChain; steps += 1) {
      if (at === superior) return true;
      at = await this.#of(at);
    }
    return false;
  }

  async #of(id: string): Promise<string | undefined> {
    const known = this.#known.get(id);
    if (known !== undefined) return known ?? undefined;
    if (this.#known.size > mostRemembered) this.#known.clear();
    const standing = await this.#read(id);
    const value = standing === undefined ? undefined : valueAt(standing.resource, managerPath);
    this.#known.set(id, typeof value === 'string' ? value : null);
    return typeof value === 'string' ? value : undefined;
  }
}
