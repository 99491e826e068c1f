import type { Resource } from '../../scim/model/resource.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';

/** Whether resources of a type are switched on and off by an `active` that always keeps a value, as users are. */
export function keepsActive(type: ResourceType): boolean {
  const active = type.resolve({ attribute: 'active' })?.attribute;
  return active?.type === 'boolean' && active.unassign === 'never';
}

/**
 * The user (or agent) with `active` said: as the write says it, else as it was, else true. A write that does not name
 * `active` neither lets who is deactivated back in nor leaves the default unstored, where no filter would find it
 * (RFC 7643 §4.1.1, RFC 7644 §3.5.1). Pure.
 * @param before as stored; undefined for a create
 */
export function keepActive(before: Resource | undefined, after: Resource): Resource {
  if (typeof after['active'] === 'boolean') return after;
  return { ...after, active: before?.['active'] ?? true };
}
