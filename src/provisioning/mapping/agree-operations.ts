import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';
import { assign, objectUnder } from './mapped-object.ts';
import { transformValue } from './mapping-transform.ts';
import type { Rule, RuleBook } from './rule-book.ts';

/** What an operation says of a target: under another name, under its own, or under another name that wins. */
type Rank = 'other' | 'own' | 'wins';

interface Said {
  readonly target: Rule['target'];
  readonly rank: Rank;
  readonly value: Json;
}

/** What counts for a target that operations name in more than one way. */
export interface Verdict {
  readonly target: Rule['target'];
  readonly value: Json;
}

/**
 * Decides what counts where the operations of one request name an attribute under several names: what wins, else what
 * is said under its own name, wherever in the request that is. Entra sends an operation for each attribute, so one
 * operation alone does not tell.
 * @param operations as they came
 */
export function verdictsOf(book: RuleBook, operations: readonly PatchOperation[]): readonly Verdict[] {
  const byTarget = new Map<string, Said[]>();
  for (const operation of operations)
    for (const one of saidBy(book, operation)) {
      const key = one.target.spellings[0] ?? '';
      byTarget.set(key, [...(byTarget.get(key) ?? []), one]);
    }
  return [...byTarget.values()].flatMap((said) => {
    const ranks = new Set(said.map(({ rank }) => rank));
    const highest = (['wins', 'own'] as const).find((rank) => ranks.has(rank));
    const last = said.filter(({ rank }) => rank === highest).at(-1);
    return ranks.size < 2 || last === undefined ? [] : [{ target: last.target, value: last.value }];
  });
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
    return mapped === 'skip' ? [] : [{ target, rank: entry.wins ? 'wins' : 'other', value: mapped.value }];
  });
  if (found.length > 0) return found;
  const own = book.rules.find(({ target }) => target.spellings.includes(named));
  return own === undefined ? [] : [{ target: own.target, rank: 'own', value }];
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
