import type { DomainEvent } from '../../../domain/events.ts';
import { momentOf } from '../../../history/audit-event.ts';
import { auditSearchText } from '../../../history/audit-search.ts';
import {
  emptyChain,
  eraseEntry,
  isErased,
  sealEvents,
  type ChainEntry,
  type ChainHead,
} from '../../../history/chain-entry.ts';
import { readFrontier } from '../../../history/merkle-frontier.ts';
import type { Connection } from '../database/connection.ts';
import { ENTRY_COLUMNS, readEntry, type EntryRow } from '../database/entry-row.ts';
import { kept } from './write.ts';

/** How many entries one write erases, looks through or forgets at most: other writes wait as long. */
export const AT_ONCE = 500;

type EventBody = readonly [position: number, body: string];
type PartColumns = readonly [text: string | null, salt: string | null, digest: string | null];

/** Changes to the permanent record. */
export const auditWrites = {
  /** Files events from which nothing is planned. */
  appendEvents: (connection: Connection, events: readonly DomainEvent[]) => {
    for (const event of events) insertEvent(connection, event);
    return kept(undefined);
  },

  sealEvents: sealSome,

  /** The same, for which no caller waits: see `GroupCommit`. */
  sealEventsInBackground: sealSome,

  /** Erases the values of persons from the entries in these places. */
  eraseEntries: (connection: Connection, tenant: string, places: readonly number[]) => {
    for (const place of places) {
      const row = connection.get<EntryRow>(
        `SELECT ${ENTRY_COLUMNS} FROM audit AS records WHERE tenant = ? AND seq = ?`,
        tenant,
        place,
      );
      if (row === undefined) continue;
      const entry = readEntry(row);
      if (!isErased(entry)) rewriteEntry(connection, eraseEntry(entry));
    }
    return kept(undefined);
  },

  /** Forgets some of the oldest entries that happened before a moment. @returns whether there may be more */
  cutEntries: (connection: Connection, tenant: string, before: string, now: string) => {
    const [baseSeq, baseFrontier] = connection.get<[number, string]>(
      'SELECT base_seq, base_frontier FROM audit_heads WHERE tenant = ?',
      tenant,
    ) ?? [0, emptyChain.frontier.toString()];
    const oldest = connection.all<[number, string, string]>(
      `SELECT seq, hash, at FROM audit WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ${AT_ONCE}`,
      tenant,
      baseSeq,
    );
    const end = oldest.findIndex(([, , at]) => at >= before);
    const cut = end === -1 ? oldest : oldest.slice(0, end);
    const last = cut.at(-1);
    if (last === undefined) return kept(false);
    const frontier = readFrontier(baseFrontier).add(cut.map(([, hash]) => Buffer.from(hash, 'hex')));
    connection.run('DELETE FROM audit WHERE tenant = ? AND seq <= ?', tenant, last[0]);
    connection.run(
      'UPDATE audit_heads SET base_seq = ?, base_hash = ?, base_frontier = ?, cut_at = ? WHERE tenant = ?',
      last[0],
      last[1],
      frontier.toString(),
      now,
      tenant,
    );
    return kept(cut.length === AT_ONCE);
  },
};

/** @returns how many it has sealed */
function sealSome(connection: Connection, tenant: string, limit: number) {
  const rows = connection.all<EventBody>(
    'SELECT position, body FROM events WHERE tenant = ? AND sealed = 0 ORDER BY position LIMIT ?',
    tenant,
    limit,
  );
  if (rows.length === 0) return kept(0);
  const events = rows.map(([, body]) => JSON.parse(body) as DomainEvent);
  const { entries, head } = sealEvents(readHead(connection, tenant), events);
  for (const entry of entries) insertEntry(connection, entry);
  // They were the first of those that are not sealed yet.
  const last = rows.at(-1)![0];
  connection.run(
    `DELETE FROM events WHERE tenant = ? AND sealed = 0 AND position <= ? AND settled = 1 AND ${NOT_LATEST}`,
    tenant,
    last,
  );
  connection.run(
    `UPDATE events SET sealed = 1, body = iif(settled = 1, '', body) WHERE tenant = ? AND `
      + 'sealed = 0 AND position <= ?',
    tenant,
    last,
  );
  writeHead(connection, tenant, head);
  forgetEvents(connection);
  return kept(rows.length);
}

/** The latest event is never removed, so that no later event takes its position. */
const NOT_LATEST = 'position < (SELECT max(position) FROM events)';

/**
 * Forgets some of the events that are settled and sealed: all that is still asked for is in the audit.
 */
function forgetEvents(connection: Connection): void {
  connection.run(
    `DELETE FROM events WHERE position IN (SELECT position FROM events INDEXED BY events_done
     WHERE settled = 1 AND sealed = 1 ORDER BY position LIMIT ${AT_ONCE}) AND ${NOT_LATEST}`,
  );
}

/** Files an event that no delivery is planned from, unless it is filed or sealed already. */
export function insertEvent(connection: Connection, event: DomainEvent): void {
  connection.run(
    `INSERT INTO events (id, tenant, resource_id, settled, body) SELECT ?1, ?2, ?3, 1, ?4
     WHERE NOT EXISTS (SELECT 1 FROM audit WHERE tenant = ?2 AND id = ?1) ON CONFLICT DO NOTHING`,
    event.id,
    event.tenant,
    event.resourceId,
    JSON.stringify(event),
  );
}

function readHead(connection: Connection, tenant: string): ChainHead {
  const row = connection.get<[number, string, string]>(
    'SELECT seq, hash, frontier FROM audit_heads WHERE tenant = ?',
    tenant,
  );
  return row === undefined ? emptyChain : { seq: row[0], hash: row[1], frontier: readFrontier(row[2]) };
}

function writeHead(connection: Connection, tenant: string, { seq, hash, frontier }: ChainHead): void {
  connection.run(
    `INSERT INTO audit_heads (tenant, seq, hash, frontier, base_seq, base_hash, base_frontier) VALUES (?, ?, ?, ?, 0,
      ?, ?)
     ON CONFLICT DO UPDATE SET seq = excluded.seq, hash = excluded.hash, frontier = excluded.frontier`,
    tenant,
    seq,
    hash,
    frontier.toString(),
    emptyChain.hash,
    emptyChain.frontier.toString(),
  );
}

function insertEntry(connection: Connection, entry: ChainEntry): void {
  const { tenant, seq, id, prev, hash, facts, actor, subject } = entry;
  connection.run(
    `INSERT INTO audit (tenant, seq, id, at, prev, hash, facts, facts_salt,
       actor, actor_salt, actor_digest, subject, subject_salt, subject_digest, search)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, jsonb(?))`,
    tenant,
    seq,
    id,
    momentOf(entry),
    prev,
    hash,
    ...columnsOf(facts).slice(0, 2),
    ...columnsOf(actor),
    ...columnsOf(subject),
    auditSearchText(entry),
  );
}

function rewriteEntry(connection: Connection, entry: ChainEntry): void {
  connection.run(
    `UPDATE audit SET actor = ?, actor_salt = ?, actor_digest = ?, subject = ?, subject_salt = ?, subject_digest = ?,
       search = jsonb(?) WHERE tenant = ? AND seq = ?`,
    ...columnsOf(entry.actor),
    ...columnsOf(entry.subject),
    auditSearchText(entry),
    entry.tenant,
    entry.seq,
  );
}

function columnsOf(part: ChainEntry['facts']): PartColumns {
  return 'digest' in part ? [null, null, part.digest] : [part.text, part.salt, null];
}
