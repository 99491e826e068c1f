import type { Resource } from '../../scim/model/resource.ts';

/**
 * The user with `active` said: as the write says it, else as it was, else true. A write that does not name `active`
 * neither lets a deactivated user back in nor leaves the default unstored, where no filter would find it (RFC 7643
 * §4.1.1, RFC 7644 §3.5.1). Pure.
 * @param before as stored; undefined for a create
 */
export function keepActive(before: Resource | undefined, after: Resource): Resource {
  if (typeof after['active'] === 'boolean') return after;
  return { ...after, active: before?.['active'] ?? true };
}
