import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { InboundMapping } from '../../scim/port/inbound-mapping.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';
import type { RequestContext } from '../../scim/port/resource-handler.ts';
import type { ResourceType, ResourceTypes } from '../../scim/model/resource-type.ts';
import { agreeing, verdictsOf } from './agree-operations.ts';
import { placeOf } from './attribute-place.ts';
import { loadMappings, type MappingEntry } from './mapping-file.ts';
import { transformValue } from './mapping-transform.ts';
import { omit } from '../../base/omit.ts';
import { assign, objectUnder, withoutAliasUrns } from './mapped-object.ts';
import type { RuleBook } from './rule-book.ts';
import { type Rule, type RuleBooks, noRules, ruleBooks } from './rule-book.ts';

/** A value found under another name, with what its rules make of it. */
interface Found {
  readonly rule: Rule;
  readonly value: Json;
}

/**
 * Maps the names that a client uses to those of the schemas, by the client's mapping file and the default one. A
 * source may be written as an object under its URN, as one key (`urn:…:User:name`, `urn:…:User.name`) or as a PATCH
 * path, in any letter case. What the client says under the attribute's own name counts, unless the entry `wins`.
 */
export class ExtensionMapping implements InboundMapping {
  readonly #byClient: ReadonlyMap<string, RuleBooks>;
  readonly #default: RuleBooks;

  /**
   * @param folders of mapping files; a later folder's file replaces an earlier one's of the same name
   * @throws MappingError listing every fault with file and line
   */
  constructor(folders: readonly string[], types: ResourceTypes) {
    const files = loadMappings(folders, (entry) => faultOf(entry, types));
    const rulesOf = (entries: readonly MappingEntry[]): Rule[] =>
      entries.map((entry) => ({
        entry,
        source: entry.source === undefined ? undefined : placeOf(entry.source),
        target: targetOf(entry, types),
      }));
    const usual = rulesOf(files.find(({ name }) => name === 'default')?.entries ?? []);
    this.#default = ruleBooks(usual);
    this.#byClient = new Map(
      files
        .filter(({ name }) => name !== 'default')
        .map(({ name, entries, includeDefault }) => [
          name.toLowerCase(),
          ruleBooks([...rulesOf(entries), ...(includeDefault ? usual : [])]),
        ]),
    );
  }

  mapResource(context: RequestContext, type: ResourceType, body: JsonObject): JsonObject {
    return new Mapping(this.#rules(context, type)).mapWhole(body);
  }

  mapOperations(
    context: RequestContext,
    type: ResourceType,
    operations: readonly PatchOperation[],
  ): readonly PatchOperation[] {
    const book = this.#rules(context, type);
    if (book === noRules) return operations;
    const verdicts = operations.length < 2 ? [] : verdictsOf(book, operations);
    return operations.map((operation) => agreeing(mapOperation(book, operation), verdicts));
  }

  /** The names that other servers use are not for clients of the profile ipsie, which knows no other dialect. */
  #rules({ client, profile }: RequestContext, type: ResourceType): RuleBook {
    const own = this.#byClient.get(client.name.toLowerCase()) ?? this.#byClient.get(client.id.toLowerCase());
    const books = own ?? (profile === 'ipsie' ? undefined : this.#default);
    return books?.get(type.name) ?? noRules;
  }
}

/** The target, which a client may name with the URN of the core schema as well. */
function targetOf({ target, resourceType }: MappingEntry, types: ResourceTypes): Rule['target'] {
  const place = placeOf(target);
  const core = types.byName(resourceType)?.schema.id;
  if (place.schema !== undefined || core === undefined) return place;
  const own = target.toLowerCase();
  return { ...place, spellings: [own, `${core.toLowerCase()}:${own}`, `${core.toLowerCase()}.${own}`] };
}

function faultOf({ resourceType, source, target, transform }: MappingEntry, types: ResourceTypes): string | undefined {
  const isConstant = typeof transform === 'object' && 'constant' in transform;
  if (source === undefined && !isConstant) return 'it has no source, which only a constant can do without';
  const type = types.byName(resourceType);
  if (type === undefined) return `there is no resource type "${resourceType}"`;
  const { schema, attribute, subAttribute } = placeOf(target);
  const path = {
    attribute,
    ...(schema === undefined ? {} : { schema }),
    ...(subAttribute === undefined ? {} : { subAttribute }),
  };
  return type.resolve(path) === undefined ? `target "${target}" is not an attribute of ${resourceType}` : undefined;
}

function mapOperation(book: RuleBook, operation: PatchOperation): PatchOperation {
  const { path, value } = operation;
  if (path === undefined) {
    return isJsonObject(value) ? { ...operation, value: new Mapping(book).map(value) } : operation;
  }
  const named = path.trim().toLowerCase();
  for (const rule of book.named(named)) {
    if (value === undefined) return { ...operation, path: rule.entry.target };
    const mapped = transformValue(rule.entry, value);
    if (mapped !== 'skip') return { ...operation, path: rule.entry.target, value: mapped.value };
  }
  // A path that is a whole URN, its attributes in the value.
  const isUrn = operation.op !== 'remove' && isJsonObject(value) && book.schemas.has(named);
  if (!isUrn) return operation;
  return { ...omit(operation, 'path'), value: new Mapping(book).map({ [path]: value }) };
}

/**
 * One pass over a body or a path-less value. Attributes are written where resources have them, as every dialect of
 * PATCH allows.
 */
class Mapping {
  readonly #book: RuleBook;

  constructor(book: RuleBook) {
    this.#book = book;
  }

  /** Maps the body of a POST or PUT, which is given the constants too. */
  mapWhole(body: JsonObject): JsonObject {
    return this.#map(
      body,
      this.#book.constants.map((rule) => ({ rule, value: true })),
    );
  }

  map(body: JsonObject): JsonObject {
    return this.#map(body, []);
  }

  #map(body: JsonObject, given: readonly Found[]): JsonObject {
    const found: Found[] = [];
    let rest = this.#takeKeys(body, undefined, found);
    for (const [key, value] of Object.entries(rest)) {
      const schema = key.toLowerCase();
      if (!isJsonObject(value) || !this.#book.schemas.has(schema)) continue;
      const kept = this.#takeKeys(value, schema, found);
      if (kept === value) continue;
      rest = Object.keys(kept).length === 0 ? omit(rest, key) : { ...rest, [key]: kept };
    }
    found.push(...given);
    if (found.length === 0) return body;
    for (const { rule, value } of found) rest = this.#write(rest, rule, value);
    return withoutAliasUrns(rest, this.#book.rules);
  }

  /**
   * Takes the keys that are sources out of an object; `schema` is the URN the object is under. Returns the same object
   * when there are none.
   */
  #takeKeys(object: JsonObject, schema: string | undefined, found: Found[]): JsonObject {
    const kept: [string, Json][] = [];
    const before = found.length;
    for (const [key, value] of Object.entries(object)) {
      const named = schema === undefined ? key.toLowerCase() : `${schema}:${key.toLowerCase()}`;
      const rules = this.#book.named(named);
      if (rules.length === 0) kept.push([key, value]);
      found.push(...rules.map((rule) => ({ rule, value })));
    }
    return found.length === before ? object : Object.fromEntries(kept);
  }

  #write(body: JsonObject, { entry, target }: Rule, raw: Json): JsonObject {
    const mapped = transformValue(entry, raw);
    if (mapped === 'skip') return body;
    const own = Object.keys(body).find((key) => target.spellings.includes(key.toLowerCase()));
    if (own !== undefined && !entry.wins) return body;
    const rest = own === undefined ? body : omit(body, own);
    if (target.schema === undefined) return assign(rest, target, mapped.value, entry.wins);
    const extension = objectUnder(rest, target.schema);
    return {
      ...rest,
      [extension?.key ?? target.schema]: assign(extension?.value ?? {}, target, mapped.value, entry.wins),
    };
  }
}
