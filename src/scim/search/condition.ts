import type { Relation } from '../model/relation.ts';
/**
 * A filter bound to a resource type: every path resolved, every value normalised, every shorthand expanded. This is
 * what stores translate and what `matchCondition` evaluates; both read the same search document (see
 * `search-document.ts`), so that a filter has one meaning everywhere.
 */
export type Condition =
  | { readonly kind: 'always'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  /** True when the target has a value other than the empty string. */
  | { readonly kind: 'present'; readonly target: Target }
  /**
   * True when any value of the target compares so. `ne` is also true when the target has no value at all.
   * Strings compare by code point (which is UTF-8 byte order), numbers by value; the types of both sides always agree.
   */
  | {
      readonly kind: 'compare';
      readonly target: Target;
      readonly operator: CompareOperator;
      readonly value: SearchScalar;
    }
  /**
   * True when one element of a multi-valued complex attribute satisfies the condition, whose targets start at the
   * element.
   */
  | { readonly kind: 'element'; readonly target: Target; readonly condition: Condition }
  /**
   * Like `element`, over a relation that is kept outside the search document: its elements are `{value, display,
   * type}`.
   */
  | { readonly kind: 'related'; readonly relation: Relation; readonly condition: Condition };

/** RFC 7644 §3.4.2.2, table 3, without `pr`. */
export type CompareOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/** A value as search documents hold it. */
export type SearchScalar = string | number | boolean;

/** Where in a search document the values are: the key of each step, and whether it is an array. */
export type Target = readonly TargetStep[];

/** One step of a target. */
export interface TargetStep {
  readonly key: string;
  readonly multiValued: boolean;
}

/**
 * How a list is ordered (RFC 7644 §3.4.2.3): by the target's first value; resources without one last when ascending,
 * first when descending. Those with the same value are in order of creation; descending is the very reverse of
 * ascending, so that one index serves both.
 */
export interface SortOrder {
  readonly target: Target;
  readonly descending: boolean;
}
