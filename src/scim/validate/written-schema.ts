import type { SchemaExtension } from '../model/resource-type.ts';
import type { Attribute, ResourceTypeDefinition, Schema } from '../model/schema.ts';

/** A schema in a file: what is left out takes the defaults of RFC 7643 §2.2. */
export type WrittenAttribute = Pick<Attribute, 'name'>
  & Partial<Omit<Attribute, 'subAttributes'>> & { readonly subAttributes?: readonly WrittenAttribute[] };
export type WrittenSchema = Pick<Schema, 'id'>
  & Partial<Omit<Schema, 'attributes'>> & { readonly attributes: readonly WrittenAttribute[] };
export type WrittenExtensions = readonly { readonly schema: string; readonly required?: boolean }[];
export type WrittenResourceType = Pick<ResourceTypeDefinition, 'name' | 'endpoint' | 'schema'>
  & Partial<Pick<ResourceTypeDefinition, 'id' | 'description' | 'readOnly'>> & {
    readonly schemaExtensions?: WrittenExtensions;
  };
export interface WrittenExtension {
  readonly resourceType: string;
  readonly schemaExtensions: WrittenExtensions;
}

/** A resource type's definition with what its file leaves out. */
export function definitionOf(
  written: WrittenResourceType,
  schema: Schema,
  extensions: readonly SchemaExtension[],
): ResourceTypeDefinition {
  const { name, id = name, endpoint, description = '', readOnly } = written;
  const schemaExtensions = extensions.map((one) => ({ schema: one.schema.id, required: one.required }));
  return { id, name, endpoint, description, schema: schema.id, schemaExtensions, ...(readOnly && { readOnly }) };
}

/** Fills in the defaults of RFC 7643 §2.2. References and binaries are caseExact by their kind (§2.3.6, §2.3.7). */
export function completeAttribute({ subAttributes, ...written }: WrittenAttribute): Attribute {
  const type = written.type ?? 'string';
  return {
    type,
    multiValued: false,
    description: '',
    required: false,
    caseExact: type === 'reference' || type === 'binary',
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...written,
    ...(subAttributes === undefined || subAttributes.length === 0
      ? {}
      : { subAttributes: subAttributes.map(completeAttribute) }),
  };
}
