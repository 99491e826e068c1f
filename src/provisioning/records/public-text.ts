import type { ResourceParts } from '../../scim/model/public-part.ts';

/**
 * What an answer that names no attributes shows of a record, as JSON text: reads that may answer with it neither parse
 * nor write JSON.
 */
export interface PublicText extends PublicTerms {
  /** A JSON object: all but `id`, `groups`, `members` and `meta`. */
  readonly text: string;
}

/** When a public text holds. */
export interface PublicTerms {
  /** Names the schemas and settings it was made under. Under others it may be wrong. */
  readonly under: string;
  /** The moment from which time may have changed it, ISO 8601 UTC; null where time never does. */
  readonly until: string | null;
}

/** A record's resource in two parts, so that a store can keep the shown one as a `PublicText`. */
export interface PublicPart extends PublicTerms, ResourceParts {}
