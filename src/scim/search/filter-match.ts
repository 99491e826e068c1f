import type { CompareOperator, Condition, SearchScalar, SortOrder, Target } from './condition.ts';
import type { Relation } from '../model/relation.ts';
import type { SearchDocument, SearchNode } from './search-document.ts';

/** The values kept outside the search document: each relation's elements as `{value, display, type}`, normalised. */
export type RelatedDocuments = { readonly [relation in Relation]?: readonly SearchDocument[] };

/**
 * THE meaning of a condition; every store's translation is tested against it.
 * @param related what `related` conditions look at; a relation that is not given has no elements
 */
export function matchCondition(
  condition: Condition,
  document: SearchDocument,
  related: RelatedDocuments = {},
): boolean {
  switch (condition.kind) {
    case 'always':
      return condition.value;
    case 'and':
      return condition.conditions.every((one) => matchCondition(one, document, related));
    case 'or':
      return condition.conditions.some((one) => matchCondition(one, document, related));
    case 'not':
      return !matchCondition(condition.condition, document, related);
    case 'present':
      return anyAt(document, condition.target, (node) => node !== '' && isScalar(node));
    case 'compare':
      return matchComparison(document, condition.target, condition.operator, condition.value);
    case 'element':
      return anyAt(
        document,
        condition.target,
        (node) => !isScalar(node) && matchCondition(condition.condition, node, related),
      );
    case 'related':
      return (related[condition.relation] ?? []).some((element) =>
        matchCondition(condition.condition, element, related),
      );
  }
}

/** One value against another of its type: text by code point, numbers by size, booleans only for equality. */
export function compareScalars(value: SearchScalar, operator: CompareOperator, operand: SearchScalar): boolean {
  switch (operator) {
    case 'eq':
      return value === operand;
    case 'ne':
      return value !== operand;
    case 'co':
      return typeof value === 'string' && typeof operand === 'string' && value.includes(operand);
    case 'sw':
      return typeof value === 'string' && typeof operand === 'string' && value.startsWith(operand);
    case 'ew':
      return typeof value === 'string' && typeof operand === 'string' && value.endsWith(operand);
    case 'gt':
      return typeof value === typeof operand && orderOf(value, operand) > 0;
    case 'ge':
      return typeof value === typeof operand && orderOf(value, operand) >= 0;
    case 'lt':
      return typeof value === typeof operand && orderOf(value, operand) < 0;
    case 'le':
      return typeof value === typeof operand && orderOf(value, operand) <= 0;
  }
}

/**
 * Compares two search documents for a sorted list; 0 leaves them in the order of creation.
 * @returns negative when `a` comes first, positive when `b` does
 */
export function compareDocuments(sort: SortOrder, a: SearchDocument, b: SearchDocument): number {
  const left = firstValue(a, sort.target);
  const right = firstValue(b, sort.target);
  const ascending =
    left === undefined || right === undefined
      ? Number(left === undefined) - Number(right === undefined)
      : orderOf(left, right);
  return sort.descending ? -ascending : ascending;
}

function matchComparison(
  document: SearchDocument,
  target: Target,
  operator: CompareOperator,
  operand: SearchScalar,
): boolean {
  let hasValue = false;
  const isMatch = anyAt(document, target, (node) => {
    if (!isScalar(node)) return false;
    hasValue = true;
    return compareScalars(node, operator, operand);
  });
  return isMatch || (operator === 'ne' && !hasValue);
}

/** True when the test holds for a value or element at the target; arrays on the way are looked into. */
function anyAt(
  document: SearchDocument,
  target: Target,
  test: (node: SearchScalar | SearchDocument) => boolean,
): boolean {
  const visit = (node: SearchNode | undefined, depth: number): boolean => {
    if (node === undefined) return false;
    if (isList(node)) return node.some((one) => visit(one, depth));
    const step = target[depth];
    if (step === undefined) return test(node);
    return !isScalar(node) && visit(ownValue(node, step.key), depth + 1);
  };
  return visit(document, 0);
}

/** Element 0 of every array on the way: the primary one, where there is one. */
function firstValue(document: SearchDocument, target: Target): SearchScalar | undefined {
  let node: SearchNode | undefined = document;
  for (const { key } of target) {
    if (node === undefined || isList(node) || isScalar(node)) return undefined;
    const next: SearchNode | undefined = ownValue(node, key);
    node = next !== undefined && isList(next) ? next[0] : next;
  }
  return node !== undefined && isScalar(node) ? node : undefined;
}

/** An attribute may be called `constructor`. */
function ownValue(node: SearchDocument, key: string): SearchNode | undefined {
  return Object.hasOwn(node, key) ? node[key] : undefined;
}

function isList(node: SearchNode): node is readonly SearchScalar[] | readonly SearchDocument[] {
  return Array.isArray(node);
}

function isScalar(node: SearchScalar | SearchDocument): node is SearchScalar {
  return typeof node !== 'object';
}

function orderOf(a: SearchScalar, b: SearchScalar): number {
  if (typeof a === 'string' && typeof b === 'string') return orderOfText(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

const surrogate = /[\ud800-\udfff]/;

/**
 * By code point, which is the order of UTF-8 bytes; JavaScript's own order goes by UTF-16 units, where U+1F600 comes
 * before U+FF21.
 */
function orderOfText(a: string, b: string): number {
  if (a === b) return 0;
  if (!surrogate.test(a) && !surrogate.test(b)) return a < b ? -1 : 1;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = weightOf(a.charCodeAt(index)) - weightOf(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Moves surrogates, which encode the highest code points, above the units U+E000 to U+FFFF. */
function weightOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
