import { setImmediate as nextTurn } from 'node:timers/promises';
import { positionOf, type RequestLog, type RequestLogEntry, type RequestLogPage, type RequestLogQuery } from '../../request-log.ts';
import type { Connection } from './connection.ts';
import { joinSql, sql, type Sql } from './sql.ts';
import type { WriteQueue } from './write-queue.ts';

/** How many entries one look goes through at most, so that no filter, however rarely it is met, holds up other requests. */
const LOOK = 10_000;

/** Entries written or removed between two turns of the event loop. */
const CHUNK = 50;

type Row = readonly [position: string, body: string];

/** The request log in SQLite: one table in order of time, with no index to pay for beside it. */
export class SqliteRequestLog implements RequestLog {
  readonly #reader: Connection;
  readonly #writes: WriteQueue;

  constructor(reader: Connection, writes: WriteQueue) {
    this.#reader = reader;
    this.#writes = writes;
  }

  append(entries: readonly RequestLogEntry[]): Promise<void> {
    return this.#writes.run(function* (connection) {
      for (const [index, entry] of entries.entries()) {
        connection.run(
          'INSERT INTO requests (tenant, position, client, client_name, status, path, body) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
          entry.tenant, positionOf(entry), entry.client.id, entry.client.name, entry.status, entry.path, JSON.stringify(entry));
        if (index % CHUNK === CHUNK - 1) yield;
      }
      return { keep: true, result: undefined };
    });
  }

  async list(query: RequestLogQuery): Promise<RequestLogPage> {
    const { count } = query;
    const stretch = stretchOf(query);
    const end = this.#get<[string]>(sql`SELECT position FROM requests WHERE ${stretch} ORDER BY position DESC LIMIT 1 OFFSET ${LOOK}`)?.[0];
    const tests = [stretch, ...testsOf(query), ...(end === undefined ? [] : [sql`position > ${end}`])];
    const { text, values } = sql`SELECT position, body FROM requests WHERE ${joinSql(tests, ' AND ')} ORDER BY position DESC LIMIT ${count + 1}`;
    const rows = this.#reader.all<Row>(text, ...values);
    const shown = rows.slice(0, count);
    // The entry at the end of the stretch has not been looked at: going on just above it begins with it.
    const next = rows.length > count ? shown.at(-1)?.[0] : end === undefined ? undefined : `${end}\u{10ffff}`;
    return { entries: shown.map(([, body]) => JSON.parse(body) as RequestLogEntry), ...(next === undefined ? {} : { next }) };
  }

  async purge(tenant: string, before: string): Promise<void> {
    const some = `DELETE FROM requests WHERE (tenant, position) IN (SELECT tenant, position FROM requests WHERE tenant = ? AND position < ? LIMIT ${CHUNK})`;
    for (let isDone = false; !isDone;) {
      isDone = await this.#writes.run(function* (connection) {
        for (let removed = 0; removed < LOOK; removed += CHUNK) {
          if (connection.run(some, tenant, before) < CHUNK) return { keep: true, result: true };
          yield;
        }
        return { keep: true, result: false };
      });
      await nextTurn();
    }
  }

  #get<R extends readonly unknown[]>({ text, values }: Sql): R | undefined {
    return this.#reader.get<R>(text, ...values);
  }
}

function stretchOf({ tenant, since, after }: RequestLogQuery): Sql {
  return joinSql([
    sql`tenant = ${tenant}`,
    ...(since === undefined ? [] : [sql`position >= ${since}`]),
    ...(after === undefined ? [] : [sql`position < ${after}`]),
  ], ' AND ');
}

function testsOf({ client, status, path }: RequestLogQuery): Sql[] {
  return [
    ...(client === undefined ? [] : [sql`(client = ${client} OR client_name = ${client})`]),
    ...(status === undefined ? [] : [sql`status BETWEEN ${status.from} AND ${status.to}`]),
    ...(path === undefined ? [] : [sql`lower(substr(path, 1, ${path.length})) = lower(${path})`]),
  ];
}
