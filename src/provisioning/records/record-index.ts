import type { SearchDocument } from '../../scim/search/search-document.ts';
import type { StoredRecord } from './resource-store.ts';

/**
 * The version of what records are found by: their search documents and look-up keys. It goes up with each change of how
 * these are made from a record. Records of an older version are indexed again, see `Reindexing`.
 */
export const indexVersion = 1;

/** What a record is found by, made again. */
export interface Reindexed extends Pick<StoredRecord, 'id' | 'version'> {
  readonly search: SearchDocument;
  readonly lookupKeys: readonly string[];
}

/** PORT: what stored records are found by. */
export interface RecordIndex {
  /**
   * Replaces the search documents and look-up keys of these records. Nothing else of them changes, their version
   * neither. A record that has another version by now is left as it is: the write that gave it that has indexed it.
   */
  reindex(tenant: string, type: string, records: readonly Reindexed[]): Promise<void>;
}
