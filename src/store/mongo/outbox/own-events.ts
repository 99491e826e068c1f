/** The most records remembered: the watch over leftovers finds the others. */
const most = 10_000;

/** Which records this process has written events into, and not seen without any since. */
export class OwnEvents {
  /** Of each tenant by the record's key, how often. The tenant whose turn is next comes first. */
  readonly #tenants = new Map<string, Map<string, number>>();
  #size = 0;

  /**
   * To be called after a commit that held events.
   * @param key as `recordKey` makes it: the tenant, a slash, the id
   */
  add(key: string): void {
    const tenant = tenantIn(key);
    const records = this.#tenants.get(tenant) ?? new Map<string, number>();
    const times = records.get(key);
    if (times === undefined && this.#size >= most) return;
    if (times === undefined) this.#size += 1;
    records.set(key, (times ?? 0) + 1);
    if (records.size === 1) this.#tenants.set(tenant, records);
  }

  /**
   * Some of them, each with a number that changes when the record is written again: the longest known of each tenant,
   * as many of one tenant as of another while there are more.
   */
  some(limit: number): ReadonlyMap<string, number> {
    const chosen = new Map<string, number>();
    let open = [...this.#tenants].map(([tenant, records]) => ({ tenant, entries: records.entries() }));
    const [first] = open;
    while (open.length > 0 && chosen.size < limit)
      open = open.filter(({ entries }) => {
        const next = chosen.size < limit ? entries.next() : { done: true as const, value: undefined };
        if (next.done !== true) chosen.set(...next.value);
        return next.done !== true;
      });
    if (first !== undefined && this.#tenants.size > 1) {
      // Where there are more tenants than are asked for, another is the first the next time.
      const records = this.#tenants.get(first.tenant);
      this.#tenants.delete(first.tenant);
      if (records !== undefined) this.#tenants.set(first.tenant, records);
    }
    return chosen;
  }

  /** Forgets a record that holds no events any more, unless it has been written since. */
  forget(key: string, times: number): void {
    const tenant = tenantIn(key);
    const records = this.#tenants.get(tenant);
    if (records?.get(key) !== times) return;
    records.delete(key);
    this.#size -= 1;
    if (records.size === 0) this.#tenants.delete(tenant);
  }
}

function tenantIn(key: string): string {
  return key.slice(0, key.indexOf('/'));
}
