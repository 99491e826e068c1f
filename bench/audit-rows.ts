import Database from 'libsql';
import { momentOf } from '../src/history/audit-event.ts';
import { auditSearchText } from '../src/history/audit-search.ts';
import { emptyChain, sealEvents, type ChainHead } from '../src/history/chain-entry.ts';
import type { DomainEvent } from '../src/domain/events.ts';

/**
 * Fills the table of the audit with a chain of many events in a fraction of the time that sealing takes: its indexes
 * are made at the end.
 * @param file a database at the present schema
 * @param isSearched whether filters are to find the events: a verification does without their indexes
 */
export function fillChain(
  file: string,
  tenant: string,
  size: number,
  eventAt: (n: number) => DomainEvent,
  isSearched = false,
): void {
  const database = new Database(file);
  const names = database.prepare(`SELECT name, sql FROM sqlite_master WHERE name LIKE 'audit_by_%'`).all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of names) database.exec(`DROP INDEX ${name}`);
  const insert = database.prepare(
    `INSERT INTO audit (tenant, seq, id, at, prev, hash, facts, facts_salt, actor, actor_salt, subject, subject_salt, search)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, jsonb(?))`,
  );
  let head: ChainHead = emptyChain;
  for (let from = 0; from < size; from += 5_000) {
    const events = Array.from({ length: Math.min(5_000, size - from) }, (_, n) => eventAt(from + n));
    const sealed = sealEvents(head, events);
    head = sealed.head;
    database.exec('BEGIN');
    for (const entry of sealed.entries) {
      const { seq, id, prev, hash, ...parts } = entry;
      const columns = [parts.facts, parts.actor, parts.subject].flatMap((part) =>
        'digest' in part ? [] : [part.text, part.salt],
      );
      const search = auditSearchText(entry);
      insert.run([tenant, seq, id, momentOf(entry), prev, hash, ...columns, search]);
    }
    database.exec('COMMIT');
  }
  if (isSearched) for (const { sql } of names) database.exec(sql);
  const empty = emptyChain.frontier.toString();
  database
    .prepare('INSERT OR REPLACE INTO audit_heads VALUES (?, ?, ?, ?, 0, ?, ?, NULL)')
    .run([tenant, head.seq, head.hash, head.frontier.toString(), emptyChain.hash, empty]);
  database.close();
}
