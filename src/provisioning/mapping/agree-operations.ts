import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';
import { atOperation } from './at-operation.ts';
import { assign, objectUnder } from './mapped-object.ts';
import { transformValue } from './mapping-transform.ts';
import type { MappingEntry } from './mapping-file.ts';
import { isAnotherName, refuseContradiction } from './refuse-contradiction.ts';
import type { Rule, RuleBook } from './rule-book.ts';

/** What an operation says of a target: under another name, under its own, or under another name that wins. */
type Rank = 'other' | 'own' | 'wins';

interface Said {
  readonly target: Rule['target'];
  readonly rank: Rank;
  readonly value: Json;
  /** The name that says it. */
  readonly name: string;
  /** Absent of what is said under the target's own name. */
  readonly entry?: MappingEntry;
}

/** What counts for a target that operations name in more than one way. */
export interface Verdict {
  readonly target: Rule['target'];
  readonly value: Json;
}

/**
 * Decides what counts where the operations of one request name an attribute under several names: what wins, else what
 * is said under its own name, wherever in the request that is. Entra sends an operation for each attribute, so one
 * operation alone does not tell. Names of the same attribute must say the same.
 * @param operations as they came
 * @throws InvalidValueError for two names of one attribute that do not
 */
export function verdictsOf(book: RuleBook, operations: readonly PatchOperation[]): readonly Verdict[] {
  /** By target, the last of each rank. */
  const byTarget = new Map<string, Map<Rank, Said>>();
  for (const [index, operation] of operations.entries())
    for (const one of saidBy(book, operation)) {
      const key = one.target.spellings[0] ?? '';
      const said = byTarget.get(key) ?? new Map<Rank, Said>();
      byTarget.set(key, said.set(one.rank, one));
      atOperation(index, () => refuseOtherName(said, one));
    }
  return [...byTarget.values()].flatMap((said) => {
    const last = said.get('wins') ?? said.get('own');
    return said.size < 2 || last === undefined ? [] : [{ target: last.target, value: last.value }];
  });
}

/**
 * What is said under the target's own name counts wherever it is, so another name must not say otherwise. Operations
 * under other names alone follow one another (RFC 7644 §3.5.2). What adds to a list says nothing against what is in it.
 */
function refuseOtherName(said: ReadonlyMap<Rank, Said>, last: Said): void {
  const other = said.get(last.rank === 'own' ? 'other' : 'own');
  const entry = last.entry ?? other?.entry;
  if (other === undefined || entry === undefined || !isAnotherName(entry)) return;
  if (Array.isArray(last.value) || Array.isArray(other.value)) return;
  refuseContradiction(entry, other, last);
}

/** A mapped operation that says of each target what counts. */
export function agreeing(operation: PatchOperation, verdicts: readonly Verdict[]): PatchOperation {
  return verdicts.reduce((agreed, { target, value }) => {
    if (agreed.op === 'remove') return agreed;
    if (agreed.path !== undefined)
      return target.spellings.includes(agreed.path.trim().toLowerCase()) && !isSame(agreed.value, value)
        ? { ...agreed, value }
        : agreed;
    return isJsonObject(agreed.value) ? { ...agreed, value: withValue(agreed.value, target, value) } : agreed;
  }, operation);
}

/** The value of an operation without a path, with what counts in the place of what it says of a target. */
function withValue(object: JsonObject, target: Rule['target'], value: Json): JsonObject {
  const named = Object.keys(object).find((key) => target.spellings.includes(key.toLowerCase()));
  if (named !== undefined) return isSame(object[named], value) ? object : { ...object, [named]: value };
  const extension = target.schema === undefined ? undefined : objectUnder(object, target.schema);
  if (extension === undefined || !keysOf(extension.value).includes(target.attribute.toLowerCase())) return object;
  return { ...object, [extension.key]: assign(extension.value, target, value, true) };
}

function saidBy(book: RuleBook, { op, path, value }: PatchOperation): Said[] {
  if (op === 'remove' || value === undefined) return [];
  if (path !== undefined) {
    const named = path.trim().toLowerCase();
    if (!isJsonObject(value) || !book.schemas.has(named)) return saidUnder(book, named, value);
    return Object.entries(value).flatMap(([key, one]) => saidUnder(book, `${named}:${key.toLowerCase()}`, one));
  }
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, one]) => {
    const said = saidUnder(book, key.toLowerCase(), one);
    if (said.length > 0 || !isJsonObject(one)) return said;
    return Object.entries(one).flatMap(([inner, deep]) =>
      saidUnder(book, `${key.toLowerCase()}:${inner.toLowerCase()}`, deep),
    );
  });
}

function saidUnder(book: RuleBook, named: string, value: Json): Said[] {
  const found = book.named(named).flatMap(({ entry, target }): Said[] => {
    const mapped = transformValue(entry, value);
    if (mapped === 'skip') return [];
    return [{ target, rank: entry.wins ? 'wins' : 'other', value: mapped.value, name: entry.source ?? '', entry }];
  });
  if (found.length > 0) return found;
  const own = book.rules.find(({ target }) => target.spellings.includes(named));
  return own === undefined ? [] : [{ target: own.target, rank: 'own', value, name: own.entry.target }];
}

/** Whether two values mean the same: clients write booleans as text. */
function isSame(one: Json | undefined, other: Json): boolean {
  return (
    JSON.stringify(one ?? null)
      .replaceAll('"', '')
      .toLowerCase() === JSON.stringify(other).replaceAll('"', '').toLowerCase()
  );
}

function keysOf(object: JsonObject): string[] {
  return Object.keys(object).map((key) => key.toLowerCase());
}
