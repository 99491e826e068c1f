import { isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { isDialectRule } from '../model/dialects.ts';
import type { Dialect } from '../model/dialects.ts';
import type { Steps } from '../../base/cooperative.ts';
import type { ResolvedAttribute, ResourceType } from '../model/resource-type.ts';
import type { Resource } from '../model/resource.ts';
import type { Attribute } from '../model/schema.ts';
import { InvalidValueError } from '../model/scim-error.ts';
import { hasEmptyValue, isEmptyElement, isLeftEmpty, saysNothing } from '../validate/empty-element.ts';
import { isListAsText } from '../validate/normalize-value.ts';
import { validateAttributeValue, validateListSteps } from '../validate/validate-resource.ts';
import type { Validated, ValidationOptions } from '../validate/validate-resource.ts';

/** The sub-attributes a value names: what to set, and what to unassign. */
export interface Parts {
  readonly set: Resource;
  readonly unset: readonly string[];
}

/**
 * Reads the value of one operation as values of its attribute: any shape a dialect knows in, canonical values out.
 * Every method throws InvalidValueError naming the attribute when the value does not suit it.
 */
export class PatchValues {
  readonly #type: ResourceType;
  readonly #resolved: ResolvedAttribute;
  readonly #reading: ValidationOptions;
  readonly #dialect: Dialect;
  readonly #dropped: string[];
  /** An operation says the same of every element it means, and is read once. */
  readonly #knownParts = new Map<Json, Parts | undefined>();
  #knownPart: { readonly value: Json; readonly read: Json | undefined } | undefined;

  /**
   * @param resolved the attribute, without a sub-attribute
   * @param reading what becomes of unknown sub-attributes, and the zone that times without an offset are local to
   * @param dropped where the names of unknown sub-attributes are added, unless they are refused
   */
  constructor(
    type: ResourceType,
    resolved: ResolvedAttribute,
    reading: ValidationOptions,
    dialect: Dialect,
    dropped: string[],
  ) {
    this.#type = type;
    this.#resolved = resolved;
    this.#reading = reading;
    this.#dialect = dialect;
    this.#dropped = dropped;
  }

  /**
   * Of an attribute that is not complex: its value, or one of its values; undefined when it is unassigned (RFC 7643
   * §2.5).
   */
  simple(value: Json): Json | undefined {
    return this.#read(this.#resolved, this.#unwrapped(value), true);
  }

  /** Of a multi-valued attribute: the values. */
  list(value: Json): Json[] {
    const elements = this.#elements(value);
    const list = this.#read(this.#resolved, elements);
    const values = Array.isArray(list) ? list : [];
    this.#refuseUnread(values, elements);
    return values;
  }

  /** `list`, interruptible: of a relation there may be many. */
  *listSteps(value: Json): Steps<Json[]> {
    const elements = this.#elements(value);
    const values = this.#noted(
      this.#resolved,
      yield* validateListSteps(this.#type, this.#resolved, elements, this.#reading),
    );
    this.#refuseUnread(values, elements);
    return values;
  }

  /** Only those are left out that are sent empty. */
  #refuseUnread(values: readonly Json[], elements: readonly Json[]): void {
    const { attribute } = this.#resolved;
    const told = elements.filter((element) => !hasEmptyValue(element) && !isLeftEmpty(attribute, element));
    if (values.length < told.length) throw saysNothing(attribute, `An element of ${attribute.name}`);
  }

  #elements(value: Json): Json[] {
    const many = Array.isArray(value) ? value : [value];
    if (many !== value && !this.#dialect.permits('singleForMany')) {
      throw new InvalidValueError(`"${this.#resolved.attribute.name}" is multi-valued: its value must be a list.`);
    }
    const { attribute } = this.#resolved;
    return many.map((one, index) => {
      if (isEmptyElement(attribute, one)) throw saysNothing(attribute, `${attribute.name}[${index}]`);
      return attribute.type === 'complex' ? this.#element(one) : this.#unwrapped(one);
    });
  }

  /** Of a complex attribute's value, or one element: its sub-attributes. None when the value means "no reference". */
  parts(value: Json): Parts | undefined {
    if (!this.#knownParts.has(value)) this.#knownParts.set(value, this.#partsOf(value));
    return this.#knownParts.get(value);
  }

  #partsOf(value: Json): Parts | undefined {
    const only = Array.isArray(value) && value.length === 1 && this.#dialect.permits('listOfOne') ? value[0]! : value;
    const object = this.#resolved.attribute.multiValued ? this.#element(only) : only;
    const set = this.#read(this.#resolved, object, true) ?? {};
    if (!isJsonObject(object) || !isJsonObject(set))
      return isJsonObject(set) && Object.keys(set).length > 0 ? { set, unset: [] } : undefined;
    if (Object.keys(set).length === 0 && this.#isEmptyReference(object)) return undefined;
    const named = new Set(Object.keys(object).map((name) => name.toLowerCase()));
    const unset = (this.#resolved.attribute.subAttributes ?? [])
      .map(({ name }) => name)
      .filter((name) => named.has(name.toLowerCase()) && set[name] === undefined);
    return { set, unset };
  }

  /** Of a sub-attribute; undefined when it is unassigned. */
  part(subAttribute: Attribute, value: Json): Json | undefined {
    if (this.#knownPart?.value !== value) this.#knownPart = { value, read: this.#partOf(subAttribute, value) };
    return this.#knownPart.read;
  }

  #partOf(subAttribute: Attribute, value: Json): Json | undefined {
    return this.#read({ ...this.#resolved, subAttribute }, subAttribute.multiValued ? value : this.#unwrapped(value));
  }

  #read(resolved: ResolvedAttribute, value: Json, element = false): Json | undefined {
    return this.#noted(resolved, validateAttributeValue(this.#type, resolved, value, { ...this.#reading, element }));
  }

  /** Takes note of what was needed to read a value. */
  #noted<Value>(resolved: ResolvedAttribute, { value, dropped, rules }: Validated<Value>): Value {
    for (const rule of rules) {
      if (isDialectRule(rule) && !this.#dialect.permits(rule)) {
        throw new InvalidValueError(
          `The value of "${resolved.attribute.name}" is not in the form that RFC 7643 gives it (${rule}).`,
        );
      }
    }
    this.#dialect.note(rules);
    for (const name of dropped) this.#dropped.push(name);
    return value;
  }

  /** Rule `bareValue`: an element as the text of its plain `value`. */
  #element(value: Json): Json {
    if (typeof value !== 'string' || !this.#hasValue() || isListAsText(value)) return value;
    return this.#dialect.permits('bareValue') ? { value } : value;
  }

  /** Rules `listOfOne` and `wrappedValue`: what is simple, in brackets or in an object of its own. */
  #unwrapped(value: Json): Json {
    let plain = value;
    if (Array.isArray(plain) && plain.length === 1 && this.#dialect.permits('listOfOne')) plain = plain[0]!;
    if (!isJsonObject(plain)) return plain;
    const wrapped = memberOf(plain, 'value');
    return wrapped !== undefined && this.#dialect.permits('wrappedValue') ? wrapped : plain;
  }

  #isEmptyReference(object: JsonObject): boolean {
    return !this.#resolved.attribute.multiValued && this.#hasValue() && memberOf(object, 'value') === '';
  }

  #hasValue(): boolean {
    return this.#resolved.attribute.subAttributes?.some(({ name }) => name === 'value') === true;
  }
}

/** True for what RFC 7643 §2.5 calls unassigned: null and the empty list. */
export function isUnassigned(value: Json | undefined): value is undefined | null | [] {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function memberOf(object: JsonObject, name: string): Json | undefined {
  const key = Object.keys(object).find((one) => one.toLowerCase() === name);
  return key === undefined ? undefined : object[key];
}
