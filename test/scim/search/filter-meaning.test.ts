import { expect } from 'chai';
import fc from 'fast-check';
import { isJsonObject, type Json } from '../../../src/base/json.ts';
import { bindFilter } from '../../../src/scim/filter/bind-filter.ts';
import { elementDocument } from '../../../src/scim/search/element-document.ts';
import { parseFilter } from '../../../src/scim/filter/filter-parser.ts';
import { matchCondition } from '../../../src/scim/search/filter-match.ts';
import { buildSearchDocument } from '../../../src/scim/search/search-document.ts';
import {
  Chance,
  oddUserType,
  randomFilter,
  randomRecord,
  type FilterOperator,
  type FilterSubject,
  type FilterTree,
} from '../../support/random-filters.ts';

/**
 * What a filter means, told a second time as plainly as possible, over the resource itself: slow, and nothing of it
 * shared with `bindFilter`, `matchCondition` or the search document.
 */
function means(tree: FilterTree, resource: Json): boolean {
  switch (tree.kind) {
    case 'and':
      return means(tree.left, resource) && means(tree.right, resource);
    case 'or':
      return means(tree.left, resource) || means(tree.right, resource);
    case 'not':
      return !means(tree.operand, resource);
    case 'present':
      return tree.subjects.some((subject) => hasValue(resource, subject));
    case 'isNull':
      return hasValue(resource, tree.subject) === tree.negated;
    case 'element':
      return valuesAt(resource, tree.steps).some((element) => means(tree.inner, element));
    case 'compare': {
      const values = valuesAt(resource, tree.subject.steps);
      if (tree.operator === 'ne' && values.length === 0) return true;
      return values.some((value) => compares(tree.subject, value, tree.operator, tree.value));
    }
  }
}

function hasValue(resource: Json, subject: FilterSubject): boolean {
  return valuesAt(resource, subject.steps).some((value) => value !== '');
}

function valuesAt(node: Json, steps: readonly string[]): Json[] {
  if (Array.isArray(node)) return node.flatMap((one) => valuesAt(one, steps));
  const [step, ...rest] = steps;
  if (step === undefined) return [node];
  if (!isJsonObject(node) || !Object.keys(node).includes(step)) return [];
  return valuesAt(node[step]!, rest);
}

function compares(
  subject: FilterSubject,
  value: Json,
  operator: FilterOperator,
  literal: string | number | boolean,
): boolean {
  if (typeof value === 'object') return false;
  if (subject.type === 'boolean') return operator === 'eq' ? value === literal : value !== literal;
  if (subject.type === 'number') return ordered(Number(value) - Number(literal), operator);
  if (subject.type === 'dateTime')
    return ordered(Number(nanoseconds(String(value)) - nanoseconds(String(literal))), operator);
  const left = plainText(subject, String(value));
  const right = plainText(subject, String(literal));
  switch (operator) {
    case 'co':
      return left.includes(right);
    case 'sw':
      return left.indexOf(right) === 0;
    case 'ew':
      return right === '' || left.slice(-right.length) === right;
    default:
      return ordered(Buffer.compare(Buffer.from(left), Buffer.from(right)), operator);
  }
}

function ordered(difference: number, operator: FilterOperator): boolean {
  return {
    eq: difference === 0,
    ne: difference !== 0,
    gt: difference > 0,
    ge: difference >= 0,
    lt: difference < 0,
    le: difference <= 0,
  }[operator as 'eq'];
}

function nanoseconds(text: string): bigint {
  const [, seconds = '', fraction = '', offset = ''] = /^([^.Z+]{19})(?:\.(\d+))?(.*)$/.exec(text)!;
  return BigInt(Date.parse(seconds + offset)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function plainText({ type, exact }: FilterSubject, text: string): string {
  if (type === 'binary' || exact) return text;
  const composed = text.normalize('NFC');
  const special: Record<string, string> = { ı: 'ı', ẞ: 'ss', Σ: 'σ', ς: 'σ', Ꭰ: 'Ꭰ', ꭰ: 'Ꭰ' };
  return Array.from(composed, (character) => special[character] ?? character.toUpperCase().toLowerCase()).join('');
}

describe('the meaning of a filter', () => {
  const type = oddUserType();
  const groups = type.resolve({ attribute: 'groups' })!.attribute;

  it('is the same for 20,000 random filters and users as a second, independent telling of it', function () {
    this.timeout(120_000);
    let matches = 0;
    let pairs = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const chance = new Chance(seed);
        const filter = randomFilter(chance, { relations: true });
        const condition = bindFilter(type, parseFilter(filter.text));
        for (const record of chance.times(3, () => randomRecord(chance))) {
          const document = buildSearchDocument(type, record);
          const related = { groups: record.groups.map((group) => elementDocument(groups, { ...group })) };
          const { id, resource, created, lastModified } = record;
          const whole: Json = {
            ...resource,
            id,
            meta: { created, lastModified },
            ...(record.groups.length > 0 ? { groups: record.groups.map((group) => ({ ...group })) } : {}),
          };
          const expected = means(filter.tree, whole);
          expect(matchCondition(condition, document, related), `${filter.text}\n${JSON.stringify(whole)}`).to.equal(
            expected,
          );
          matches += Number(expected);
          pairs += 1;
        }
      }),
      { seed: 20261121, numRuns: 7000 },
    );
    // A test of filters that are all true, or all false, would see nothing.
    expect(pairs).to.be.at.least(20_000);
    expect(matches / pairs).to.be.within(0.2, 0.8);
  });
});
