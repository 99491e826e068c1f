import type { Resource } from './resource.ts';
import type { ResourceType } from './resource-type.ts';

/**
 * The URNs that the `schemas` attribute of a resource lists: the core schema and each extension that is present (RFC
 * 7643 §3).
 */
export function schemasOf(type: ResourceType, resource: Resource): string[] {
  const urns = [type.schema.id];
  for (const { schema } of type.extensions) {
    if (resource[schema.id] !== undefined) urns.push(schema.id);
  }
  return urns;
}
