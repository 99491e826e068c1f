/** SCIM data types (RFC 7643 §2.3). */
export type AttributeType =
  'string' | 'boolean' | 'decimal' | 'integer' | 'dateTime' | 'binary' | 'reference' | 'complex';

/** One attribute or sub-attribute with its characteristics (RFC 7643 §2.2, §7). Every default is filled in. */
export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'never' | 'default' | 'request';
  readonly uniqueness: 'none' | 'server' | 'global';
  readonly canonicalValues?: readonly string[];
  /**
   * Latchkey's own: values other than the canonical ones are refused (RFC 7643 §7 leaves that to the server); not
   * shown in `/Schemas`.
   */
  readonly canonicalOnly?: boolean;
  /**
   * Latchkey's own, not shown in `/Schemas`. `never`: once it has a value it cannot be left without one: `""`, `null`
   * and `remove` are refused. `byName`: removing the whole extension does not remove it, only its own name does.
   */
  readonly unassign?: 'never' | 'byName';
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly Attribute[];
}

/** A schema definition (RFC 7643 §7), as a file in `schemas/` holds it. */
export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** A resource type's definition (RFC 7643 §6). */
export interface ResourceTypeDefinition {
  readonly id: string;
  readonly name: string;
  readonly endpoint: string;
  readonly description: string;
  readonly schema: string;
  readonly schemaExtensions: readonly { readonly schema: string; readonly required: boolean }[];
  /**
   * Latchkey's own, not shown in `/ResourceTypes`: clients can read and search its resources, and nothing else.
   * Searches at the root pass over them.
   */
  readonly readOnly?: boolean;
}
