const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** The schedule that Standard Webhooks gives: 75 hours and a half in all. */
const gaps: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/**
 * How long to wait after a failed attempt at a webhook, give or take a tenth, so that what failed together does not
 * return together.
 * @param attempts how many have failed, 1 or more
 * @param random from 0 to below 1
 * @returns milliseconds; undefined when it is time to give up
 */
export function webhookBackoff(attempts: number, random: () => number): number | undefined {
  const gap = gaps[attempts - 1];
  return gap === undefined ? undefined : Math.round(gap * (0.9 + random() / 5));
}
