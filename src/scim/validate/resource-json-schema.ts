import { commonAttributes } from '../model/common-attributes.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { Attribute } from '../model/schema.ts';

/** Characters of a string or reference; no attribute of a person or group comes near it. */
const maxTextLength = 65_536;

/**
 * What a resource is checked for: `create` and `replace` as the bodies of RFC 7644 §3.3 and §3.5.1; `partial` asks
 * for nothing to be present, for parts of a resource such as the values of a PATCH.
 */
export type ValidationContext = 'create' | 'replace' | 'partial';

/** A JSON Schema as ajv takes it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/**
 * Writes the JSON Schema that a resource in canonical spelling must satisfy: types, required attributes, formats, one
 * primary value at most, and canonical values where the schema insists on them (RFC 7643 §2). Uses the formats
 * `text`, `dateTime` and `base64` of `value-format.ts`, and the keyword `onePrimary`.
 */
export function jsonSchemaOf(type: ResourceType, context: ValidationContext): JsonSchema {
  const common = commonAttributes.filter((attribute) => attribute.name !== 'schemas');
  const core = objectOf([...common, ...type.schema.attributes], context);
  const extensions = type.extensions.map(({ schema }) => [schema.id, objectOf(schema.attributes, context)] as const);
  const requiredExtensions =
    context === 'partial' ? [] : type.extensions.filter((one) => one.required).map((one) => one.schema.id);
  return {
    ...core,
    properties: { ...core.properties, ...Object.fromEntries(extensions) },
    required: [...core.required, ...requiredExtensions],
  };
}

interface ObjectSchema extends JsonSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

function objectOf(attributes: readonly Attribute[], context: ValidationContext): ObjectSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(attributes.map((attribute) => [attribute.name, schemaOf(attribute, context)])),
    required: attributes.filter((attribute) => isRequired(attribute, context)).map((attribute) => attribute.name),
  };
}

function isRequired({ required, mutability, returned }: Attribute, context: ValidationContext): boolean {
  if (!required || context === 'partial' || mutability === 'readOnly') return false;
  // A client that replaces a resource sends back what it read, and it cannot have read this.
  return context === 'create' || (mutability !== 'writeOnly' && returned !== 'never');
}

function schemaOf(attribute: Attribute, context: ValidationContext): JsonSchema {
  const single = singleSchemaOf(attribute, context);
  if (!attribute.multiValued) return single;
  const hasPrimary = attribute.subAttributes?.some((one) => one.name === 'primary' && one.type === 'boolean') === true;
  return { type: 'array', items: single, ...(hasPrimary ? { onePrimary: true } : {}) };
}

function singleSchemaOf(attribute: Attribute, context: ValidationContext): JsonSchema {
  switch (attribute.type) {
    case 'complex':
      return objectOf(attribute.subAttributes ?? [], context);
    case 'boolean':
      return { type: 'boolean' };
    case 'decimal':
      return { type: 'number' };
    case 'integer':
      return { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
    case 'dateTime':
      return { type: 'string', format: 'dateTime' };
    case 'binary':
      return { type: 'string', format: 'base64' };
    case 'string':
    case 'reference':
      return {
        type: 'string',
        format: 'text',
        maxLength: maxTextLength,
        ...(attribute.required ? { pattern: '\\S' } : {}),
        ...(attribute.canonicalOnly === true ? { enum: attribute.canonicalValues ?? [] } : {}),
      };
  }
}
