import type { Target } from '../../../scim/search/condition.ts';
import { elementsOf, firstValue } from '../database/json-value.ts';
import type { JsonValue } from '../database/json-value.ts';
import { sql } from '../database/sql.ts';
import type { Sql } from '../database/sql.ts';
import { NEVER } from './value-test.ts';

/** Where a condition's targets start: a search document, one element of it, or a row of a relation. */
export interface FilterScope {
  /** SQL that is true when a value of the target passes the test. */
  some(target: Target, test: (found: JsonValue) => Sql): Sql;
  /** SQL that is true when an element of the target that is an object, as a scope of its own, passes the test. */
  someElement(target: Target, test: (element: FilterScope) => Sql): Sql;
}

/** A JSON object. */
export class DocumentScope implements FilterScope {
  readonly #document: Sql;
  readonly #nextAlias: () => Sql;

  /**
   * @param document an expression whose value is a JSON object
   * @param nextAlias names for the elements of arrays, each new
   */
  constructor(document: Sql, nextAlias: () => Sql) {
    this.#document = document;
    this.#nextAlias = nextAlias;
  }

  some(target: Target, test: (found: JsonValue) => Sql): Sql {
    const array = target.findIndex(({ multiValued }) => multiValued);
    if (array === -1) return target.length === 0 ? NEVER : test(firstValue(this.#document, target));
    const rest = target.slice(array + 1);
    return this.#someOf(target.slice(0, array + 1), (found) =>
      rest.length === 0 ? test(found) : this.#whereObject(found, (element) => element.some(rest, test)),
    );
  }

  someElement(target: Target, test: (element: FilterScope) => Sql): Sql {
    const array = target.findIndex(({ multiValued }) => multiValued);
    if (array === -1) return this.#whereObject(firstValue(this.#document, target), test);
    const rest = target.slice(array + 1);
    return this.#someOf(target.slice(0, array + 1), (found) =>
      this.#whereObject(found, (element) => (rest.length === 0 ? test(element) : element.someElement(rest, test))),
    );
  }

  #someOf(target: Target, test: (found: JsonValue) => Sql): Sql {
    const element = this.#nextAlias();
    const found = { value: sql`${element}.value`, type: sql`${element}.type` };
    return sql`EXISTS (SELECT 1 FROM ${elementsOf(this.#document, target)} AS ${element} WHERE ${test(found)})`;
  }

  /** CASE, not AND: SQLite may try the operands of AND in any order, and a plain value is malformed JSON. */
  #whereObject({ value, type }: JsonValue, test: (element: FilterScope) => Sql): Sql {
    return sql`CASE WHEN ${type} IS 'object' THEN (${test(new DocumentScope(value, this.#nextAlias))}) ELSE 0 END`;
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
    const column =
      step === undefined || rest.length > 0 || !Object.hasOwn(this.#columns, step.key)
        ? undefined
        : this.#columns[step.key];
    return column === undefined ? NEVER : test({ value: column, type: sql`nullif(typeof(${column}), 'null')` });
  }

  someElement(): Sql {
    return NEVER;
  }
}
