import type { Rights } from '../domain/client.ts';
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
  );
}

/** What of the wanted rights a holder lacks, for a detail: scopes by name, limits in words. */
export function missingRights(holder: Rights, wanted: Rights): string {
  const scopes = wanted.scopes.filter((scope) => !holder.scopes.includes(scope));
  if (scopes.length > 0) return `the scope ${scopes.join(', ')}`;
  return isWithin(holder.resourceTypes, wanted.resourceTypes)
    ? `attributes other than ${(holder.attributes ?? []).join(', ')}`
    : `resource types other than ${(holder.resourceTypes ?? []).join(', ')}`;
}

/** Whether a limit (undefined: none) allows nothing that another does not. */
function isWithin(limit: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean {
  return limit === undefined || (wanted?.every((path) => limit.some((allowed) => pathCovers(allowed, path))) ?? false);
}
