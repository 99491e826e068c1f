import { givenTwice } from '../model/given-twice.ts';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { isEmptyElement, isLeftEmpty, saysNothing } from './empty-element.ts';
import { lookUp, type AttributePlan } from './attribute-plan.ts';
import { localInstant } from '../time/local-time.ts';
import { plainTime } from '../time/plain-time.ts';
import type { Attribute } from '../model/schema.ts';
import { InvalidSyntaxError, InvalidValueError } from '../model/scim-error.ts';

/** Names of what was dropped are kept for the request log, but not without end. */
export const maxDropped = 50;
const maxNameLength = 200;
/** What a profile carries too much is counted in tens; more than this only wastes the time of others. */
const maxUnknown = 1000;

/** Values of one attribute that is part of its resource; members and groups are not. */
export const maxValues = 2000;

const numeric = /^-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,3})?$/;

/**
 * Brings values that a client sent to the form their attributes have, as far as they can be understood: names as
 * defined, values of the attribute's type, nothing unassigned, nothing readOnly, nothing unknown (RFC 7643 §2.1,
 * §2.5; RFC 7644 §3.3). What cannot be understood is left as it is, for the JSON Schema to refuse. One for each
 * request; keeps note of what it did.
 */
export class ValueNormalizer {
  /** Attributes that no schema knows, by the path they were sent under; the first 50. */
  readonly dropped: string[] = [];
  /** The names of the leniences that were needed, for the request log. */
  readonly rules = new Set<string>();
  readonly unknownAttributes: 'drop' | 'refuse';
  readonly #zones: readonly (string | undefined)[];
  #unknownCount = 0;

  /** @param zones to which a day or a time without an offset is local: the resource's own, else the tenant's */
  constructor(unknownAttributes: 'drop' | 'refuse', zones: readonly (string | undefined)[] = []) {
    this.unknownAttributes = unknownAttributes;
    this.#zones = zones;
  }

  /**
   * Normalises an attribute's value.
   * @param place the attribute's path, for messages
   * @returns undefined when that leaves the attribute unassigned
   */
  value(plan: AttributePlan, value: Json, place: string): Json | undefined {
    if (value === null) return undefined;
    const { type, multiValued } = plan.attribute;
    if (value === '' && (multiValued || !keepsEmptyText(type))) {
      this.rules.add(type === 'complex' && !multiValued ? 'emptyReference' : 'emptyText');
      return undefined;
    }
    if (!Array.isArray(value)) return multiValued ? value : this.element(plan, value, place);
    if (value.length === 0) return undefined;
    if (multiValued) return this.#elements(plan, value, place);
    const [only = null] = value;
    if (value.length > 1 || type !== 'complex' || Array.isArray(only)) return value;
    this.rules.add('listOfOne');
    return this.value(plan, only, place);
  }

  /** Normalises one value of an attribute, or one element of a multi-valued one. */
  element(plan: AttributePlan, value: Json, place: string): Json | undefined {
    if (value === null) return undefined;
    if (plan.attribute.type !== 'complex') return this.#scalar(plan.attribute, value);
    if (isJsonObject(value)) return this.#complex(plan, value, place);
    if (typeof value !== 'string' || !plan.subAttributes.has('value') || isListAsText(value)) return value;
    this.rules.add('bareValue');
    return this.#complex(plan, { value }, place);
  }

  /**
   * Gives an attribute its normalised value, unless it is readOnly or there is none.
   * @param key the name as sent
   * @param parent the path of the complex attribute around a sub-attribute
   * @returns whether the attribute has a value now
   * @throws InvalidSyntaxError when it had one already; InvalidValueError for one that may not be unassigned
   */
  assign(target: JsonObject, plan: AttributePlan, key: string, value: Json, parent = ''): boolean {
    if (plan.attribute.mutability === 'readOnly') return false;
    const { name } = plan.attribute;
    if (key !== name && key !== plan.place) this.rules.add('nameCase');
    const place = parent === '' ? plan.place : `${parent}.${name}`;
    const normal = this.value(plan, value, place);
    if (normal === undefined) {
      refuseUnassigned(plan.attribute, place);
      return false;
    }
    if (Object.hasOwn(target, name)) throw givenTwice(place);
    target[name] = normal;
    return true;
  }

  /** A single complex value such as `manager`, sent with `"value": ""`, means that there is none. */
  unlessEmptyReference(complex: JsonObject): JsonObject | undefined {
    if (complex.value !== '') return complex;
    this.rules.add('emptyReference');
    return undefined;
  }

  /**
   * Takes note of an attribute that no schema knows.
   * @throws InvalidSyntaxError when such attributes are refused, or there are more than 1,000 of them
   */
  unknown(path: string): void {
    const name = path.slice(0, maxNameLength);
    if (this.unknownAttributes === 'refuse') {
      throw new InvalidSyntaxError(
        `No schema of this resource type has the attribute '${name}': leave it out, or correct its name.`,
      );
    }
    this.#unknownCount += 1;
    if (this.#unknownCount > maxUnknown) {
      throw new InvalidSyntaxError(`More than ${maxUnknown} attributes are known to no schema: leave them out.`);
    }
    if (this.dropped.length < maxDropped) this.dropped.push(name);
  }

  #elements(plan: AttributePlan, values: readonly Json[], place: string): Json[] | undefined {
    if (values.length > maxValues && !plan.isRelation)
      throw new InvalidValueError(`${place} may have at most ${maxValues} values.`);
    const elements: Json[] = [];
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] ?? null;
      // A template that was not filled in must not empty a list, nor leave in it what has no value.
      if (isEmptyElement(plan.attribute, value)) throw saysNothing(plan.attribute, `${place}[${index}]`);
      const element = this.element(plan, value, `${place}[${index}]`);
      if (element === undefined) continue;
      if (plan.isRelation || !isLeftEmpty(plan.attribute, value)) elements.push(element);
      else this.rules.add('emptyText');
    }
    return elements.length === 0 ? undefined : elements;
  }

  #complex(plan: AttributePlan, value: JsonObject, place: string): JsonObject | undefined {
    const complex: JsonObject = {};
    let assigned = false;
    for (const key of Object.keys(value)) {
      const subAttribute = lookUp(plan.subAttributes, key);
      if (subAttribute === undefined) this.unknown(`${place}.${key}`);
      else assigned = this.assign(complex, subAttribute, key, value[key] ?? null, place) || assigned;
    }
    if (!assigned) return undefined;
    if (!plan.attribute.multiValued) return this.unlessEmptyReference(complex);
    // What is left of `{"type": "home", "value": ""}` is a home address without an address.
    if (complex.value !== '' || plan.isRelation) return complex;
    this.rules.add('emptyText');
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
        return attribute.canonicalOnly === true && typeof value === 'string'
          ? canonicalSpelling(attribute, value)
          : value;
      }
      case 'dateTime':
        return this.#moment(value);
      case 'binary':
      case 'reference':
      case 'complex':
        return value;
    }
  }

  /** The same under every name, so an alias that reads dates takes nothing that this does not. */
  #moment(value: Json): Json {
    if (typeof value !== 'string' && typeof value !== 'number') return value;
    const plain = plainTime(String(value));
    if (plain === undefined) return value;
    if (plain !== value) this.rules.add('looseTime');
    const moment = localInstant(plain, ...this.#zones);
    if (moment !== undefined) this.rules.add('localTime');
    return moment ?? plain;
  }
}

/** A list that was written as JSON twice names no value, least of all itself. */
export function isListAsText(text: string): boolean {
  if (!/^\s*\[[^]*\]\s*$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Refuses `""`, `null` and `[]` for an attribute that always keeps a value.
 * @throws InvalidValueError
 */
export function refuseUnassigned({ type, unassign }: Attribute, place: string): void {
  if (unassign !== 'never') return;
  throw new InvalidValueError(
    `${place} cannot be empty: send ${type === 'boolean' ? 'true or false' : 'a value'}, or `
      + 'leave it out to keep what it is.',
  );
}

/**
 * Refuses `""`, `null` and `[]` in a PATCH for a flag that stays unless it is named: an empty template names no value,
 * and to lift a lock takes `false` or `remove`.
 * @throws InvalidValueError
 */
export function refuseEmptyFlag(attribute: Attribute, place: string): void {
  const isFlag = attribute.unassign === 'byName' && attribute.type === 'boolean';
  refuseUnassigned(isFlag ? { ...attribute, unassign: 'never' } : attribute, place);
}

/** Of the other types `""` cannot be a value, and clients that fill in templates send it for "none" (OneLogin). */
function keepsEmptyText(type: Attribute['type']): boolean {
  return type === 'string' || type === 'reference' || type === 'binary';
}

function canonicalSpelling({ canonicalValues = [], caseExact }: Attribute, value: string): string {
  return (caseExact ? undefined : canonicalValues.find((one) => one.toLowerCase() === value.toLowerCase())) ?? value;
}
