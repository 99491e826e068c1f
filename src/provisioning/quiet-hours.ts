import { dateFormat } from '../date-format.ts';
import type { Settings } from '../settings.ts';

const dayMinutes = 24 * 60;

/**
 * When a message may go out that must not be sent in the tenant's quiet hours, by the recipient's own clock.
 * @param timezone IANA name; UTC when unknown
 * @returns undefined when it may go now
 */
export function quietUntil(quietHours: Settings['onboarding']['quietHours'], timezone: string, now: Date): Date | undefined {
  if (quietHours === null) return undefined;
  const [from, to] = [minutesOf(quietHours.from), minutesOf(quietHours.to)];
  const local = minutesOf(localTime(timezone, now));
  const isQuiet = from <= to ? local >= from && local < to : local >= from || local < to;
  if (!isQuiet) return undefined;
  const wait = (to - local + dayMinutes) % dayMinutes;
  return new Date(Math.floor(now.getTime() / 60_000) * 60_000 + wait * 60_000);
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function localTime(timezone: string, now: Date): string {
  return dateFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, timezone).format(now);
}
