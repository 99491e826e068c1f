import type { Clock } from '../../base/clock.ts';
import { daysAfter } from './remembered.ts';

/** How long a credential lives where no end is given, and the longest it may live: days. */
export const usualLifeDays = 365;
export const longestLifeDays = 3 * 366;

/** The end of a new credential where none is given: ISO 8601 UTC. */
export function usualEnd(clock: Clock): string {
  return daysAfter(clock.now(), usualLifeDays);
}
