import type { Guard, Rights } from '../domain/client.ts';
import { usualLimit } from './call-limits.ts';
import { pathCovers } from '../text/path-covers.ts';

/** Scopes of the operator, who may hand out everything. */
const operator = 'operator';

/** Whether rights hold all that others do, so that who has them may hand those out. */
export function covers(holder: Rights, wanted: Rights): boolean {
  if (holder.scopes.includes(operator)) return true;
  return (
    wanted.scopes.every((scope) => holder.scopes.includes(scope))
    && isWithin(holder.resourceTypes, wanted.resourceTypes)
    && isWithin(holder.attributes, wanted.attributes)
    && isSlower(holder, wanted)
    && isGuarded(holder, wanted)
  );
}

/** What of the wanted rights a holder lacks, for a detail: scopes by name, limits in words. */
export function missingRights(holder: Rights, wanted: Rights): string {
  const scopes = wanted.scopes.filter((scope) => !holder.scopes.includes(scope));
  if (scopes.length > 0) return `the scope ${scopes.join(', ')}`;
  if (!isSlower(holder, wanted)) return 'more calls a second (callsPerSecond)';
  if (!isGuarded(holder, wanted)) return 'a wider guard, or none';
  return isWithin(holder.resourceTypes, wanted.resourceTypes)
    ? `attributes other than ${(holder.attributes ?? []).join(', ')}`
    : `resource types other than ${(holder.resourceTypes ?? []).join(', ')}`;
}

/** Whether a limit (undefined: none) allows nothing that another does not. */
function isWithin(limit: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean {
  return limit === undefined || (wanted?.every((path) => limit.some((allowed) => pathCovers(allowed, path))) ?? false);
}

/** Whether wanted rights allow no more calls a second. */
function isSlower(holder: Rights, wanted: Rights): boolean {
  const [most, asked] = [holder, wanted].map(({ callsPerSecond = usualLimit }) => callsPerSecond ?? Infinity);
  return asked! <= most!;
}

/** Whether wanted rights hold at least as many deactivations. */
function isGuarded({ guard: own }: Rights, { guard: wanted }: Rights): boolean {
  if (own === undefined || own === null || wanted === undefined) return true;
  return wanted !== null && isNarrower(wanted, own);
}

function isNarrower(one: Guard, other: Guard): boolean {
  return one.count <= other.count && one.share <= other.share && one.minutes >= other.minutes;
}
