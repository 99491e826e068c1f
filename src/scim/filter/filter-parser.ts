import { parseAttributePath } from '../model/attribute-path.ts';
import type { CompareOperator } from '../search/condition.ts';
import type { Comparison, Filter, FilterValue } from './filter.ts';
import { FilterFault, readToken, type Token } from './filter-lexer.ts';
import type { AttributePath } from '../model/resource-type.ts';
import { InvalidFilterError } from '../model/scim-error.ts';

/** What a filter may cost. */
export interface FilterLimits {
  /** Characters. */
  readonly length: number;
  /** Parentheses and brackets inside each other. */
  readonly depth: number;
  /** Comparisons and presence tests in all. */
  readonly comparisons: number;
  /**
   * Of these, the ones other than `eq`: each may have to look at every resource, where a list of ids or names is
   * looked up.
   */
  readonly scans: number;
}

const defaultLimits: FilterLimits = { length: 8192, depth: 32, comparisons: 256, scans: 64 };

/** What callers write for an operator that SCIM spells in letters. */
const foreignOperators: Readonly<Record<string, string>> = {
  '=': 'eq',
  '==': 'eq',
  '===': 'eq',
  '!=': 'ne',
  '<>': 'ne',
  '>': 'gt',
  '>=': 'ge',
  '<': 'lt',
  '<=': 'le',
  '&': 'and',
  '&&': 'and',
  '|': 'or',
  '||': 'or',
};
const operators: readonly (CompareOperator | 'pr')[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr'];
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Parses a filter (RFC 7644 §3.4.2.2 with errata 4690): operators, keywords and names in any letter case; `not` binds
 * tighter than `and`, `and` tighter than `or`. Also takes `emails[type eq "work"].value eq "x"`, which Entra ID
 * sends: one element that satisfies both.
 * @throws InvalidFilterError with the 1-based position of what is wrong, or the limit that is passed
 */
export function parseFilter(text: string, limits: FilterLimits = defaultLimits, timezone?: string): Filter {
  if (text.length > limits.length)
    throw new InvalidFilterError(`The filter is longer than ${limits.length} characters.`);
  try {
    return new FilterParser(text, limits, timezone).parse();
  } catch (error) {
    if (!(error instanceof FilterFault)) throw error;
    throw new InvalidFilterError(`The filter is malformed at character ${error.offset + 1}: ${error.message}.`);
  }
}

/** Recursive descent, one token ahead; recursion only follows parentheses and brackets, whose depth is limited. */
class FilterParser {
  readonly #text: string;
  readonly #limits: FilterLimits;
  readonly #zone: Pick<Comparison, 'timezone'>;
  #token: Token;
  #depth = 0;
  #comparisons = 0;
  #scans = 0;
  /** True between the brackets of a value path, where the RFC allows no further ones. */
  #insideElement = false;

  constructor(text: string, limits: FilterLimits, timezone: string | undefined) {
    this.#text = text;
    this.#zone = timezone === undefined ? {} : { timezone };
    this.#limits = limits;
    this.#token = readToken(text, 0);
  }

  parse(): Filter {
    if (this.#isAt('end')) throw this.#expected('a filter such as userName eq "ines"');
    const filter = this.#disjunction();
    if (!this.#isAt('end')) throw this.#trailing();
    return filter;
  }

  #disjunction(): Filter {
    return this.#chain('or', () => this.#chain('and', () => this.#term()));
  }

  #chain(operator: 'and' | 'or', operand: () => Filter): Filter {
    const first = operand();
    if (!this.#isKeyword(operator)) return first;
    const filters = [first];
    while (this.#isKeyword(operator)) {
      this.#advance();
      filters.push(operand());
    }
    return { kind: operator, filters };
  }

  #term(): Filter {
    if (this.#isAt('(')) return this.#enclosed(')', () => this.#disjunction());
    if (this.#isKeyword('not') && readToken(this.#text, this.#token.end).kind === '(') {
      this.#advance();
      return { kind: 'not', filter: this.#enclosed(')', () => this.#disjunction()) };
    }
    const negation = this.#isKeyword('not') ? this.#token : undefined;
    const path = this.#path();
    if (negation !== undefined && operatorOf(this.#token) === undefined) {
      throw new FilterFault('not needs parentheses: not (…)', negation.start);
    }
    if (!this.#isAt('[')) return this.#test(path);
    if (this.#insideElement) throw this.#fault('brackets cannot be nested in brackets');
    return this.#element(path);
  }

  /** `[type eq "work"]`, and what Entra ID lets follow: `.value eq "x"`. */
  #element(path: AttributePath): Filter {
    this.#insideElement = true;
    const inner = this.#enclosed(']', () => this.#disjunction());
    const { kind, text } = this.#token;
    const subAttribute = kind === 'word' && text.startsWith('.') ? parseAttributePath(text.slice(1)) : undefined;
    let filter = inner;
    if (subAttribute !== undefined) {
      this.#advance();
      filter = { kind: 'and', filters: [inner, this.#test(subAttribute)] };
    }
    this.#insideElement = false;
    return { kind: 'element', path, filter };
  }

  #test(path: AttributePath): Filter {
    this.#comparisons += 1;
    const { comparisons, scans } = this.#limits;
    if (this.#comparisons > comparisons) throw this.#fault(`a filter may have at most ${comparisons} comparisons`);
    const operator = this.#operator();
    if (operator !== 'eq') this.#scans += 1;
    if (this.#scans > scans) throw this.#fault(`a filter may have at most ${scans} comparisons other than eq`);
    if (operator === 'pr') return { kind: 'present', path };
    const { value, text } = this.#value();
    return { kind: 'compare', path, operator, value, text, ...this.#zone };
  }

  #path(): AttributePath {
    const { kind, text } = this.#token;
    if (kind !== 'word') throw this.#expected('an attribute');
    const path = parseAttributePath(text);
    if (path === undefined) throw this.#fault(`"${excerpt(text)}" is not the name of an attribute`);
    this.#advance();
    return path;
  }

  #operator(): CompareOperator | 'pr' {
    const operator = operatorOf(this.#token);
    if (operator !== undefined) {
      this.#advance();
      return operator;
    }
    throw this.#expected('an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr)', this.#operatorHint());
  }

  #value(): { value: FilterValue; text: string } {
    const { kind, text } = this.#token;
    if (kind !== 'string' && kind !== 'word') {
      throw this.#expected('a value', /['‘’“”„]/.test(text) ? '; put text in plain double quotes: "…"' : '');
    }
    const value = kind === 'string' ? text : literalOf(text);
    if (value === undefined)
      throw this.#fault(`${excerpt(text)} is not a value; put text in double quotes: "${excerpt(text)}"`);
    if (value === Infinity || value === -Infinity) throw this.#fault('the number is too large');
    this.#advance();
    return { value, text };
  }

  /** The text between the parenthesis or bracket under the cursor and the one that closes it. */
  #enclosed(close: ')' | ']', content: () => Filter): Filter {
    const open = this.#token;
    this.#depth += 1;
    if (this.#depth > this.#limits.depth)
      throw this.#fault(`parentheses and brackets may be nested at most ${this.#limits.depth} deep`);
    this.#advance();
    const filter = content();
    if (this.#isAt('end')) throw new FilterFault(`the "${open.text}" here is never closed`, open.start);
    if (!this.#isAt(close))
      throw this.#expected(`and, or, or the "${close}" of the "${open.text}" at character ${open.start + 1}`);
    this.#advance();
    this.#depth -= 1;
    return filter;
  }

  #advance(): void {
    this.#token = readToken(this.#text, this.#token.end);
  }

  #isAt(kind: Token['kind']): boolean {
    return this.#token.kind === kind;
  }

  #isKeyword(keyword: 'and' | 'or' | 'not'): boolean {
    return this.#token.kind === 'word' && this.#token.text.toLowerCase() === keyword;
  }

  #trailing(): FilterFault {
    const { kind } = this.#token;
    if (kind === ')' || kind === ']') return this.#fault(`the "${kind}" closes nothing`);
    return this.#expected('and, or, or the end of the filter', this.#operatorHint());
  }

  /** Names the SCIM operator for `=`, `==`, `&&` and the like. */
  #operatorHint(): string {
    const run = /[=!<>&|]{1,3}/y;
    run.lastIndex = this.#token.start;
    const foreign = run.exec(this.#text)?.[0];
    const own = foreign === undefined ? undefined : foreignOperators[foreign];
    return own === undefined ? '' : `; SCIM writes ${foreign} as ${own}`;
  }

  #expected(what: string, hint = ''): FilterFault {
    const { kind, text } = this.#token;
    const found =
      kind === 'end' ? 'the end of the filter' : kind === 'string' ? 'a text in quotes' : `"${excerpt(text)}"`;
    return this.#fault(`${what} is expected, not ${found}${hint}`);
  }

  #fault(message: string): FilterFault {
    return new FilterFault(message, this.#token.start);
  }
}

function operatorOf({ kind, text }: Token): CompareOperator | 'pr' | undefined {
  const name = text.toLowerCase();
  return kind === 'word' ? operators.find((operator) => operator === name) : undefined;
}

/** A JSON literal without quotes; `true`, `false` and `null` in any letter case. */
function literalOf(text: string): number | boolean | null | undefined {
  switch (text.toLowerCase()) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
      return null;
    default:
      return number.test(text) ? Number(text) : undefined;
  }
}

const excerpt = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
