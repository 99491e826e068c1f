import { onNobodysBehalf } from '../domain/present-call.ts';

/** The timer seam: code that waits takes one of these, so that tests move time by hand. */
export interface Scheduler {
  /** Milliseconds on a clock that never jumps; only differences mean something. */
  elapsed(): number;
  /**
   * Calls `run` once, `ms` milliseconds from now.
   * @returns calls it off
   */
  after(ms: number, run: () => void): () => void;
}

/** setTimeout takes at most this; a longer wait ends early, which every caller bears. */
const longestTimer = 2 ** 31 - 1;

/** The machine's own timers. What they run works for no call, whichever call has set them. */
export const systemScheduler: Scheduler = {
  elapsed: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(() => onNobodysBehalf(run), Math.min(ms, longestTimer));
    return () => clearTimeout(timer);
  },
};
