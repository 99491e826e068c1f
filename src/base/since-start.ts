/**
 * How long this process has run, in milliseconds: a clock that never jumps. What measures how long a caller has waited
 * goes by it, for it stays true where a test makes all other timers fast.
 */
export function sinceStart(): number {
  return process.uptime() * 1000;
}
