import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { parseAttributePath, resolvePath } from '../model/attribute-path.ts';
import {
  lookUp,
  planIn,
  type AttributePlan,
  type ExtensionPlan,
  type PlansByName,
  type ResourcePlan,
} from './attribute-plan.ts';
import { withoutRepeats } from '../model/element-identity.ts';
import { givenTwice } from '../model/given-twice.ts';
import type { ValueNormalizer } from './normalize-value.ts';
import { schemasOf } from '../model/resource-schemas.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { Resource } from '../model/resource.ts';
import type { Attribute } from '../model/schema.ts';
import { InvalidSyntaxError } from '../model/scim-error.ts';

/** Longer than any name that could mean something. */
const maxNameLength = 500;

/** An attribute that a key named from the top of the body: `name.givenName`, `urn:…:2.0:User:department`. */
interface NamedFromTop {
  /** The extension's, when it is not of the core schema. */
  readonly urn: string | undefined;
  readonly attribute: Attribute;
  readonly subAttribute: Attribute | undefined;
  readonly value: Json;
}

/**
 * Brings a body to canonical spelling and form: every attribute in its place by RFC 7643 §3, whatever place and
 * spelling the client chose, and `schemas` recomputed from what is present. The values themselves are the
 * `ValueNormalizer`'s, which also takes the notes.
 * @throws InvalidSyntaxError for an attribute given twice, `schemas` that is not a list of URNs, and unknown
 *   attributes: any when asked to refuse them, else more than 1,000
 */
export function normalizeResource(
  type: ResourceType,
  plan: ResourcePlan,
  values: ValueNormalizer,
  body: JsonObject,
): Resource {
  return new ResourceNormalizer(type, plan, values).read(body);
}

class ResourceNormalizer {
  readonly #type: ResourceType;
  readonly #plan: ResourcePlan;
  readonly #values: ValueNormalizer;
  readonly #resource: Resource = { schemas: [] };
  readonly #namedFromTop: NamedFromTop[] = [];

  constructor(type: ResourceType, plan: ResourcePlan, values: ValueNormalizer) {
    this.#type = type;
    this.#plan = plan;
    this.#values = values;
  }

  read(body: JsonObject): Resource {
    for (const key of Object.keys(body)) {
      const value = body[key] ?? null;
      const plan = lookUp(this.#plan.core, key);
      if (plan !== undefined) this.#put(this.#resource, plan, key, value);
      else this.#putQualified(key, value);
    }
    // Last, so that they can join the complex attributes and extensions that were sent whole.
    for (const named of this.#namedFromTop) this.#join(named);
    this.#compareSchemas(body);
    return this.#resource;
  }

  /** Puts an attribute where it belongs; `schemas` follows from the others (see #compareSchemas). */
  #put(target: JsonObject, plan: AttributePlan, key: string, value: Json): void {
    const { name, type, multiValued } = plan.attribute;
    if (name === 'schemas') return;
    this.#values.assign(target, plan, key, value);
    const elements = target[name];
    if (multiValued && type === 'complex' && !plan.isRelation && Array.isArray(elements))
      target[name] = withoutRepeats(plan.attribute, elements);
  }

  #putAll(target: JsonObject, attributes: PlansByName, values: JsonObject, prefix: string): void {
    for (const key of Object.keys(values)) {
      const plan = lookUp(attributes, key);
      if (plan === undefined) this.#values.unknown(prefix + key);
      else this.#put(target, plan, key, values[key] ?? null);
    }
  }

  /** Takes a key that is not a core attribute: a URN with an object, a URN in front of a name, a dotted name. */
  #putQualified(key: string, value: Json): void {
    const extension = lookUp(this.#plan.extensions, key);
    if (extension !== undefined) {
      this.#putExtension(extension, value);
      return;
    }
    const core = this.#type.schema.id;
    if (isJsonObject(value) && key.toLowerCase() === core.toLowerCase()) {
      this.#values.rules.add('coreInUrn');
      this.#putAll(this.#resource, this.#plan.core, value, `${core}:`);
      return;
    }
    const named = this.#nameFromTop(key);
    if (named === undefined) this.#values.unknown(key);
    else this.#namedFromTop.push({ ...named, value });
  }

  #putExtension({ urn, attributes }: ExtensionPlan, value: Json): void {
    if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return;
    if (Object.hasOwn(this.#resource, urn)) throw givenTwice(urn);
    if (!isJsonObject(value)) {
      this.#resource[urn] = value;
      return;
    }
    const object: JsonObject = {};
    this.#putAll(object, attributes, value, `${urn}:`);
    if (Object.keys(object).length > 0) this.#resource[urn] = object;
  }

  /** Understands `[URN (":" | ".")] attribute ["." subAttribute]`, and an extension's attribute without its URN. */
  #nameFromTop(key: string): Omit<NamedFromTop, 'value'> | undefined {
    const path = key.length > maxNameLength ? undefined : parseAttributePath(key);
    const resolved = path && resolvePath(this.#type, path);
    if (path === undefined || resolved === undefined) return undefined;
    const { schema, extension, attribute, subAttribute } = resolved;
    if (subAttribute !== undefined && attribute.multiValued) return undefined;
    const { rules, unknownAttributes } = this.#values;
    if (path.schema !== undefined) rules.add(key.charAt(schema.id.length) === '.' ? 'dotAfterUrn' : 'urnKey');
    else if (extension) {
      // A guess: not made where the caller asks for strictness, nor where the attribute cannot have been meant.
      if (unknownAttributes === 'refuse' || attribute.mutability === 'readOnly') return undefined;
      rules.add('urnLeftOut');
    }
    if (subAttribute !== undefined) rules.add('dottedKey');
    return { urn: extension ? schema.id : undefined, attribute, subAttribute };
  }

  #join({ urn, attribute, subAttribute, value }: NamedFromTop): void {
    const plan = planIn(this.#plan, attribute);
    const container = urn === undefined ? this.#resource : (this.#resource[urn] ?? {});
    if (!isJsonObject(container)) return;
    if (subAttribute === undefined) this.#put(container, plan, plan.place, value);
    else if (attribute.mutability !== 'readOnly')
      this.#joinSubAttribute(container, plan, planIn(this.#plan, subAttribute), value);
    if (urn !== undefined && Object.keys(container).length > 0) this.#resource[urn] = container;
  }

  #joinSubAttribute(
    container: JsonObject,
    { attribute: { name }, place }: AttributePlan,
    plan: AttributePlan,
    value: Json,
  ): void {
    const complex = Object.hasOwn(container, name) ? container[name] : {};
    if (!isJsonObject(complex) || !this.#values.assign(complex, plan, plan.place, value, place)) return;
    const kept = this.#values.unlessEmptyReference(complex);
    if (kept === undefined) delete container[name];
    else container[name] = kept;
  }

  /** Recomputes `schemas`; what the client listed is only compared with it (RFC 7643 §3). */
  #compareSchemas(body: JsonObject): void {
    const schemas = schemasOf(this.#type, this.#resource);
    this.#resource.schemas = schemas;
    const key = Object.hasOwn(body, 'schemas')
      ? 'schemas'
      : Object.keys(body).find((one) => one.toLowerCase() === 'schemas');
    const listed = key === undefined ? null : (body[key] ?? null);
    if (listed === null || (Array.isArray(listed) && listed.length === 0)) {
      this.#values.rules.add('missingSchemas');
      return;
    }
    if (!isTextList(listed)) throw new InvalidSyntaxError('schemas must be a list of schema URNs.');
    const known = new Set(listed.map((urn) => this.#type.schemaOf(urn)?.id));
    if (known.has(undefined)) this.#values.rules.add('unknownSchema');
    if (schemas.some((urn) => !known.has(urn))) this.#values.rules.add('unlistedSchema');
  }
}

function isTextList(value: Json): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
