import { dateFormat } from '../../text/date-format.ts';
import type { Settings, Weekday } from '../../config/settings.ts';

/** When the tenant writes to people. */
export type SendingRules = Pick<Settings['onboarding'], 'quietHours' | 'workingDays'>;

/** Until when a message must wait, and why. */
export interface Wait {
  readonly until: Date;
  readonly reason: 'quiet hours' | 'no working day';
}

const dayMinutes = 24 * 60;
const minuteMs = 60_000;
/** A week of days off, each with its quiet hours, and the hour that a change of the clocks may add. */
const mostSteps = 24;
const weekdays: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * When a message may go out that must keep to the tenant's quiet hours and working days, by the recipient's own clock.
 * @param timezone IANA name; UTC when unknown
 * @returns undefined when it may go now; the reason is what holds it at this moment
 */
export function waitOf(rules: SendingRules, timezone: string, now: Date): Wait | undefined {
  if (rules.quietHours === null && rules.workingDays.length === weekdays.length) return undefined;
  let first: Wait['reason'] | undefined;
  let at = now.getTime();
  const clock = localClock(timezone);
  for (let step = 0; step < mostSteps; step += 1) {
    const local = clock(new Date(at));
    const obstacle = obstacleAt(rules, local);
    if (obstacle === undefined) break;
    first ??= obstacle.reason;
    at = Math.floor(at / minuteMs) * minuteMs + obstacle.minutes * minuteMs;
  }
  return first === undefined ? undefined : { until: new Date(at), reason: first };
}

interface LocalTime {
  readonly weekday: Weekday;
  /** Since midnight. */
  readonly minutes: number;
}

function obstacleAt(
  { quietHours, workingDays }: SendingRules,
  { weekday, minutes }: LocalTime,
): { reason: Wait['reason']; minutes: number } | undefined {
  if (!workingDays.includes(weekday)) return { reason: 'no working day', minutes: dayMinutes - minutes };
  if (quietHours === null) return undefined;
  const [from, to] = [minutesOf(quietHours.from), minutesOf(quietHours.to)];
  const isQuiet = from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
  return isQuiet ? { reason: 'quiet hours', minutes: (to - minutes + dayMinutes) % dayMinutes } : undefined;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function localClock(timezone: string): (moment: Date) => LocalTime {
  const format = dateFormat(
    'en-GB',
    { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    timezone,
  );
  return (moment) => {
    const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]));
    const weekday = (parts.get('weekday') ?? '').slice(0, 3).toLowerCase();
    return {
      weekday: weekdays.find((day) => day === weekday) ?? 'mon',
      minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
    };
  };
}
