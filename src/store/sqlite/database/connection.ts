import Database from 'libsql';
import { systemFault } from '../../../text/system-fault.ts';
import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';

/** What may be bound to a statement. Not booleans: the native driver aborts the whole process on one. */
export type Bindable = string | number | null;

type Statement = ReturnType<InstanceType<typeof Database>['prepare']>;

/** Filters make statements of endless variety; the oldest ones give way. */
const CACHED_STATEMENTS = 500;

/** Pages of 4 KiB that the write-ahead log takes before it is copied to the file. */
const CHECKPOINT_PAGES = 4_000;

/**
 * One connection to the database file, with its statements prepared once. Every call is synchronous; rows come as
 * tuples.
 */
export class Connection {
  readonly #database: InstanceType<typeof Database>;
  readonly #statements = new Map<string, Statement>();

  /**
   * @param file path of the database file; made when it does not exist
   * @param options `readOnly` refuses every write on this connection; `cacheKiB` is how much of the file it keeps in
   *   memory (the system keeps more)
   * @throws StoreUnavailableError when the file cannot be opened
   */
  constructor(file: string, { readOnly, cacheKiB = 8192 }: { readonly readOnly: boolean; readonly cacheKiB?: number }) {
    try {
      this.#database = new Database(file);
      // First of all, so that the switch to WAL itself waits its turn.
      this.#database.exec('PRAGMA busy_timeout = 5000');
      this.#database.exec('PRAGMA journal_mode = WAL');
      this.#database.exec('PRAGMA synchronous = FULL');
      this.#database.exec(`PRAGMA cache_size = -${cacheKiB}`);
      // Pages that many commits change, such as those of indexes, are copied to the file once for all of them.
      this.#database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      // What is removed or rewritten is overwritten: erased people leave nothing on free pages.
      this.#database.exec(readOnly ? 'PRAGMA query_only = ON' : 'PRAGMA secure_delete = ON');
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** The first row, or undefined. */
  get<Row extends readonly unknown[]>(sql: string, ...values: readonly Bindable[]): Row | undefined {
    try {
      return this.#prepare(sql).get(values) as Row | undefined;
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Every row. */
  all<Row extends readonly unknown[]>(sql: string, ...values: readonly Bindable[]): Row[] {
    try {
      return this.#prepare(sql).all(values) as Row[];
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Every row, a hundred at a time: memory holds no more of them, and what reads them finds them in the cache. */
  *each<Row extends readonly unknown[]>(sql: string, ...values: readonly Bindable[]): Generator<Row, void> {
    const rows = this.#prepare(sql).iterate(values)[Symbol.iterator]();
    const next = (): IteratorResult<unknown> => {
      try {
        return rows.next();
      } catch (error) {
        throw unavailable(error);
      }
    };
    let found = next();
    try {
      for (; found.done !== true; found = next()) yield found.value as Row;
    } finally {
      // A statement that was left half-way would keep its view of the database.
      while (found.done !== true) found = next();
    }
  }

  /** Carries out a change. @returns the number of rows changed */
  run(sql: string, ...values: readonly Bindable[]): number {
    try {
      return this.#prepare(sql).run(values).changes;
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Carries out one or more statements without values or answers. */
  execute(sql: string): void {
    try {
      this.#database.exec(sql);
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Whether a transaction is open; SQLite itself ends one when the disk is full or fails. */
  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  /** Closes the connection; an open transaction is rolled back. */
  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    // Statements without columns refuse `raw`.
    if (statement.reader) statement.raw();
    if (this.#statements.size >= CACHED_STATEMENTS) {
      const oldest = this.#statements.keys().next();
      if (oldest.done !== true) this.#statements.delete(oldest.value);
    }
    this.#statements.set(sql, statement);
    return statement;
  }
}

/**
 * What the driver threw, as the port names it.
 * @param cause kept for the log; its text may name tables, never values
 */
export function unavailable(cause: unknown): StoreUnavailableError {
  if (cause instanceof StoreUnavailableError) return cause;
  return new StoreUnavailableError(`SQLite: ${systemFault(cause)}`, { cause });
}
