import type { Condition } from '../../../scim/search/condition.ts';
import type { Relation } from '../../../scim/model/relation.ts';
import { DocumentScope, RowScope } from './filter-scope.ts';
import type { FilterScope } from './filter-scope.ts';
import { isEmailValue, valueTests, valueWanted } from './indexed-condition.ts';
import { firstValue } from '../database/json-value.ts';
import { joinSql, sql, Sql } from '../database/sql.ts';
import { compareValue, isScalar } from './value-test.ts';

/** A translated condition: its pieces are joined by `kind`; `depth` says how far it nests. */
interface Translated {
  readonly kind: 'and' | 'or';
  readonly pieces: readonly Sql[];
  readonly depth: number;
}

/** SQLite's expression trees are at most 1,000 deep, and a chain of ANDs is as deep as it is long. */
const LONGEST_CHAIN = 200;

const SEARCH = new Sql('records.search');

/**
 * A condition as SQL over the row `records`, complete: nothing is left to filter elsewhere. Every value is bound. The
 * result is true or false, never null.
 */
export function translateCondition(condition: Condition, tenant: string, type: string): Sql {
  return new FilterTranslation(tenant, type).root(condition);
}

/** A condition over a group's member as SQL over the row `memberships`. */
export function translateMemberCondition(condition: Condition): Sql {
  const scope = new RowScope(memberColumns(new Sql('memberships')));
  return new FilterTranslation('', '').within(condition, scope);
}

class FilterTranslation {
  readonly #tenant: string;
  readonly #type: string;
  #aliases = 0;

  constructor(tenant: string, type: string) {
    this.#tenant = tenant;
    this.#type = type;
  }

  root(condition: Condition): Sql {
    const alias = () => this.#nextAlias();
    return joined(this.#translate(condition, false, new DocumentScope(SEARCH, alias), true));
  }

  within(condition: Condition, scope: FilterScope): Sql {
    return joined(this.#translate(condition, false, scope, false));
  }

  /** Carries NOT down to the leaves, so that parentheses nest no deeper than AND and OR alternate. */
  #translate(condition: Condition, negated: boolean, scope: FilterScope, isRoot: boolean): Translated {
    switch (condition.kind) {
      case 'not':
        return this.#translate(condition.condition, !negated, scope, isRoot);
      case 'and':
      case 'or': {
        const kind = (condition.kind === 'and') === negated ? 'or' : 'and';
        return chain(
          kind,
          condition.conditions.map((each) => this.#translate(each, negated, scope, isRoot)),
        );
      }
      default: {
        const leaf = this.#leaf(condition, scope, isRoot);
        return { kind: 'and', pieces: [negated ? sql`NOT ${leaf}` : leaf], depth: 0 };
      }
    }
  }

  #leaf(condition: Exclude<Condition, { kind: 'and' | 'or' | 'not' }>, scope: FilterScope, isRoot: boolean): Sql {
    switch (condition.kind) {
      case 'always':
        return new Sql(condition.value ? '1' : '0');
      case 'present':
        return scope.some(condition.target, (found) => sql`(${isScalar(found)} AND ${found.value} <> '')`);
      case 'compare':
        return this.#compare(condition, scope, isRoot);
      case 'element': {
        const found = scope.someElement(condition.target, (element) => this.within(condition.condition, element));
        if (!isRoot || !isEmailValue([...condition.target, VALUE_STEP])) return found;
        // Every record that passes has an address that passes this part, and there is an index of addresses.
        const tests = valueTests(condition.condition);
        if (tests.length === 0) return found;
        const anAddress = { value: new Sql('value'), type: new Sql(`'text'`) };
        const passes = tests.map(({ operator, value }) => compareValue(anAddress, operator, value));
        return sql`(${this.#hasEmail(joinSql(passes, ' AND '))} AND ${found})`;
      }
      case 'related':
        return this.#related(condition.relation, condition.condition);
    }
  }

  #compare(
    { target, operator, value }: Extract<Condition, { kind: 'compare' }>,
    scope: FilterScope,
    isRoot: boolean,
  ): Sql {
    if (operator === 'ne') {
      const equal = (found: Parameters<typeof compareValue>[0]) => compareValue(found, 'eq', value);
      if (!target.some(({ multiValued }) => multiValued)) return sql`NOT ${scope.some(target, equal)}`;
      const other = scope.some(target, (found) => sql`(${isScalar(found)} AND NOT ${equal(found)})`);
      return sql`(${other} OR NOT ${scope.some(target, isScalar)})`;
    }
    if (isRoot && isEmailValue(target)) {
      return this.#hasEmail(compareValue({ value: new Sql('value'), type: new Sql(`'text'`) }, operator, value));
    }
    return scope.some(target, (found) => compareValue(found, operator, value));
  }

  #hasEmail(test: Sql): Sql {
    return sql`records.position IN (SELECT position FROM email_values WHERE tenant = ${this.#tenant} AND type =
      ${this.#type} AND ${test})`;
  }

  #related(relation: Relation, condition: Condition): Sql {
    const value = valueWanted(condition);
    if (relation === 'members') {
      const row = this.#nextAlias();
      const test = this.within(condition, new RowScope(memberColumns(row)));
      return value === undefined
        ? sql`EXISTS (SELECT 1 FROM memberships AS ${row} WHERE ${row}.tenant = ${this.#tenant} AND ${row}.group_id =
          records.id AND (${test}))`
        : sql`records.id IN (SELECT ${row}.group_id FROM memberships AS ${row} WHERE ${row}.tenant = ${this.#tenant} AND
          ${row}.member = ${value} AND (${test}))`;
    }
    if (value === undefined) return this.#inGroup(condition);
    const below = sql`(records.id <> ${value} AND ${this.#belowGroup(value)})`;
    return condition.kind === 'compare' ? below : sql`(${below} AND ${this.#inGroup(condition)})`;
  }

  /**
   * Everything inside a group, however deep: one walk down, whatever the number of records. UNION ends cycles; CROSS
   * JOIN, in SQLite, is the order to take the left side first. Users have no members, so nothing is looked up for them.
   */
  #belowGroup(group: string): Sql {
    return sql`records.id IN (
      WITH RECURSIVE below (id, type) AS (
        SELECT member, type FROM memberships WHERE tenant = ${this.#tenant} AND group_id = ${group}
        UNION
        SELECT memberships.member, memberships.type FROM below CROSS JOIN memberships ON
          memberships.tenant = ${this.#tenant} AND memberships.group_id = below.id WHERE below.type <> 'User'
      ) SELECT id FROM below)`;
  }

  #inGroup(condition: Condition): Sql {
    const row = this.#nextAlias();
    const above = sql`${row}_above`;
    const test = this.within(
      condition,
      new RowScope({
        value: sql`${above}.id`,
        display: sql`${firstValue(sql`${row}.search`, [{ key: 'displayname', multiValued: false }]).value}`,
        type: sql`CASE WHEN EXISTS (SELECT 1 FROM memberships WHERE tenant = ${this.#tenant} AND group_id = ${above}.id
          AND member = records.id) THEN 'direct' ELSE 'indirect' END`,
      }),
    );
    return sql`EXISTS (
      WITH RECURSIVE ${above} (id) AS (
        SELECT group_id FROM memberships WHERE tenant = ${this.#tenant} AND member = records.id
        UNION
        SELECT memberships.group_id FROM ${above} CROSS JOIN memberships ON memberships.tenant = ${this.#tenant} AND
          memberships.member = ${above}.id
      ) SELECT 1 FROM ${above} LEFT JOIN records AS ${row} ON ${row}.tenant = ${this.#tenant} AND ${row}.id =
        ${above}.id AND ${row}.type = 'Group'
      WHERE ${above}.id <> records.id AND (${test}))`;
  }

  #nextAlias(): Sql {
    this.#aliases += 1;
    return new Sql(`x${this.#aliases}`);
  }
}

const VALUE_STEP = { key: 'value', multiValued: false };

function memberColumns(row: Sql): Record<'value' | 'display' | 'type', Sql> {
  return { value: sql`${row}.member`, display: sql`${row}.display_folded`, type: sql`lower(${row}.type)` };
}

/**
 * Joins parts, merging those of the same kind. The deepest goes first: SQLite's parser has a stack of 100, on which the
 * left operand waits.
 */
function chain(kind: 'and' | 'or', parts: readonly Translated[]): Translated {
  const deepestFirst = [...parts].sort((one, other) => other.depth - one.depth);
  const pieces = deepestFirst.flatMap((part) =>
    part.kind === kind || part.pieces.length === 1 ? part.pieces : [sql`(${joined(part)})`],
  );
  if (pieces.length === 0) return { kind, pieces: [new Sql(kind === 'and' ? '1' : '0')], depth: 0 };
  const deepest = deepestFirst[0];
  const depth = deepest === undefined || deepest.kind === kind ? (deepest?.depth ?? 0) : deepest.depth + 1;
  return { kind, pieces, depth };
}

function joined({ kind, pieces }: Translated): Sql {
  const separator = kind === 'and' ? ' AND ' : ' OR ';
  if (pieces.length <= LONGEST_CHAIN) return joinSql(pieces, separator);
  const chunks: Sql[] = [];
  for (let start = 0; start < pieces.length; start += LONGEST_CHAIN) {
    chunks.push(sql`(${joinSql(pieces.slice(start, start + LONGEST_CHAIN), separator)})`);
  }
  return joined({ kind, pieces: chunks, depth: 0 });
}
