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

/** The public texts of some records, each in a frame, with commas between them. */
export interface StoredText {
  readonly count: number;
  readonly text: Buffer;
  /** The `under` of all their terms, each once, and the earliest `until`. */
  readonly under: readonly string[];
  readonly until: string | null;
  /** The ids of those that are members of a group, by their place in the text. */
  readonly inGroups: ReadonlyMap<number, string>;
}
