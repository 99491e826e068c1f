import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

/** What a beat reads the time by, in milliseconds, and waits with. */
export interface Stopwatch {
  now(): number;
  wait(ms: number): Promise<unknown>;
}

const monotonic: Stopwatch = { now: () => performance.now(), wait: waitExactly };
/**
 * A timer may fire early by its resolution and by what had kept the loop busy when it was set: a fraction of a
 * millisecond that would tell.
 */
const timerErrorMs = 2;
/** The last timer is set so long before the beat, when what the work took has no part in it any more. */
const lastTimerMs = 20;

/**
 * Lets refusals leave on a beat: at a multiple of so many milliseconds after the question came in, never at the
 * moment when the work was done. What the work took shows in no answer, on a busy server neither, and what is still
 * written down has until the beat.
 */
export class RefusalDelay {
  readonly #everyMs: number;
  readonly #stopwatch: Stopwatch;

  /** @param everyMs 0: refusals are not held back */
  constructor(everyMs: number, stopwatch: Stopwatch = monotonic) {
    this.#everyMs = everyMs;
    this.#stopwatch = stopwatch;
  }

  /** A question has come in; what this returns is called when it is refused, and resolves when that may be told. */
  begin(): () => Promise<void> {
    const begun = this.#stopwatch.now();
    return async () => {
      await this.#stopwatch.wait(timeUntilBeat(this.#stopwatch.now() - begun, this.#everyMs));
    };
  }
}

/** How long it is to the next beat that leaves a fifth of a beat for what is still being written down. */
function timeUntilBeat(elapsedMs: number, everyMs: number): number {
  return everyMs === 0 ? 0 : Math.ceil((elapsedMs + everyMs / 5) / everyMs) * everyMs - elapsedMs;
}

/** Waits out the last of it turn by turn, while others get on. */
async function waitExactly(ms: number): Promise<void> {
  const until = performance.now() + ms;
  await pause(Math.max(0, ms - lastTimerMs));
  await pause(Math.max(0, until - performance.now() - timerErrorMs));
  while (performance.now() < until) await nextTurn();
}
