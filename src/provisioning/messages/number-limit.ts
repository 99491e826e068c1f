const hourMs = 3_600_000;
/** Numbers remembered before old ones are looked for and forgotten. */
const crowded = 10_000;

/** Limits text messages to one number: to protect the operator's bill and the owner of the phone. */
export class NumberLimit {
  readonly #sent = new Map<string, readonly number[]>();

  /**
   * From when the next message to a number may go; undefined: now.
   * @param earlier when messages are known to have gone to it, beside those this process remembers
   * @param hourly the most in any hour
   */
  opensAt(number: string, earlier: readonly Date[], hourly: number, now: Date): Date | undefined {
    const waits = [this.#sent.get(number) ?? [], earlier.map((date) => date.getTime())].flatMap((times) => {
      const recent = withinHour(times, now.getTime());
      return recent.length < hourly ? [] : [recent[recent.length - hourly]! + hourMs];
    });
    return waits.length === 0 ? undefined : new Date(Math.max(...waits));
  }

  /** Counts a message. */
  count(number: string, now: Date): void {
    if (this.#sent.size >= crowded) this.#forget(now.getTime());
    this.#sent.set(number, [...withinHour(this.#sent.get(number) ?? [], now.getTime()), now.getTime()]);
  }

  #forget(now: number): void {
    for (const [number, times] of this.#sent) if (withinHour(times, now).length === 0) this.#sent.delete(number);
  }
}

/** In order; what a clock that was set back shows as lying ahead does not count. */
function withinHour(times: readonly number[], now: number): number[] {
  return times.filter((time) => time > now - hourMs && time <= now).sort((one, other) => one - other);
}
