import type { Clock } from '../../base/clock.ts';
import type { DomainEvent } from '../../domain/events.ts';
import { emptyChain, type ChainEntry, type ChainHead } from '../../history/chain-entry.ts';
import { auditEventType, type ChainBase, type ChainPage, type EventLog } from '../../history/event-log.ts';
import type { Misfiled, UnsealedTail } from '../../history/event-log.ts';
import { readFrontier } from '../../history/merkle-frontier.ts';
import { sealWaiting } from '../../history/seal-waiting.ts';
import type { Connection } from './database/connection.ts';
import { ENTRY_COLUMNS, readEntry, type EntryRow } from './database/entry-row.ts';
import { readRange } from './read-range.ts';
import type { RecordLists } from './search/record-lists.ts';
import { columnsOf } from './search/record-row.ts';
import type { ScanThreads } from './search/scan-threads.ts';
import { AT_ONCE } from './writing/audit-writes.ts';
import type { WriteThread } from './writing/write-thread.ts';

/** What SqliteEventLog works with. */
export interface SqliteEventLogOptions {
  readonly reader: Connection;
  readonly lists: RecordLists;
  readonly writes: WriteThread;
  readonly scans: ScanThreads;
  readonly clock: Clock;
}

/** Events that one write seals in the background, and otherwise: another write waits for it, at most. */
const SEALED_AT_ONCE = { inBackground: 40, inTurn: 200 };

/** The permanent record in SQLite. Events are sealed by the thread that writes. */
export class SqliteEventLog implements EventLog {
  readonly #options: SqliteEventLogOptions;

  constructor(options: SqliteEventLogOptions) {
    this.#options = options;
  }

  async append(events: readonly DomainEvent[]): Promise<void> {
    if (events.length > 0) await this.#options.writes.run('appendEvents', events);
  }

  async unsealed(): Promise<readonly UnsealedTail[]> {
    return this.#options.reader
      .all<[string, number, string]>(
        `SELECT waiting.tenant, waiting.events, oldest.body ->> '$.at' FROM
           (SELECT tenant, count(*) AS events, min(position) AS first FROM events WHERE sealed = 0 GROUP BY tenant) AS
             waiting
         JOIN events AS oldest ON oldest.position = waiting.first`,
      )
      .map(([tenant, events, oldest]) => ({ tenant, events, oldest }));
  }

  async seal(tenant: string, limit: number, inBackground = false): Promise<number> {
    const most = inBackground ? SEALED_AT_ONCE.inBackground : SEALED_AT_ONCE.inTurn;
    const write = inBackground ? 'sealEventsInBackground' : 'sealEvents';
    let sealed = 0;
    for (let asked = 0, done = 0; done === asked && sealed < limit; sealed += done) {
      asked = Math.min(most, limit - sealed);
      done = await this.#options.writes.run(write, tenant, asked);
    }
    return sealed;
  }

  async head(tenant: string): Promise<ChainHead> {
    const row = this.#options.reader.get<[number, string, string]>(
      'SELECT seq, hash, frontier FROM audit_heads WHERE tenant = ?',
      tenant,
    );
    return row === undefined ? emptyChain : { seq: row[0], hash: row[1], frontier: readFrontier(row[2]) };
  }

  async base(tenant: string): Promise<ChainBase> {
    const row = this.#options.reader.get<[number, string, string, string | null]>(
      'SELECT base_seq, base_hash, base_frontier, cut_at FROM audit_heads WHERE tenant = ?',
      tenant,
    );
    if (row === undefined) return emptyChain;
    const [seq, hash, frontier, cutAt] = row;
    return { seq, hash, frontier: readFrontier(frontier), ...(cutAt === null ? {} : { cutAt }) };
  }

  async read(tenant: string, after: number, limit: number): Promise<readonly ChainEntry[]> {
    return this.#options.reader
      .all<EntryRow>(
        `SELECT ${ENTRY_COLUMNS} FROM audit AS records WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ?`,
        tenant,
        after,
        limit,
      )
      .map(readEntry);
  }

  async misfiled(tenant: string, after: number, upTo: number): Promise<readonly Misfiled[]> {
    const misfiled: Misfiled[] = [];
    for (const entry of readRange(this.#options.reader, tenant, [after, upTo], (odd) => misfiled.push(odd))) void entry;
    return misfiled;
  }

  async find(tenant: string, id: string): Promise<ChainEntry | undefined> {
    const row = this.#options.reader.get<EntryRow>(
      `SELECT ${ENTRY_COLUMNS} FROM audit AS records WHERE tenant = ? AND id = ?`,
      tenant,
      id,
    );
    return row && readEntry(row);
  }

  async query(query: Parameters<EventLog['query']>[0]): Promise<ChainPage> {
    const { lists, scans } = this.#options;
    const located = lists.locate({ ...query, type: auditEventType });
    const { rows, ...page } = lists.quickPage(located) ?? (await scans.page(located));
    return { ...page, entries: rows.map((row) => readEntry(JSON.parse(columnsOf(row)[1]!) as EntryRow)) };
  }

  async settle(tenant: string): Promise<void> {
    await sealWaiting(this, tenant, AT_ONCE);
  }

  async erase(tenant: string, places: readonly number[]): Promise<void> {
    for (let from = 0; from < places.length; from += AT_ONCE)
      await this.#options.writes.run('eraseEntries', tenant, places.slice(from, from + AT_ONCE));
  }

  async cut(tenant: string, before: string, most = Infinity): Promise<ChainBase> {
    const now = this.#options.clock.now().toISOString();
    for (let cut = 0; cut < most; cut += AT_ONCE)
      if (!(await this.#options.writes.run('cutEntries', tenant, before, now))) break;
    return this.base(tenant);
  }
}
