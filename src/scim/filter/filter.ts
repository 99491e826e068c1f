import type { CompareOperator } from '../search/condition.ts';
import type { AttributePath } from '../model/resource-type.ts';

/**
 * A filter as written (RFC 7644 §3.4.2.2), before any schema is consulted; `bindFilter` gives it its meaning.
 * Chains of `and` and of `or` are one node each.
 */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'present'; readonly path: AttributePath }
  | Comparison
  /** `emails[type eq "work"]`: one element satisfies the whole filter, whose paths start at the element. */
  | { readonly kind: 'element'; readonly path: AttributePath; readonly filter: Filter };

/** `userName eq "ines"`. */
export interface Comparison {
  readonly kind: 'compare';
  readonly path: AttributePath;
  readonly operator: CompareOperator;
  readonly value: FilterValue;
  /** The value's spelling, without quotes and escapes: what text attributes compare a number with. */
  readonly text: string;
  /** IANA name of the zone that a day, or a time without an offset, is local to; UTC without it. */
  readonly timezone?: string;
}

/** A literal of a filter. */
export type FilterValue = string | number | boolean | null;
