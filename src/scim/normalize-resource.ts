import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { parseAttributePath, resolvePath } from './attribute-path.ts';
import { lookUp, planIn, type AttributePlan, type ExtensionPlan, type PlansByName, type ResourcePlan } from './attribute-plan.ts';
import type { Resource } from './resource.ts';
import { schemasOf } from './resource-schemas.ts';
import type { ResourceType } from './resource-type.ts';
import type { Attribute } from './schema.ts';
import { InvalidSyntaxError } from './scim-error.ts';

/** Names of what was dropped are kept for the request log, but not without end. */
const maxDropped = 50;
/** What a profile carries too much is counted in tens; more than this only wastes the time of others. */
const maxUnknown = 1000;
const maxNameLength = 200;

const numeric = /^-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,3})?$/;

/** An attribute that a key named from the top of the body: `name.givenName`, `urn:…:2.0:User:department`. */
interface NamedFromTop {
  /** The extension's, when it is not of the core schema. */
  readonly urn: string | undefined;
  readonly attribute: Attribute;
  readonly subAttribute: Attribute | undefined;
  readonly value: Json;
}

/**
 * Brings what a client sent to canonical spelling and form, as far as it can be understood: names and URNs as defined, values of the
 * attribute's type, nothing unassigned, nothing readOnly, nothing unknown (RFC 7643 §2.1, §2.5; RFC 7644 §3.3). What cannot be understood is
 * left as it is, for the JSON Schema to refuse. One for each request; keeps note of what it did.
 */
export class Normalizer {
  /** Attributes that no schema knows, by the path they were sent under; the first 50. */
  readonly dropped: string[] = [];
  /** The names of the leniences that were needed, for the request log. */
  readonly rules = new Set<string>();
  readonly #type: ResourceType;
  readonly #plan: ResourcePlan;
  readonly #unknownAttributes: 'drop' | 'refuse';
  #unknownCount = 0;

  constructor(type: ResourceType, plan: ResourcePlan, unknownAttributes: 'drop' | 'refuse') {
    this.#type = type;
    this.#plan = plan;
    this.#unknownAttributes = unknownAttributes;
  }

  /**
   * Normalises a whole body.
   * @throws InvalidSyntaxError for an attribute given twice, `schemas` that is no list of URNs, and unknown attributes: any when asked to refuse them, else more than 1,000
   */
  resource(body: JsonObject): Resource {
    const resource: Resource = { schemas: [] };
    const fromTop: NamedFromTop[] = [];
    for (const key of Object.keys(body)) {
      const value = body[key] ?? null;
      const plan = lookUp(this.#plan.core, key);
      if (plan !== undefined) this.#put(resource, plan, key, value);
      else this.#putQualified(resource, key, value, fromTop);
    }
    // Last, so that they can join the complex attributes and extensions that were sent whole.
    for (const named of fromTop) this.#join(resource, named);
    this.#compareSchemas(body, resource);
    return resource;
  }

  /** Normalises the value of one attribute or sub-attribute; undefined when that leaves it unassigned. */
  value(plan: AttributePlan, value: Json, place: string): Json | undefined {
    if (value === null) return undefined;
    const { type, multiValued } = plan.attribute;
    if (value === '' && (multiValued || !keepsEmptyText(type))) {
      this.rules.add(type === 'complex' && !multiValued ? 'emptyReference' : 'emptyText');
      return undefined;
    }
    if (!Array.isArray(value)) return multiValued ? value : this.element(plan, value, place);
    if (value.length === 0) return undefined;
    if (multiValued) {
      const elements: Json[] = [];
      for (let index = 0; index < value.length; index += 1) {
        const element = this.element(plan, value[index] ?? null, place, index);
        if (element !== undefined) elements.push(element);
      }
      return elements.length === 0 ? undefined : elements;
    }
    const [only = null] = value;
    if (value.length > 1 || type !== 'complex' || Array.isArray(only)) return value;
    this.rules.add('listOfOne');
    return this.value(plan, only, place);
  }

  /** Normalises one value of an attribute, or one element of a multi-valued one. */
  element(plan: AttributePlan, value: Json, place: string, index?: number): Json | undefined {
    if (value === null) return undefined;
    if (plan.attribute.type !== 'complex') return this.#scalar(plan.attribute, value);
    if (isJsonObject(value)) return this.#complex(plan, value, place, index);
    if (plan.attribute.multiValued || typeof value === 'boolean' || Array.isArray(value) || !plan.subAttributes.has('value')) return value;
    this.rules.add('bareValue');
    return this.#complex(plan, { value }, place, index);
  }

  #complex(plan: AttributePlan, value: JsonObject, place: string, index: number | undefined): JsonObject | undefined {
    const complex: JsonObject = {};
    const where = index === undefined ? place : `${place}[${index}]`;
    let assigned = false;
    for (const key of Object.keys(value)) {
      const subAttribute = lookUp(plan.subAttributes, key);
      if (subAttribute === undefined) this.#unknown(`${where}.${key}`);
      else assigned = this.#assign(complex, subAttribute, key, value[key] ?? null, where) || assigned;
    }
    if (!assigned) return undefined;
    return plan.attribute.multiValued ? complex : this.#unlessEmptyReference(complex);
  }

  /** A single complex value such as `manager`, sent with `"value": ""`, means that there is none. */
  #unlessEmptyReference(complex: JsonObject): JsonObject | undefined {
    if (complex.value !== '') return complex;
    this.rules.add('emptyReference');
    return undefined;
  }

  #scalar(attribute: Attribute, value: Json): Json | undefined {
    if (value === '' && !keepsEmptyText(attribute.type)) {
      this.rules.add('emptyText');
      return undefined;
    }
    switch (attribute.type) {
      case 'boolean': {
        const word = typeof value === 'string' && value.length <= 5 ? value.toLowerCase() : '';
        if (word !== 'true' && word !== 'false') return value;
        this.rules.add('booleanText');
        return word === 'true';
      }
      case 'integer':
      case 'decimal': {
        if (typeof value !== 'string' || !numeric.test(value)) return value;
        this.rules.add('numberText');
        return Number(value);
      }
      case 'string': {
        // A greater one has lost digits already, when the body was parsed.
        if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
          this.rules.add('numberForText');
          return String(value);
        }
        return attribute.canonicalOnly === true && typeof value === 'string' ? canonicalSpelling(attribute, value) : value;
      }
      case 'dateTime':
      case 'binary':
      case 'reference':
      case 'complex': return value;
    }
  }

  /** Puts an attribute where it belongs. */
  #put(target: JsonObject, plan: AttributePlan, key: string, value: Json): void {
    // `schemas` follows from the other attributes (see #compareSchemas).
    if (plan.attribute.name !== 'schemas') this.#assign(target, plan, key, value, '');
  }

  /** Takes a key of the body that is no core attribute: a URN with an object, a URN in front of a name, a dotted name. */
  #putQualified(resource: Resource, key: string, value: Json, fromTop: NamedFromTop[]): void {
    const extension = lookUp(this.#plan.extensions, key);
    if (extension !== undefined) {
      this.#putExtension(resource, extension, value);
      return;
    }
    if (key.toLowerCase() === this.#type.schema.id.toLowerCase() && isJsonObject(value)) {
      this.rules.add('coreInUrn');
      this.#putAll(resource, this.#plan.core, value, `${this.#type.schema.id}:`);
      return;
    }
    const named = this.#nameFromTop(key);
    if (named === undefined) this.#unknown(key);
    else fromTop.push({ ...named, value });
  }

  #putExtension(resource: Resource, { urn, attributes }: ExtensionPlan, value: Json): void {
    if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return;
    if (Object.hasOwn(resource, urn)) throw givenTwice(urn);
    if (!isJsonObject(value)) {
      resource[urn] = value;
      return;
    }
    const object: JsonObject = {};
    this.#putAll(object, attributes, value, `${urn}:`);
    if (Object.keys(object).length > 0) resource[urn] = object;
  }

  #putAll(target: JsonObject, attributes: PlansByName, values: JsonObject, prefix: string): void {
    for (const key of Object.keys(values)) {
      const plan = lookUp(attributes, key);
      if (plan === undefined) this.#unknown(prefix + key);
      else this.#put(target, plan, key, values[key] ?? null);
    }
  }

  /** Understands `[URN (":" | ".")] attribute ["." subAttribute]`, and an extension's attribute without its URN. */
  #nameFromTop(key: string): Omit<NamedFromTop, 'value'> | undefined {
    const path = key.length > maxNameLength ? undefined : parseAttributePath(key);
    const resolved = path && resolvePath(this.#type, path);
    if (path === undefined || resolved === undefined) return undefined;
    const { schema, extension, attribute, subAttribute } = resolved;
    if (subAttribute !== undefined && attribute.multiValued) return undefined;
    if (path.schema !== undefined) this.rules.add(key.charAt(schema.id.length) === '.' ? 'dotAfterUrn' : 'urnKey');
    else if (extension) {
      // To take a name for an extension's is a guess; not where the caller asks for strictness, nor where it cannot have been meant.
      if (this.#unknownAttributes === 'refuse' || attribute.mutability === 'readOnly') return undefined;
      this.rules.add('urnLeftOut');
    }
    if (subAttribute !== undefined) this.rules.add('dottedKey');
    return { urn: extension ? schema.id : undefined, attribute, subAttribute };
  }

  #join(resource: Resource, { urn, attribute, subAttribute, value }: NamedFromTop): void {
    const plan = planIn(this.#plan, attribute);
    const container = urn === undefined ? resource : resource[urn] ?? {};
    if (!isJsonObject(container)) return;
    if (subAttribute === undefined) this.#put(container, plan, plan.place, value);
    else if (attribute.mutability !== 'readOnly') this.#joinSubAttribute(container, plan, planIn(this.#plan, subAttribute), value);
    if (urn !== undefined && Object.keys(container).length > 0) resource[urn] = container;
  }

  #joinSubAttribute(container: JsonObject, { attribute: { name }, place }: AttributePlan, plan: AttributePlan, value: Json): void {
    const complex = Object.hasOwn(container, name) ? container[name] : {};
    if (!isJsonObject(complex)) return;
    if (!this.#assign(complex, plan, plan.place, value, place)) return;
    const kept = this.#unlessEmptyReference(complex);
    if (kept === undefined) delete container[name];
    else container[name] = kept;
  }

  /** @returns whether the attribute has a value now */
  #assign(target: JsonObject, plan: AttributePlan, key: string, value: Json, parent: string): boolean {
    if (plan.attribute.mutability === 'readOnly') return false;
    const { name } = plan.attribute;
    if (key !== name && key !== plan.place) this.rules.add('nameCase');
    const place = parent === '' ? plan.place : `${parent}.${name}`;
    const normal = this.value(plan, value, place);
    if (normal === undefined) return false;
    if (Object.hasOwn(target, name)) throw givenTwice(place);
    target[name] = normal;
    return true;
  }

  /** Recomputes `schemas`; what the client listed is only compared with it (RFC 7643 §3). */
  #compareSchemas(body: JsonObject, resource: Resource): void {
    const schemas = schemasOf(this.#type, resource);
    resource.schemas = schemas;
    const key = Object.hasOwn(body, 'schemas') ? 'schemas' : Object.keys(body).find((one) => one.toLowerCase() === 'schemas');
    const listed = key === undefined ? null : body[key] ?? null;
    if (listed === null) {
      this.rules.add('missingSchemas');
      return;
    }
    if (!isTextList(listed)) throw new InvalidSyntaxError('schemas must be a list of schema URNs.');
    const known = new Set(listed.map((urn) => this.#type.schemaOf(urn)?.id));
    if (known.has(undefined)) this.rules.add('unknownSchema');
    if (schemas.some((urn) => !known.has(urn))) this.rules.add('unlistedSchema');
  }

  #unknown(path: string): void {
    const name = path.slice(0, maxNameLength);
    if (this.#unknownAttributes === 'refuse') {
      throw new InvalidSyntaxError(`No schema of the resource type '${this.#type.name}' has the attribute '${name}': leave it out, or correct its name.`);
    }
    this.#unknownCount += 1;
    if (this.#unknownCount > maxUnknown) throw new InvalidSyntaxError(`More than ${maxUnknown} attributes are known to no schema: leave them out.`);
    if (this.dropped.length < maxDropped) this.dropped.push(name);
  }
}

/** Of the other types `""` cannot be a value, and clients that fill in templates send it for "none" (OneLogin). */
function keepsEmptyText(type: Attribute['type']): boolean {
  return type === 'string' || type === 'reference' || type === 'binary';
}

function canonicalSpelling({ canonicalValues = [], caseExact }: Attribute, value: string): string {
  return (caseExact ? undefined : canonicalValues.find((one) => one.toLowerCase() === value.toLowerCase())) ?? value;
}

function isTextList(value: Json): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function givenTwice(place: string): InvalidSyntaxError {
  return new InvalidSyntaxError(`${place} is given twice (the case of letters in names does not count): send it once.`);
}
