import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { commonAttributes } from './common-attributes.ts';
import type { Resource } from './resource.ts';
import type { ResourceType } from './resource-type.ts';
import type { Attribute } from './schema.ts';

/** A resource in two parts. */
export interface ResourceParts {
  /** What an answer shows where no attributes are named (RFC 7643 §2.2 `returned`, RFC 7644 §3.9). */
  readonly shown: Resource;
  /** Put over `shown` it makes the whole resource; absent where all of it is shown. */
  readonly rest?: Resource;
}

/** The attributes that are returned by default, by name; of complex ones the sub-attributes that are. */
type OpenAttributes = ReadonlyMap<string, ReadonlySet<string> | 'simple'>;

/** What a resource type shows by default. */
interface Shape {
  readonly core: OpenAttributes;
  readonly extensions: ReadonlyMap<string, OpenAttributes>;
  readonly id: string;
}

/** Takes a resource apart: attributes that no schema knows are part of the rest. */
export function partsOf(type: ResourceType, resource: Resource): ResourceParts {
  if (isPublic(type, resource)) return { shown: resource };
  const { core, extensions } = shapeOf(type);
  const shown: Resource = {};
  const rest: Resource = {};
  for (const [key, value] of Object.entries(resource)) {
    const extension = extensions.get(key);
    const part = extension === undefined ? openValue(value, core.get(key)) : openContainer(value, extension);
    if (part !== undefined) shown[key] = part;
    if (part !== value) rest[key] = value;
  }
  const { schemas } = resource;
  if (Array.isArray(schemas)) {
    const present = schemas.filter(
      (urn) => typeof urn === 'string' && (urn === type.schema.id || Object.hasOwn(shown, urn)),
    );
    shown['schemas'] = present;
    if (present.length < schemas.length) rest['schemas'] = schemas;
  }
  return { shown, rest };
}

/** The whole resource of two parts. */
export function wholeOf({ shown, rest }: ResourceParts): Resource {
  return rest === undefined ? shown : { ...shown, ...rest };
}

/**
 * A short text that differs where two types, or two versions of one, show different attributes by default: what was
 * taken apart under another shape must be taken apart again.
 */
export function shapeIdOf(type: ResourceType): string {
  return shapeOf(type).id;
}

/** Whether an answer that names no attributes shows all that a resource holds. Nearly all resources pass. */
export function isPublic(type: ResourceType, resource: Resource): boolean {
  const { core, extensions } = shapeOf(type);
  for (const key of Object.keys(resource)) {
    const extension = extensions.get(key);
    const isOpen =
      extension === undefined ? isOpenValue(resource[key], core.get(key)) : isOpenContainer(resource[key], extension);
    if (!isOpen) return false;
  }
  return true;
}

const shapes = new WeakMap<ResourceType, Shape>();

function shapeOf(type: ResourceType): Shape {
  const known = shapes.get(type);
  if (known !== undefined) return known;
  const core = openAmong([...commonAttributes, ...type.schema.attributes]);
  const extensions = new Map(type.extensions.map(({ schema }) => [schema.id, openAmong(schema.attributes)]));
  const text = JSON.stringify([
    type.schema.id,
    namesIn(core),
    [...extensions].map(([urn, open]) => [urn, namesIn(open)]),
  ]);
  const shape = { core, extensions, id: createHash('sha256').update(text).digest('base64url').slice(0, 8) };
  shapes.set(type, shape);
  return shape;
}

function namesIn(open: OpenAttributes): Json {
  return [...open].map(([name, parts]) => [name, parts === 'simple' ? parts : [...parts]]);
}

function openAmong(attributes: readonly Attribute[]): OpenAttributes {
  return new Map(
    attributes
      .filter(isOpenAttribute)
      .map((attribute) => [
        attribute.name,
        attribute.subAttributes === undefined
          ? 'simple'
          : new Set(attribute.subAttributes.filter(isOpenAttribute).map(({ name }) => name)),
      ]),
  );
}

function isOpenAttribute({ returned }: Attribute): boolean {
  return returned === 'default' || returned === 'always';
}

function isOpenContainer(container: Json | undefined, open: OpenAttributes): boolean {
  return (
    isJsonObject(container) && Object.keys(container).every((name) => isOpenValue(container[name], open.get(name)))
  );
}

function isOpenValue(value: Json | undefined, parts: ReadonlySet<string> | 'simple' | undefined): boolean {
  if (parts === undefined || parts === 'simple') return parts === 'simple';
  if (Array.isArray(value)) return value.every((element) => isOpenElement(element, parts));
  return isOpenElement(value, parts);
}

function isOpenElement(element: Json | undefined, parts: ReadonlySet<string>): boolean {
  return !isJsonObject(element) || Object.keys(element).every((name) => parts.has(name));
}

/** The open part of an extension's object; undefined where nothing of it is shown. */
function openContainer(container: Json | undefined, open: OpenAttributes): JsonObject | undefined {
  if (!isJsonObject(container)) return undefined;
  if (isOpenContainer(container, open) && Object.keys(container).length > 0) return container;
  const part: JsonObject = {};
  for (const [name, value] of Object.entries(container)) {
    const shown = openValue(value, open.get(name));
    if (shown !== undefined) part[name] = shown;
  }
  return Object.keys(part).length === 0 ? undefined : part;
}

/** The open part of an attribute's value: the value itself where all of it is open. */
function openValue(value: Json | undefined, parts: ReadonlySet<string> | 'simple' | undefined): Json | undefined {
  if (parts === undefined) return undefined;
  if (isJsonObject(value) && parts !== 'simple') return openElement(value, parts);
  if (!Array.isArray(value) || parts === 'simple') return value;
  const elements = value.flatMap((one) => (isJsonObject(one) ? (openElement(one, parts) ?? []) : one));
  if (elements.length === 0) return undefined;
  return elements.every((one, index) => one === value[index]) && elements.length === value.length ? value : elements;
}

function openElement(element: JsonObject, parts: ReadonlySet<string>): JsonObject | undefined {
  const names = Object.keys(element);
  if (names.length > 0 && names.every((name) => parts.has(name))) return element;
  const part = Object.fromEntries(Object.entries(element).filter(([name]) => parts.has(name)));
  return Object.keys(part).length === 0 ? undefined : part;
}
