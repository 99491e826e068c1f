import { commonAttributes } from './common-attributes.ts';
import type { Relation } from './relation.ts';
import type { Attribute, ResourceTypeDefinition, Schema } from './schema.ts';

/** The name of an attribute as a filter, a PATCH path or a query parameter gives it, taken apart (RFC 7644 §3.10). */
export interface AttributePath {
  /** The URN in front of the attribute, where there was one. */
  readonly schema?: string;
  readonly attribute: string;
  readonly subAttribute?: string;
}

/** What an attribute path means for a resource type. */
export interface ResolvedAttribute {
  /** Where the attribute is defined; the core schema for common attributes. */
  readonly schema: Schema;
  /** True when the attribute is in the object under the schema's URN, false when it is at the top of the resource. */
  readonly extension: boolean;
  readonly attribute: Attribute;
  readonly subAttribute?: Attribute;
  /** Set when the values are kept outside the resource. */
  readonly relation?: Relation;
}

/** An extension of a resource type (RFC 7643 §6). */
export interface SchemaExtension {
  readonly schema: Schema;
  readonly required: boolean;
}

/** Attributes whose values the server keeps outside the resource, by the schema that defines them. */
const relations: Readonly<Record<string, { readonly attribute: string; readonly relation: Relation }>> = {
  'urn:ietf:params:scim:schemas:core:2.0:User': { attribute: 'groups', relation: 'groups' },
  'urn:ietf:params:scim:schemas:core:2.0:Group': { attribute: 'members', relation: 'members' },
};

/** An attribute with its sub-attributes, the latter by name in lower case. */
interface Entry {
  readonly self: ResolvedAttribute;
  readonly subAttributes: ReadonlyMap<string, ResolvedAttribute>;
}

/** A resource type with its schemas, ready for look-ups in any letter case (RFC 7643 §2.1, §6). Immutable. */
export class ResourceType {
  readonly name: string;
  /** Relative to the base URL, with the leading slash. */
  readonly endpoint: string;
  readonly definition: ResourceTypeDefinition;
  readonly schema: Schema;
  readonly extensions: readonly SchemaExtension[];
  readonly #schemas: ReadonlyMap<string, { readonly schema: Schema; readonly attributes: ReadonlyMap<string, Entry> }>;
  readonly #unqualified: ReadonlyMap<string, Entry>;

  /**
   * @param definition names `schema` and, in the same order, the schemas of `extensions`
   * @param schema the core schema
   * @param extensions each extension's schema
   */
  constructor(definition: ResourceTypeDefinition, schema: Schema, extensions: readonly SchemaExtension[]) {
    this.name = definition.name;
    this.endpoint = definition.endpoint;
    this.definition = definition;
    this.schema = schema;
    this.extensions = extensions;
    const core = entriesOf(schema, [...schema.attributes, ...commonAttributes], false);
    const byUrn = new Map([[schema.id.toLowerCase(), { schema, attributes: core }]]);
    for (const extension of extensions) {
      byUrn.set(extension.schema.id.toLowerCase(), {
        schema: extension.schema,
        attributes: entriesOf(extension.schema, extension.schema.attributes, true),
      });
    }
    this.#schemas = byUrn;
    this.#unqualified = unqualifiedNames([...byUrn.values()].map((one) => one.attributes));
  }

  /**
   * Finds what a path means, in any letter case. A name without a URN is looked up among the common attributes, in
   * the core schema and then, if exactly one extension has it, there. Undefined when there is no such schema,
   * attribute or sub-attribute.
   */
  resolve(path: AttributePath): ResolvedAttribute | undefined {
    const attributes =
      path.schema === undefined ? this.#unqualified : this.#schemas.get(path.schema.toLowerCase())?.attributes;
    const entry = attributes?.get(path.attribute.toLowerCase());
    return path.subAttribute === undefined ? entry?.self : entry?.subAttributes.get(path.subAttribute.toLowerCase());
  }

  /** The core schema or extension with this URN, in any letter case. */
  schemaOf(urn: string): Schema | undefined {
    return this.#schemas.get(urn.toLowerCase())?.schema;
  }
}

function entriesOf(schema: Schema, attributes: readonly Attribute[], extension: boolean): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const attribute of attributes) {
    const outside = relations[schema.id];
    const self: ResolvedAttribute = {
      schema,
      extension,
      attribute,
      ...(outside?.attribute === attribute.name ? { relation: outside.relation } : {}),
    };
    const inner = (attribute.subAttributes ?? []).map(
      (one) => [one.name.toLowerCase(), { ...self, subAttribute: one }] as const,
    );
    entries.set(attribute.name.toLowerCase(), { self, subAttributes: new Map(inner) });
  }
  return entries;
}

/** The first schema, the core one, decides; of the others only a name that a single one of them has. */
function unqualifiedNames([core = new Map(), ...extensions]: readonly Map<string, Entry>[]): Map<string, Entry> {
  const names = new Map<string, Entry>(core);
  for (const extension of extensions) {
    for (const [name, entry] of extension) {
      if (extensions.every((other) => other === extension || !other.has(name)) && !core.has(name))
        names.set(name, entry);
    }
  }
  return names;
}

/** Every resource type the server knows; made once at start. */
export class ResourceTypes {
  readonly #all: readonly ResourceType[];
  readonly #byName: ReadonlyMap<string, ResourceType>;
  readonly #byEndpoint: ReadonlyMap<string, ResourceType>;

  constructor(all: readonly ResourceType[]) {
    this.#all = all;
    this.#byName = new Map(all.map((type) => [type.name, type]));
    this.#byEndpoint = new Map(all.map((type) => [type.endpoint.toLowerCase(), type]));
  }

  /** In the order they were loaded. */
  all(): readonly ResourceType[] {
    return this.#all;
  }

  /** By its exact name, such as `User`. */
  byName(name: string): ResourceType | undefined {
    return this.#byName.get(name);
  }

  /** By its endpoint with the leading slash, such as `/Users`, in any letter case. */
  byEndpoint(endpoint: string): ResourceType | undefined {
    return this.#byEndpoint.get(endpoint.toLowerCase());
  }

  /** Every schema that a resource type uses, each once. */
  schemas(): Schema[] {
    return [
      ...new Set(this.#all.flatMap((type) => [type.schema, ...type.extensions.map((extension) => extension.schema)])),
    ];
  }
}
