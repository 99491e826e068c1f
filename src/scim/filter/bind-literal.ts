import type { CompareOperator, SearchScalar } from '../search/condition.ts';
import type { Comparison } from './filter.ts';
import { instantOf } from '../time/instant.ts';
import { localInstant } from '../time/local-time.ts';
import { plainTime } from '../time/plain-time.ts';
import type { Attribute, AttributeType } from '../model/schema.ts';
import { InvalidFilterError } from '../model/scim-error.ts';
import { searchValue } from '../search/search-document.ts';

const textOperators: readonly CompareOperator[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];
const orderedOperators: readonly CompareOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

/** RFC 7644 §3.4.2.2, table 3: which operators each type can take. */
const operatorsOf: Readonly<Record<Exclude<AttributeType, 'complex'>, readonly CompareOperator[]>> = {
  string: textOperators,
  reference: textOperators,
  binary: ['eq', 'ne', 'co', 'sw', 'ew'],
  boolean: ['eq', 'ne'],
  integer: orderedOperators,
  decimal: orderedOperators,
  dateTime: orderedOperators,
};

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const boolean = /^(?:true|false)$/i;

/**
 * Brings a comparison's literal to the form in which search documents hold the attribute's values. Clients quote what
 * need not be quoted and the other way round, so `"true"` goes for a boolean, `"5"` for a number, and a bare 701984
 * for the text it spells.
 * @param attribute not complex
 * @param name what details call it
 * @throws InvalidFilterError when the attribute's type cannot take the operator or the literal
 */
export function bindLiteral(
  attribute: Attribute,
  name: string,
  { operator, value, text, timezone }: Comparison,
): SearchScalar {
  const type = attribute.type === 'complex' ? 'string' : attribute.type;
  const operators = operatorsOf[type];
  if (!operators.includes(operator)) {
    throw new InvalidFilterError(
      `${name} is of type ${type} and cannot be compared by ${operator}, only by ${operators.join(', ')} and pr.`,
    );
  }
  switch (type) {
    case 'boolean':
      if (!boolean.test(text)) throw unfit(name, 'true or false', text);
      return text.toLowerCase() === 'true';
    case 'integer':
    case 'decimal': {
      const size = number.test(text) ? Number(text) : NaN;
      if (!Number.isFinite(size)) throw unfit(name, 'a number', text);
      return size + 0; // -0 is 0
    }
    case 'dateTime': {
      // A client that does not encode the plus of an offset in the URL sends a space.
      const plain = plainTime(text) ?? text.replace(/ (?=\d\d:\d\d$)/, '+');
      const moment = localInstant(plain, timezone) ?? plain;
      const instant = typeof value === 'string' ? instantOf(moment) : undefined;
      if (instant === undefined) throw unfit(name, 'a dateTime such as "2026-05-06T07:08:09Z"', text);
      return instant;
    }
    default:
      return searchValue(attribute, text);
  }
}

function unfit(name: string, wanted: string, text: string): InvalidFilterError {
  return new InvalidFilterError(`${name} can only be compared with ${wanted}, not with "${text.slice(0, 100)}".`);
}
