import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { foldCase } from '../model/case-fold.ts';
import { commonAttributes } from '../model/common-attributes.ts';
import type { SearchScalar } from './condition.ts';
import { instantOf } from '../time/instant.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { Attribute } from '../model/schema.ts';

/**
 * The normalised twin of a resource that filters and sorts read; stores keep it beside the resource.
 *
 * - Keys are attribute names in lower case; an extension's attributes are in an object under its URN in lower case; in
 *   both, `.` and `$` are written as `%2e` and `%24` (so that any document database takes them as names).
 * - Text is NFC and case-folded (Unicode full case folding), unless its attribute is caseExact: then it stays as it is,
 *   as binary data does.
 * - dateTimes are UTC text of fixed width with nine fraction digits, so that text order is time order.
 * - Elements of a multi-valued attribute keep their order, except that the primary one comes first: sorting reads
 *   element 0.
 * - Unassigned attributes, and those that are never returned (passwords), are absent, and so are relations. Empty
 *   strings are kept.
 * - `id`, `externalid`, `schemas` and `meta` (`resourcetype`, `created`, `lastmodified`, and `version` as a number) are
 *   in it.
 */
export type SearchDocument = { readonly [key: string]: SearchNode };

/** A value of a search document. */
export type SearchNode = SearchScalar | SearchDocument | readonly SearchScalar[] | readonly SearchDocument[];

/** What a search document is made of. */
export interface SearchSource {
  readonly id: string;
  /** As validation left it: canonical names, values of their attributes' types. */
  readonly resource: Resource;
  readonly version: number;
  /** ISO 8601. */
  readonly created: string;
  readonly lastModified: string;
}

/** Makes the search document of a resource. */
export function buildSearchDocument(type: ResourceType, source: SearchSource): SearchDocument {
  const { attributes, extensions, resourceType } = planOf(type);
  const { resource } = source;
  const document: MutableDocument = { id: source.id };
  addAttributes(document, resource, attributes);
  for (const { urn, key, attributes: own } of extensions) {
    const values = resource[urn];
    if (!isJsonObject(values)) continue;
    const part: MutableDocument = {};
    addAttributes(part, values, own);
    if (!isEmpty(part)) document[key] = part;
  }
  document['meta'] = {
    resourcetype: resourceType,
    created: instant(source.created),
    lastmodified: instant(source.lastModified),
    version: source.version,
  };
  return document;
}

/**
 * Normalises one value of an attribute or sub-attribute the way search documents hold it.
 * @param value a scalar of the attribute's type, as validation left it
 */
export function searchValue(attribute: Attribute, value: Json): SearchScalar {
  if (typeof value !== 'string')
    return typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value);
  switch (attribute.type) {
    case 'dateTime':
      return instant(value);
    // Base64 is exact whatever the schema says (RFC 7643 §2.3.6).
    case 'binary':
      return value;
    default:
      return attribute.caseExact ? value : foldCase(value);
  }
}

/** The key under which a search document holds an attribute, a sub-attribute or, by its URN, an extension. */
export function searchKey(name: string): string {
  return name.toLowerCase().replaceAll('.', '%2e').replaceAll('$', '%24');
}

type MutableDocument = Record<string, SearchNode>;

/** An attribute with its key, and its sub-attributes by name. */
interface Entry {
  readonly key: string;
  readonly attribute: Attribute;
  readonly subAttributes: ReadonlyMap<string, Entry>;
}

interface Plan {
  readonly attributes: ReadonlyMap<string, Entry>;
  readonly extensions: readonly {
    readonly urn: string;
    readonly key: string;
    readonly attributes: ReadonlyMap<string, Entry>;
  }[];
  readonly resourceType: SearchScalar;
}

const plans = new WeakMap<ResourceType, Plan>();

/** Every write comes through here, so what only depends on the schemas is worked out once. */
function planOf(type: ResourceType): Plan {
  const known = plans.get(type);
  if (known !== undefined) return known;
  const isStored = ({ name }: Attribute): boolean =>
    name !== 'id' && name !== 'meta' && type.resolve({ attribute: name })?.relation === undefined;
  const plan: Plan = {
    attributes: entriesOf([...type.schema.attributes, ...commonAttributes].filter(isStored)),
    extensions: type.extensions.map(({ schema: { id, attributes } }) => ({
      urn: id,
      key: searchKey(id),
      attributes: entriesOf(attributes),
    })),
    resourceType: type.name,
  };
  plans.set(type, plan);
  return plan;
}

function entriesOf(attributes: readonly Attribute[]): Map<string, Entry> {
  return new Map(
    attributes
      .filter(({ returned }) => returned !== 'never')
      .map((attribute) => [
        attribute.name,
        { key: searchKey(attribute.name), attribute, subAttributes: entriesOf(attribute.subAttributes ?? []) },
      ]),
  );
}

function addAttributes(document: MutableDocument, values: JsonObject, entries: ReadonlyMap<string, Entry>): void {
  for (const name in values) {
    const entry = entries.get(name);
    const value = values[name];
    if (entry === undefined || value === undefined || value === null) continue;
    const node = nodeOf(entry, value);
    if (node !== undefined) document[entry.key] = node;
  }
}

function nodeOf(entry: Entry, value: Exclude<Json, null>): SearchNode | undefined {
  if (entry.attribute.type !== 'complex') {
    if (!Array.isArray(value)) return searchValue(entry.attribute, value);
    return value.length === 0 ? undefined : value.map((one) => searchValue(entry.attribute, one));
  }
  if (Array.isArray(value)) {
    const elements = primaryFirst(value.filter(isJsonObject)).map((element) => complexNode(entry, element));
    return elements.length === 0 ? undefined : elements;
  }
  if (!isJsonObject(value)) return undefined;
  const node = complexNode(entry, value);
  return isEmpty(node) ? undefined : node;
}

function complexNode(entry: Entry, value: JsonObject): SearchDocument {
  const document: MutableDocument = {};
  addAttributes(document, value, entry.subAttributes);
  return document;
}

function primaryFirst(elements: readonly JsonObject[]): readonly JsonObject[] {
  const index = elements.findIndex((element) => element['primary'] === true);
  return index <= 0
    ? elements
    : [...elements.slice(index, index + 1), ...elements.slice(0, index), ...elements.slice(index + 1)];
}

function instant(text: string): string {
  return instantOf(text) ?? text;
}

function isEmpty(document: MutableDocument): boolean {
  for (const _ in document) return false;
  return true;
}
