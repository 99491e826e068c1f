import { isJsonObject } from '../../base/json.ts';
import { isTimezonePath, ownTimezone, zoneOf } from '../model/own-timezone.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { Resource } from '../model/resource.ts';
import type { PatchOperation } from './patch-op.ts';

/**
 * The time zone that a resource has when all operations are applied, whichever of them comes first: a start date and
 * the zone it is meant in may come together.
 */
export function timezoneAfter(
  type: ResourceType,
  resource: Resource,
  operations: readonly PatchOperation[],
): string | undefined {
  let zone = ownTimezone(type, resource);
  for (const { op, path, value } of operations) {
    if (path === undefined) zone = isJsonObject(value) ? (ownTimezone(type, value) ?? zone) : zone;
    else if (isTimezonePath(type, path)) zone = op === 'remove' ? null : zoneOf(value);
  }
  return zone ?? undefined;
}
