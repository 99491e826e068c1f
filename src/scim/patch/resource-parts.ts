import { equalJson, isJsonObject } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
import { schemasOf } from '../model/resource-schemas.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { Resource } from '../model/resource.ts';
import type { Schema } from '../model/schema.ts';
import { withoutAttribute } from '../model/without-attribute.ts';

/** The object that holds a schema's attributes: the resource itself, or the object under the extension's URN. */
export function containerOf(resource: Resource, schema: Schema, extension: boolean): Resource {
  const container = extension ? resource[schema.id] : resource;
  return isJsonObject(container) ? container : {};
}

/** The container with one attribute set or, with undefined, unassigned. */
export function withAttribute(container: Resource, name: string, value: Json | undefined): Resource {
  return value === undefined ? withoutAttribute(container, name) : { ...container, [name]: value };
}

/** `schemas` names the core schema and each extension with an attribute present (RFC 7643 §3). */
export function withSchemas(type: ResourceType, resource: Resource): Resource {
  const schemas = schemasOf(type, resource);
  return equalJson(resource['schemas'], schemas) ? resource : { ...resource, schemas };
}
