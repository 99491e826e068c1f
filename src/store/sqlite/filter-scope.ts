import type { Target } from '../../scim/condition.ts';
import { container, firstValue } from './json-value.ts';
import type { JsonValue } from './json-value.ts';
import { NEVER } from './value-test.ts';
import { sql, Sql } from './sql.ts';

/** Where a condition's targets start: a search document, one element of it, or a row of a relation. */
export interface FilterScope {
  /** SQL that is true when a value of the target passes the test. */
  some(target: Target, test: (found: JsonValue) => Sql): Sql;
  /** SQL that is true when an element of the target, as a scope of its own, passes the test. */
  someElement(target: Target, test: (element: FilterScope) => Sql): Sql;
}

/** A JSON object, or the JSON value of one array element. */
export class DocumentScope implements FilterScope {
  readonly #self: JsonValue;
  readonly #document: Sql;
  readonly #nextAlias: () => Sql;

  /**
   * @param self the value that targets start at
   * @param document the same as a JSON object, where that is certain
   * @param nextAlias names for the elements of arrays, each new
   */
  constructor(self: JsonValue, document: Sql, nextAlias: () => Sql) {
    this.#self = self;
    this.#document = document;
    this.#nextAlias = nextAlias;
  }

  some(target: Target, test: (found: JsonValue) => Sql): Sql {
    if (target.length === 0) return test(this.#self);
    const last = target.findIndex(({ multiValued }) => multiValued);
    if (last === -1) return test(firstValue(this.#document, target));
    return this.#anyOf(target.slice(0, last + 1), (element) => element.some(target.slice(last + 1), test));
  }

  someElement(target: Target, test: (element: FilterScope) => Sql): Sql {
    const last = target.findIndex(({ multiValued }) => multiValued);
    if (last === -1) {
      const found = firstValue(this.#document, target);
      return this.#isObjectAnd(found, test);
    }
    const rest = target.slice(last + 1);
    return this.#anyOf(target.slice(0, last + 1), (element) => (rest.length === 0 ? element.#isObjectAnd(element.#self, test) : element.someElement(rest, test)));
  }

  #isObjectAnd(found: JsonValue, test: (element: FilterScope) => Sql): Sql {
    return sql`(${found.type} IS 'object' AND (${test(this.#within(found))}))`;
  }

  /** True when an element of the array at the target's end, which alone is multi-valued, passes. */
  #anyOf(target: Target, test: (element: DocumentScope) => Sql): Sql {
    const array = firstValue(this.#document, target.map(({ key }) => ({ key, multiValued: false })));
    const alias = this.#nextAlias();
    const element = { value: sql`${alias}.value`, type: sql`${alias}.type` };
    return sql`EXISTS (SELECT 1 FROM json_each(${container(array)}) AS ${alias} WHERE ${test(this.#within(element))})`;
  }

  #within(found: JsonValue): DocumentScope {
    return new DocumentScope(found, container(found), this.#nextAlias);
  }
}

/** A row of a relation, whose columns are the only targets there are. All of them are text or null. */
export class RowScope implements FilterScope {
  readonly #columns: Readonly<Record<string, Sql>>;

  constructor(columns: Readonly<Record<'value' | 'display' | 'type', Sql>>) {
    this.#columns = columns;
  }

  some(target: Target, test: (found: JsonValue) => Sql): Sql {
    const [step, ...rest] = target;
    const column = step === undefined || rest.length > 0 || !Object.hasOwn(this.#columns, step.key) ? undefined : this.#columns[step.key];
    return column === undefined ? NEVER : test({ value: column, type: sql`nullif(typeof(${column}), 'null')` });
  }

  someElement(): Sql {
    return NEVER;
  }
}
