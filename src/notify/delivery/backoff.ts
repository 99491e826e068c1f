const minute = 60_000;
const hour = 60 * minute;

/** The longest each gap may be: 47 hours 43 minutes in all. */
const gaps: readonly number[] = [
  minute / 2,
  2 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  ...new Array<number>(11).fill(4 * hour),
];

/**
 * How long to wait after a failed attempt: growing gaps with full jitter, so that what failed together does not
 * return together.
 * @param attempts how many have failed, 1 or more
 * @param random from 0 to below 1
 * @returns milliseconds, at least 1,000; undefined when it is time to give up
 */
export function backoff(attempts: number, random: () => number): number | undefined {
  const gap = gaps[attempts - 1];
  return gap === undefined ? undefined : Math.max(1000, Math.round(random() * gap));
}
