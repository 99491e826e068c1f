import type { Resource } from './resource.ts';

/** A copy of a resource, or of a part of one, without an attribute. */
export function withoutAttribute(resource: Resource, name: string): Resource {
  const rest = { ...resource };
  delete rest[name];
  return rest;
}
