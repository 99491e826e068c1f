import type { Clock } from '../../base/clock.ts';

/** An id for a new import. It counts down with time, so that the newest import comes first in their order. */
export function importId(clock: Clock): string {
  const left = (36 ** 8 - 1 - clock.now().getTime()).toString(36).padStart(8, '0');
  return `${left}${clock.newId().replaceAll('-', '').slice(-6)}`;
}
