import {
  positionOf,
  type RequestLog,
  type RequestLogEntry,
  type RequestLogPage,
  type RequestLogQuery,
} from '../../domain/request-log.ts';
import { each, inTurns, nextTurn } from '../../base/cooperative.ts';
import type { Connection } from './database/connection.ts';
import { joinSql, sql, type Sql } from './database/sql.ts';
import type { WriteThread } from './writing/write-thread.ts';

/**
 * How many entries one look goes through at most, so that no filter, however rarely it is met, holds up other
 * requests.
 */
const LOOK = 10_000;

/** Entries read between two turns of the event loop: each may hold bodies. */
const CHUNK = 100;

type Row = readonly [position: string, body: string];

/** The request log in SQLite: one table in order of time, with no index to pay for beside it. */
export class SqliteRequestLog implements RequestLog {
  readonly #reader: Connection;
  readonly #writes: WriteThread;

  constructor(reader: Connection, writes: WriteThread) {
    this.#reader = reader;
    this.#writes = writes;
  }

  async append(entries: readonly RequestLogEntry[]): Promise<void> {
    await this.#writes.run('appendRequests', JSON.stringify(entries.map((entry) => [positionOf(entry), entry])));
  }

  async list(query: RequestLogQuery): Promise<RequestLogPage> {
    const { count } = query;
    const stretch = stretchOf(query);
    const end = this.#get<[string]>(
      sql`SELECT position FROM requests WHERE ${stretch} ORDER BY position DESC LIMIT 1 OFFSET ${LOOK}`,
    )?.[0];
    const tests = [stretch, ...testsOf(query), ...(end === undefined ? [] : [sql`position > ${end}`])];
    const rows = await this.#newest(tests, count + 1);
    const shown = rows.slice(0, count);
    // The entry at the end of the stretch has not been looked at: going on just above it begins with it.
    const next = rows.length > count ? shown.at(-1)?.[0] : end === undefined ? undefined : `${end}\u{10ffff}`;
    const entries = await inTurns(each(shown, ([, body]) => JSON.parse(body) as RequestLogEntry));
    return { entries, ...(next === undefined ? {} : { next }) };
  }

  async purge(tenant: string, before: string): Promise<void> {
    while (await this.#writes.run('purgeRequests', tenant, before));
  }

  async remove(tenant: string, positions: readonly string[]): Promise<void> {
    await this.#writes.run('removeRequests', tenant, positions);
  }

  async #newest(tests: readonly Sql[], count: number): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (let older: readonly Sql[] = []; ;) {
      const wanted = Math.min(CHUNK, count - rows.length);
      const { text, values } =
        sql`SELECT position, body FROM requests WHERE ${joinSql([...tests, ...older], ' AND ')} ORDER BY position DESC
          LIMIT ${wanted}`;
      const some = this.#reader.all<Row>(text, ...values);
      rows.push(...some);
      const last = some.at(-1);
      if (last === undefined || some.length < wanted || rows.length === count) return rows;
      older = [sql`position < ${last[0]}`];
      await nextTurn();
    }
  }

  #get<R extends readonly unknown[]>({ text, values }: Sql): R | undefined {
    return this.#reader.get<R>(text, ...values);
  }
}

function stretchOf({ tenant, since, after }: RequestLogQuery): Sql {
  return joinSql(
    [
      sql`tenant = ${tenant}`,
      ...(since === undefined ? [] : [sql`position >= ${since}`]),
      ...(after === undefined ? [] : [sql`position < ${after}`]),
    ],
    ' AND ',
  );
}

function testsOf({ client, status, path }: RequestLogQuery): Sql[] {
  return [
    ...(client === undefined ? [] : [sql`(client = ${client} OR client_name = ${client})`]),
    ...(status === undefined ? [] : [sql`status BETWEEN ${status.from} AND ${status.to}`]),
    ...(path === undefined ? [] : [sql`lower(substr(path, 1, ${path.length})) = lower(${path})`]),
  ];
}
