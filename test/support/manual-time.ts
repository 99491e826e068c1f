import type { Clock } from '../../src/base/clock.ts';
import type { Scheduler } from '../../src/jobs/scheduler.ts';

/**
 * Clock and scheduler whose time moves only by `advance`; `jump` moves the wall clock alone, as an administrator or
 * NTP may.
 */
export class ManualTime implements Clock, Scheduler {
  #elapsed = 0;
  #wall: number;
  #ids = 0;
  readonly #timers = new Set<{ due: number; run: () => void }>();

  constructor(start = '2026-11-21T09:00:00.000Z') {
    this.#wall = Date.parse(start);
  }

  now(): Date {
    return new Date(this.#wall);
  }

  newId(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { due: this.#elapsed + Math.max(0, ms), run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.size;
  }

  jump(ms: number): void {
    this.#wall += ms;
  }

  /** Lets everything that needs no time run to its end. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Moves time on, running each timer in its moment. */
  async advance(ms: number): Promise<void> {
    const target = this.#elapsed + ms;
    await this.settle();
    for (;;) {
      const next = [...this.#timers].filter(({ due }) => due <= target).sort((one, other) => one.due - other.due)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#moveTo(Math.max(this.#elapsed, next.due));
      next.run();
      await this.settle();
    }
    this.#moveTo(target);
  }

  #moveTo(elapsed: number): void {
    this.#wall += elapsed - this.#elapsed;
    this.#elapsed = elapsed;
  }
}
