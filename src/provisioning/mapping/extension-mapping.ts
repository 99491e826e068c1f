import { givenTwice } from '../../scim/model/given-twice.ts';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { InboundMapping } from '../../scim/port/inbound-mapping.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';
import type { RequestContext } from '../../scim/port/resource-handler.ts';
import type { ResourceType, ResourceTypes } from '../../scim/model/resource-type.ts';
import { agreeing, verdictsOf } from './agree-operations.ts';
import { atOperation } from './at-operation.ts';
import { placeOf } from './attribute-place.ts';
import { loadMappings, type MappingEntry } from './mapping-file.ts';
import { transformValue } from './mapping-transform.ts';
import { omit } from '../../base/omit.ts';
import { isAnotherName, isNothing, refuseContradiction, saidByItself } from './refuse-contradiction.ts';
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
 * path, in any letter case. Names of one attribute must say the same: a body that says two things is refused. Where an
 * entry derives its target from another attribute (a table, a template), what the client says under the target's own
 * name counts, unless the entry `wins`.
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
    const mapped = operations.map((operation, index) => atOperation(index, () => mapOperation(book, operation)));
    if (operations.length < 2) return mapped;
    const verdicts = verdictsOf(book, operations);
    return mapped.map((operation) => agreeing(operation, verdicts));
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

  /**
   * Maps the body of a POST or PUT, which is given the constants too. `""` and `null` say nothing in it (RFC 7643
   * §2.5): a value under another name counts.
   * @throws InvalidValueError for two names of one attribute that do not say the same
   */
  mapWhole(body: JsonObject): JsonObject {
    return this.#map(
      body,
      this.#book.constants.map((rule) => ({ rule, value: true })),
      true,
    );
  }

  /** Maps the value of an operation without a path, in which `null` takes a value away. @throws as `mapWhole` */
  map(body: JsonObject): JsonObject {
    return this.#map(body, [], false);
  }

  #map(body: JsonObject, given: readonly Found[], isWhole: boolean): JsonObject {
    const found: Found[] = [];
    let rest = this.#takeKeys(body, undefined, found);
    for (const [key, value] of Object.entries(rest)) {
      const schema = key.toLowerCase();
      if (!isJsonObject(value) || !this.#book.schemas.has(schema)) continue;
      const kept = this.#takeKeys(value, schema, found);
      if (kept === value) continue;
      rest = Object.keys(kept).length === 0 ? omit(rest, key) : { ...rest, [key]: kept };
    }
    refuseContradictions(rest, found, isWhole);
    found.push(...given);
    if (found.length === 0) return body;
    for (const { rule, value } of found) rest = this.#write(rest, rule, value, isWhole);
    return withoutAliasUrns(rest, this.#book.rules);
  }

  /**
   * Takes the keys that are sources out of an object; `schema` is the URN the object is under. Returns the same object
   * when there are none.
   * @throws InvalidSyntaxError for a source that is there in two letter cases
   */
  #takeKeys(object: JsonObject, schema: string | undefined, found: Found[]): JsonObject {
    const kept: [string, Json][] = [];
    const before = found.length;
    const seen = new Set<string>();
    for (const [key, value] of Object.entries(object)) {
      const named = schema === undefined ? key.toLowerCase() : `${schema}:${key.toLowerCase()}`;
      const rules = this.#book.named(named);
      if (rules.length === 0) kept.push([key, value]);
      else if (seen.has(named)) throw givenTwice(key);
      else seen.add(named);
      found.push(...rules.map((rule) => ({ rule, value })));
    }
    return found.length === before ? object : Object.fromEntries(kept);
  }

  #write(body: JsonObject, { entry, target }: Rule, raw: Json, isWhole: boolean): JsonObject {
    const mapped = transformValue(entry, raw);
    if (mapped === 'skip') return body;
    const isFree = isWhole && isAnotherName(entry) && isNothing(saidByItself(body, target));
    const wins = entry.wins || isFree;
    const own = Object.keys(body).find((key) => target.spellings.includes(key.toLowerCase()));
    if (own !== undefined && !wins) return body;
    const rest = own === undefined ? body : omit(body, own);
    if (target.schema === undefined) return assign(rest, target, mapped.value, wins);
    const extension = objectUnder(rest, target.schema);
    return { ...rest, [extension?.key ?? target.schema]: assign(extension?.value ?? {}, target, mapped.value, wins) };
  }
}

/** @throws InvalidValueError where names of one attribute do not say the same */
function refuseContradictions(body: JsonObject, found: readonly Found[], isWhole: boolean): void {
  const names = found.filter(({ rule }) => isAnotherName(rule.entry));
  const says = (value: Json | undefined): value is Json => value !== undefined && !(isWhole && isNothing(value));
  for (const [index, { rule, value }] of names.entries()) {
    const { entry, target } = rule;
    if (!says(value)) continue;
    const one = { name: entry.source ?? '', value };
    const itself = saidByItself(body, target);
    if (says(itself)) refuseContradiction(entry, one, { name: entry.target, value: itself });
    for (const other of names.slice(0, index))
      if (other.rule.entry.target === entry.target && says(other.value))
        refuseContradiction(entry, { name: other.rule.entry.source ?? '', value: other.value }, one);
  }
}
