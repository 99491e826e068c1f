import Database from 'libsql';
import { emptyChain, sealEvents, type ChainHead } from '../src/history/chain-entry.ts';
import type { DomainEvent } from '../src/domain/events.ts';

/**
 * Fills the table of the audit with a chain of many events in a fraction of the time that sealing takes: without the
 * indexes of filters, which a verification does not read.
 * @param file a database at the present schema
 */
export function fillChain(file: string, tenant: string, size: number, eventAt: (n: number) => DomainEvent): void {
  const database = new Database(file);
  const names = database.prepare(`SELECT name FROM sqlite_master WHERE name LIKE 'audit_by_%'`).all() as {
    name: string;
  }[];
  for (const { name } of names) database.exec(`DROP INDEX ${name}`);
  const insert = database.prepare(
    `INSERT INTO audit (tenant, seq, id, at, prev, hash, facts, facts_salt, actor, actor_salt, subject, subject_salt, search)
     VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?, jsonb('{}'))`,
  );
  let head: ChainHead = emptyChain;
  for (let from = 0; from < size; from += 5_000) {
    const events = Array.from({ length: Math.min(5_000, size - from) }, (_, n) => eventAt(from + n));
    const sealed = sealEvents(head, events);
    head = sealed.head;
    database.exec('BEGIN');
    for (const { seq, id, prev, hash, ...parts } of sealed.entries) {
      const columns = [parts.facts, parts.actor, parts.subject].flatMap((part) =>
        'digest' in part ? [] : [part.text, part.salt],
      );
      insert.run([tenant, seq, id, prev, hash, ...columns]);
    }
    database.exec('COMMIT');
  }
  const empty = emptyChain.frontier.toString();
  database
    .prepare('INSERT OR REPLACE INTO audit_heads VALUES (?, ?, ?, ?, 0, ?, ?, NULL)')
    .run([tenant, head.seq, head.hash, head.frontier.toString(), emptyChain.hash, empty]);
  database.close();
}
