/** The most addresses remembered; beyond that, counting starts again. */
const addressesKept = 10_000;

/** Counts the different links that each address opens within one second. In memory, bounded. */
export class LinksAtOnce {
  readonly #opened = new Map<string, Set<string>>();
  #second = 0;

  /** @returns how many different links the address has opened in the second of `now`, this one among them */
  count(address: string, link: string, now: Date): number {
    const second = Math.floor(now.getTime() / 1000);
    if (second !== this.#second || this.#opened.size >= addressesKept) this.#opened.clear();
    this.#second = second;
    const links = this.#opened.get(address) ?? new Set();
    this.#opened.set(address, links.add(link));
    return links.size;
  }
}
