import type { DueAt, StoredRecord } from './resource-store.ts';

/** What the look at a record has come to. */
export interface Judged extends Pick<StoredRecord, 'id' | 'version'> {
  readonly dueAt: DueAt;
}

/**
 * PORT: the records that time alone may have changed, found by an index whatever else there is. Every put says when
 * its record is due; a record whose put did not say, of an older release for example, is due at once.
 */
export interface DueRecords {
  /** Which of these tenants have a record of a type that is due: one look, however many tenants there are. */
  tenantsDue(tenants: readonly string[], type: string, now: Date): Promise<readonly string[]>;
  /**
   * Records of a type that are due, those that no put has judged first, then the earliest.
   * @param limit how many at most
   */
  due(tenant: string, type: string, now: Date, limit: number): Promise<readonly StoredRecord[]>;
  /**
   * Writes down when these records are due next. Nothing else of them changes, their version neither; one that has
   * another version by now is left as it is.
   */
  judge(tenant: string, type: string, judged: readonly Judged[]): Promise<void>;
}
