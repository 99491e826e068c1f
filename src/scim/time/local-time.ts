import { dateFormat } from '../../text/date-format.ts';
import { instantOf } from './instant.ts';

const local = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,20})?)?$/;
const dayMs = 86_400_000;
/** Longer than any name of a zone; what a client calls a zone is not looked at beyond. */
const maxZoneLength = 64;

/** True for a day (`2026-12-01`) or a dateTime without an offset (`2026-12-01T08:00:00`), real or not. */
export function isLocalTime(text: string): boolean {
  return text.length <= 40 && local.test(text);
}

/**
 * The moment of a day's first instant, or of a time without an offset, by the clocks of a time zone. An hour that comes
 * twice when clocks are set back is the first of the two; one that is left out when they are set forward is counted by
 * the offset before, so that 02:30 is 03:30 (RFC 5545 §3.3.5). `T24:00:00` is the midnight that follows.
 * @param zones IANA names; the first that is known counts, UTC when none is
 * @returns `2026-11-30T23:00:00.000Z`; undefined when the text is neither, or names no real day or time
 */
export function localInstant(text: string, ...zones: readonly (string | undefined)[]): string | undefined {
  if (!isLocalTime(text)) return undefined;
  const asUtc = instantOf(text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`);
  if (asUtc === undefined) return undefined;
  const wall = Date.parse(`${asUtc.slice(0, 23)}Z`);
  const moment = new Date(momentOf(wall, zones)).toISOString();
  return moment.length === 24 ? moment : undefined;
}

/** @param wall what the clocks on the wall show, as if they showed UTC */
function momentOf(wall: number, zones: readonly (string | undefined)[]): number {
  const before = offsetAt(wall - dayMs, zones);
  const after = offsetAt(wall + dayMs, zones);
  const first = wall - Math.max(before, after);
  if (offsetAt(first, zones) === wall - first) return first;
  const second = wall - Math.min(before, after);
  return offsetAt(second, zones) === wall - second ? second : wall - before;
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
function offsetAt(moment: number, zones: readonly (string | undefined)[]): number {
  const names = zones.filter((zone) => zone !== undefined && zone.length <= maxZoneLength);
  const parts = dateFormat('en', { timeZoneName: 'longOffset' }, ...names).formatToParts(new Date(moment));
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] = /GMT([+-])(\d+):(\d+)(?::(\d+))?/.exec(name) ?? [];
  const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return (sign === '-' ? -size : size) * 1000;
}
