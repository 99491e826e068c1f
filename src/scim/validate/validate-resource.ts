import { Ajv, type ValidateFunction } from 'ajv';
import { shippedSchema } from '../../base/json-file.ts';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { lookUp, planIn, planOf, type ResourcePlan } from './attribute-plan.ts';
import { explainFault } from './explain-fault.ts';
import type { Steps } from '../../base/cooperative.ts';
import { lazily } from '../../base/lazily.ts';
import { normalizeResource } from './normalize-resource.ts';
import { maxDropped, refuseEmptyFlag, ValueNormalizer } from './normalize-value.ts';
import { jsonSchemaOf, type ValidationContext } from './resource-json-schema.ts';
import { ownTimezone } from '../model/own-timezone.ts';
import { refuseOversize } from '../model/resource-size.ts';
import type { Resource } from '../model/resource.ts';
import type { ResolvedAttribute, ResourceType } from '../model/resource-type.ts';
import { InvalidSyntaxError, InvalidValueError, ScimError } from '../model/scim-error.ts';
import { withoutAttribute } from '../model/without-attribute.ts';
import { isBase64, isDateTime, isText } from '../model/value-format.ts';

/** How to treat what a client sent. */
export interface ValidationOptions {
  /** Attributes that no schema knows: left out and named, or refused with 400. */
  readonly unknownAttributes: 'drop' | 'refuse';
  /**
   * IANA name of the zone to which a day or a time without an offset is local, where the resource has no `timezone` of
   * its own: the tenant's. UTC without it.
   */
  readonly timezone?: string | undefined;
}

/** What became of a body or value. */
export interface Validated<Value> {
  readonly value: Value;
  /** The paths of attributes that no schema knows, as sent; the first 50. */
  readonly dropped: string[];
  /** The names of the leniences that were needed, such as `booleanText`, for the request log. */
  readonly rules: string[];
}

/**
 * Reads the body of a POST or PUT as a resource of a type (RFC 7644 §3.3, §3.5.1): canonical spelling of names and
 * URNs; text booleans and numbers brought to their type; what is null, empty or readOnly left out; `schemas` recomputed
 * from what is present. Everything else stays as it was sent.
 * @param options.context what is required: a replacement need not hold what its sender cannot have read
 * @throws InvalidSyntaxError when the body is not an object, names an attribute twice, or (on demand) one that no
 *   schema knows
 * @throws InvalidValueError naming the attribute that is missing or whose value is not of its type
 */
export function validateResource(
  type: ResourceType,
  body: Json | undefined,
  options: ValidationOptions & { readonly context: 'create' | 'replace' },
): { resource: Resource; dropped: string[]; rules: string[] } {
  if (!isJsonObject(body))
    throw new InvalidSyntaxError(`The body must be a JSON object: a resource of type '${type.name}'.`);
  const validation = validationOf(type);
  const values = new ValueNormalizer(options.unknownAttributes, [
    ownTimezone(type, body) ?? undefined,
    options.timezone,
  ]);
  const resource = normalizeResource(type, validation.plan, values, body);
  check(type, validation[options.context](), resource);
  return { resource, dropped: values.dropped, rules: [...values.rules] };
}

/**
 * `validateResource`, interruptible where a relation such as members is long: its first elements are read with the
 * resource, the others slice by slice. What they are to be is the same.
 * @throws ScimError 413 for a resource that is too large without them; what `validateResource` throws
 */
export function* validationSteps(
  type: ResourceType,
  body: Json | undefined,
  options: ValidationOptions & { readonly context: 'create' | 'replace' },
): Steps<{ resource: Resource; dropped: string[]; rules: string[] }> {
  const long = isJsonObject(body) ? longRelation(type, body) : undefined;
  if (long === undefined || !isJsonObject(body)) {
    refuseOversize(body ?? null);
    return validateResource(type, body, options);
  }
  refuseOversize(withoutAttribute(body, long.key));
  const { resource, dropped, rules } = validateResource(
    type,
    { ...body, [long.key]: long.list.slice(0, sliceLength) },
    options,
  );
  const rest = yield* validateListSteps(type, long.resolved, long.list, options, sliceLength);
  const { name } = long.resolved.attribute;
  const first = resource[name];
  const elements = [...(Array.isArray(first) ? first : []), ...rest.value];
  return {
    resource: elements.length === 0 ? resource : { ...resource, [name]: elements },
    dropped: [...dropped, ...rest.dropped].slice(0, maxDropped),
    rules: [...new Set([...rules, ...rest.rules])],
  };
}

/**
 * Reads the elements of a multi-valued attribute the way `validateAttributeValue` does, interruptible after each
 * slice of them.
 * @param start the first element to read
 */
export function* validateListSteps(
  type: ResourceType,
  resolved: ResolvedAttribute,
  list: readonly Json[],
  options: ValidationOptions,
  start = 0,
): Steps<Validated<Json[]>> {
  const elements: Json[] = [];
  const dropped: string[] = [];
  const rules = new Set<string>();
  for (let from = start; from < list.length; from += sliceLength) {
    const slice = withPlaces(from, () =>
      validateAttributeValue(type, resolved, list.slice(from, from + sliceLength), options),
    );
    for (const element of Array.isArray(slice.value) ? slice.value : []) elements.push(element);
    if (dropped.length < maxDropped) dropped.push(...slice.dropped);
    for (const rule of slice.rules) rules.add(rule);
    yield;
  }
  return { value: elements, dropped: dropped.slice(0, maxDropped), rules: [...rules] };
}

/** Elements that are read in one go. */
const sliceLength = 500;

function longRelation(
  type: ResourceType,
  body: JsonObject,
): { key: string; list: readonly Json[]; resolved: ResolvedAttribute } | undefined {
  const { plan } = validationOf(type);
  for (const key of Object.keys(body)) {
    const list = body[key];
    if (!Array.isArray(list) || list.length <= sliceLength) continue;
    const named = lookUp(plan.core, key);
    const resolved = named?.isRelation === true ? type.resolve({ attribute: named.attribute.name }) : undefined;
    if (resolved !== undefined && resolved.attribute.mutability !== 'readOnly') return { key, list, resolved };
  }
  return undefined;
}

/** Runs a step on a slice of a list; what it throws tells the element's place in the whole of it. */
function withPlaces<T>(from: number, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof ScimError)
      error.message = error.message.replace(/\[(\d+)\]/, (_, index: string) => `[${Number(index) + from}]`);
    throw error;
  }
}

/**
 * Reads one attribute's (or sub-attribute's) value the way `validateResource` does, for PATCH. Nothing is asked to be
 * present within it, so that a part of a complex value or element can be given.
 * @param options.element true when `value` is one element of the multi-valued attribute, not its whole list
 * @returns `value` undefined when the attribute is left unassigned (null, an empty list)
 * @throws InvalidSyntaxError for an attribute named twice or (on demand) unknown; InvalidValueError for a value not
 *   of its type
 */
export function validateAttributeValue(
  type: ResourceType,
  resolved: ResolvedAttribute,
  value: Json,
  options: ValidationOptions & { readonly element?: boolean },
): Validated<Json | undefined> {
  const { attribute, subAttribute, extension, schema } = resolved;
  const validation = validationOf(type);
  const values = new ValueNormalizer(options.unknownAttributes, [options.timezone]);
  const plan = planIn(validation.plan, subAttribute ?? attribute);
  const path = subAttribute === undefined ? attribute.name : `${attribute.name}.${subAttribute.name}`;
  const place = extension ? `${schema.id}:${path}` : path;
  const ofElement = attribute.multiValued && (options.element === true || subAttribute !== undefined);
  const wholeValue = options.element !== true || subAttribute !== undefined;
  const normal = wholeValue ? values.value(plan, value, place) : values.element(plan, value, place);
  if (normal === undefined) refuseEmptyFlag(subAttribute ?? attribute, place);
  else {
    const single: Json = subAttribute === undefined ? normal : { [subAttribute.name]: normal };
    const assigned: JsonObject = { [attribute.name]: ofElement ? [single] : single };
    check(type, validation.partial(), extension ? { [schema.id]: assigned } : assigned, ofElement);
  }
  return { value: normal, dropped: values.dropped, rules: [...values.rules] };
}

/** What a resource type is validated by: its checks are compiled when they are first needed. */
type Validation = { readonly plan: ResourcePlan } & Readonly<Record<ValidationContext, () => ValidateFunction>>;

const validations = new WeakMap<ResourceType, Validation>();

/**
 * Compiles what a resource type is validated by, so that the first body need not wait for it; each takes some 20 ms.
 */
export function* prepareValidation(type: ResourceType): Steps<void> {
  const { create, replace, partial } = validationOf(type);
  for (const check of [create, replace, partial]) {
    check();
    yield;
  }
}

function validationOf(type: ResourceType): Validation {
  let validation = validations.get(type);
  if (validation === undefined) {
    const checkOf = (context: ValidationContext) => lazily(() => checks().compile(jsonSchemaOf(type, context)));
    validation = {
      plan: planOf(type),
      create: checkOf('create'),
      replace: checkOf('replace'),
      partial: checkOf('partial'),
    };
    validations.set(type, validation);
  }
  return validation;
}

const checks = lazily(() => {
  const ajv = new Ajv({ ...shippedSchema, verbose: true });
  ajv.addKeyword({
    keyword: 'onePrimary',
    type: 'array',
    schemaType: 'boolean',
    errors: false,
    validate: hasOnePrimary,
  });
  return ajv.addFormat('text', isText).addFormat('dateTime', isDateTime).addFormat('base64', isBase64);
});

/** `contains` with `maxContains` would say the same, and make an error object for each element that is not primary. */
function hasOnePrimary(_keyword: boolean, elements: readonly Json[]): boolean {
  let primary = 0;
  for (const element of elements) if (isJsonObject(element) && element.primary === true) primary += 1;
  return primary <= 1;
}

/** @param singleElement true when the list in `resource` was made around one element, whose index then means nothing */
function check(type: ResourceType, isValid: ValidateFunction, resource: Resource, singleElement = false): void {
  if (isValid(resource)) return;
  const [fault] = isValid.errors ?? [];
  const detail = fault === undefined ? 'The resource is not valid.' : explainFault(type, fault);
  throw new InvalidValueError(singleElement ? detail.replace('[0]', '') : detail);
}
