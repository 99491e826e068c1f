import type { CompareOperator, Condition, SearchScalar, Target, TargetStep } from '../../../scim/search/condition.ts';
import { InvalidFilterError } from '../../../scim/model/scim-error.ts';
import { encodeName } from '../database/field-names.ts';

/**
 * A query document: what MongoDB filters by. Built from constants and bound values alone, never from a client's
 * objects.
 */
export type MongoQuery = { readonly [field: string]: unknown };

/** Matches every document. */
export const EVERY: MongoQuery = {};

/** Matches no document. */
export const NONE: MongoQuery = { _id: { $in: [] } };

/** What a translation needs besides the condition. */
export interface Translation {
  /** The field for a target's first key. */
  readonly field: (key: string) => string;
  /** What a related condition means in a query; conditions on elements of a relation have none. */
  readonly related?: (condition: RelatedCondition) => MongoQuery;
}

/** A condition on a relation, whose elements are records of their own. */
export type RelatedCondition = Extract<Condition, { kind: 'related' }>;

/** The longest pattern that MongoDB takes, in bytes. */
const longestPattern = 32_000;

/**
 * Says a condition in MongoDB's query language, completely: `matchCondition` on the same document gives the same
 * answer. Equality and ranges stay plain, so that an index on the field serves them; `co` and `ew` are patterns with
 * every sign escaped.
 * @throws InvalidFilterError when a text to look for is longer than MongoDB's patterns can be
 */
export function translateCondition(condition: Condition, translation: Translation): MongoQuery {
  switch (condition.kind) {
    case 'always':
      return condition.value ? EVERY : NONE;
    case 'and':
      return every(condition.conditions.map((each) => translateCondition(each, translation)));
    case 'or':
      return any(condition.conditions.map((each) => translateCondition(each, translation)));
    case 'not':
      return negate(translateCondition(condition.condition, translation));
    case 'present':
      return at(condition.target, translation, { $exists: true, $ne: '' });
    case 'compare':
      return compare(condition.target, condition.operator, condition.value, translation);
    case 'element':
      return element(condition.target, condition.condition, translation);
    case 'related':
      if (!translation.related) throw new Error('a relation has no relations of its own');
      return translation.related(condition);
  }
}

/** Both constants are handled here, so that they never appear inside another query: not every operator accepts them. */
function every(queries: readonly MongoQuery[]): MongoQuery {
  if (queries.includes(NONE)) return NONE;
  const needed = queries.filter((query) => query !== EVERY);
  return needed.length > 1 ? { $and: needed } : (needed[0] ?? EVERY);
}

function any(queries: readonly MongoQuery[]): MongoQuery {
  if (queries.includes(EVERY)) return EVERY;
  const possible = queries.filter((query) => query !== NONE);
  return possible.length > 1 ? { $or: possible } : (possible[0] ?? NONE);
}

function negate(query: MongoQuery): MongoQuery {
  if (query === EVERY) return NONE;
  if (query === NONE) return EVERY;
  // Fewer levels: MongoDB bounds how deep a query may nest.
  const [operator, queries] = Object.entries(query)[0] ?? [];
  if (operator === '$nor' && Array.isArray(queries) && queries.length === 1) return queries[0] as MongoQuery;
  return operator === '$or' ? { $nor: queries } : { $nor: [query] };
}

function compare(target: Target, operator: CompareOperator, value: SearchScalar, translation: Translation): MongoQuery {
  if (operator !== 'ne') return at(target, translation, predicate(operator, value));
  const differs = at(target, translation, { $exists: true, $ne: value });
  return any([differs, negate(at(target, translation, { $exists: true }))]);
}

function predicate(operator: Exclude<CompareOperator, 'ne'>, value: SearchScalar): MongoQuery {
  switch (operator) {
    case 'eq':
      return { $eq: value };
    case 'gt':
      return { $gt: value };
    case 'ge':
      return { $gte: value };
    case 'lt':
      return { $lt: value };
    case 'le':
      return { $lte: value };
    case 'sw':
      return startingWith(String(value));
    case 'co':
      return { $regex: pattern(String(value)) };
    // `$` alone also matches before a line feed that ends the text.
    case 'ew':
      return { $regex: `${pattern(String(value))}$(?!\\n)` };
  }
}

/** A prefix is a range, which an index serves whatever the prefix holds. */
function startingWith(prefix: string): MongoQuery {
  const end = successor(prefix);
  return end === undefined ? { $gte: prefix } : { $gte: prefix, $lt: end };
}

/** The first text, in code point order, after every text that starts with the prefix. */
function successor(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}

function pattern(text: string): string {
  const escaped = text.replace(
    /[\0-/:-@[-`{-\x7f]/g,
    (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  if (Buffer.byteLength(escaped) > longestPattern)
    throw new InvalidFilterError('The filter looks for a text that is too long.');
  return escaped;
}

/** The target holds a value, or an array a value, of which the predicate is true. */
function at(target: Target, translation: Translation, holds: MongoQuery): MongoQuery {
  return atSteps(
    target,
    translation.field,
    (path) => ({ [path]: holds }),
    () => holds,
  );
}

function element(target: Target, condition: Condition, translation: Translation): MongoQuery {
  const inElement = translateCondition(condition, { field: encodeName });
  if (inElement === NONE) return NONE;
  const holds = inElement === EVERY ? { $exists: true } : inElement;
  return atSteps(
    target,
    translation.field,
    (path) => ({ [path]: { $elemMatch: holds } }),
    () => holds,
  );
}

/**
 * Nests an `$elemMatch` for each array on the way, so that all that is asked of one value is asked of one element.
 * @param plain the query when the last step is a field
 * @param ofElement the query when the last step is an array
 */
function atSteps(
  steps: Target,
  field: (key: string) => string,
  plain: (path: string) => MongoQuery,
  ofElement: () => MongoQuery,
): MongoQuery {
  const array = steps.findIndex((step) => step.multiValued);
  if (array < 0) return plain(pathOf(steps, field));
  const rest = steps.slice(array + 1);
  const inner = rest.length === 0 ? ofElement() : atSteps(rest, encodeName, plain, ofElement);
  return { [pathOf(steps.slice(0, array + 1), field)]: { $elemMatch: inner } };
}

/** The path of a target whose arrays are read through. */
export function pathOf(steps: readonly TargetStep[], field: (key: string) => string): string {
  return steps.map(({ key }, index) => (index === 0 ? field(key) : encodeName(key))).join('.');
}
