import type { SearchScalar } from './condition.ts';

/**
 * The normalised twin of a resource that filters and sorts read; stores keep it beside the resource.
 *
 * - Keys are attribute names in lower case; an extension's attributes stand in an object under its URN in lower case, with
 *   `.` and `$` written as `%2e` and `%24` (so that any document database takes them as names).
 * - Text is NFC; where the attribute is not caseExact it is also case-folded (Unicode full case folding).
 * - dateTimes are UTC text of fixed width with nine fraction digits, so that text order is time order.
 * - Elements of a multi-valued attribute keep their order, except that the primary one comes first: sorting reads element 0.
 * - Unassigned attributes, and those that are never returned (passwords), are absent. Empty strings are kept.
 * - `id`, `externalid`, `schemas` and `meta` (`created`, `lastmodified`, `resourcetype`) are in it.
 */
export type SearchDocument = { readonly [key: string]: SearchNode };

/** A value of a search document. */
export type SearchNode = SearchScalar | SearchDocument | readonly SearchScalar[] | readonly SearchDocument[];
