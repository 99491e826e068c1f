import type { ShownRecord } from '../../provisioning/records/resource-store.ts';
import type { CommitRows } from './writing/commit-rows.ts';
import type { recordWrites } from './writing/record-writes.ts';
import type { tenantWrites } from './writing/tenant-writes.ts';

/** What is kept at most, in characters of rows. */
const mostCharacters = 6_000_000;

/** The writes that may change records or who is in a group; no other write touches those tables. */
const changing: Readonly<Record<keyof typeof recordWrites | keyof typeof tenantWrites, true>> = {
  commitAll: true,
  judgeRecords: true,
  reindexRecords: true,
  eraseTenantRows: true,
  eraseTenantEvents: true,
};

interface Kept {
  readonly record: ShownRecord;
  readonly characters: number;
}

/**
 * Records that were read a moment ago, with their groups, for reads that show them: what is read again and again is
 * not looked up again. One process has the file, and all that it writes goes through one thread: a record is forgotten
 * when a write of it is asked for, and once more when that write is answered, so a read after a write's answer shows
 * the write, and one that comes meanwhile shows what the file holds.
 */
export class KeptRows {
  readonly #rows = new Map<string, Kept>();
  readonly #most: number;
  #characters = 0;

  /** @param most characters of rows that are kept; those read longest ago give way */
  constructor(most = mostCharacters) {
    this.#most = most;
  }

  /** Finds a record. @param key see `rowKey` */
  get(key: string): ShownRecord | undefined {
    const kept = this.#rows.get(key);
    if (kept === undefined) return undefined;
    this.#rows.delete(key);
    this.#rows.set(key, kept);
    return kept.record;
  }

  /** Keeps a record that was read just now. @param characters of its row */
  keep(key: string, record: ShownRecord, characters: number): void {
    this.#forget(key);
    this.#rows.set(key, { record, characters });
    this.#characters += characters;
    for (const [oldest] of this.#rows) {
      if (this.#characters <= this.#most) return;
      this.#forget(oldest);
    }
  }

  /** To be told of each write, when it is asked for and when it is answered. @param values as the write takes them */
  written(name: string, values: readonly unknown[]): void {
    if (this.#rows.size === 0 || !Object.hasOwn(changing, name)) return;
    if (name === 'commitAll') for (const rows of values[0] as readonly CommitRows[]) this.#committed(rows);
    else this.clear();
  }

  /** Forgets all. */
  clear(): void {
    this.#rows.clear();
    this.#characters = 0;
  }

  /** A group shows at its members, and what is removed leaves its groups. */
  #committed(rows: CommitRows): void {
    if (rows.kind === 'remove' || rows.type === 'Group' || rows.members !== undefined) this.clear();
    else this.#forget(rowKey(rows.tenant, rows.type, rows.id));
  }

  #forget(key: string): void {
    const kept = this.#rows.get(key);
    if (kept === undefined) return;
    this.#rows.delete(key);
    this.#characters -= kept.characters;
  }
}

/** The name of a record among the kept ones: no tenant and no type has a slash in it. */
export function rowKey(tenant: string, type: string, id: string): string {
  return `${tenant}/${type}/${id}`;
}
