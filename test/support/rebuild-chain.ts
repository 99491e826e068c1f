import { join } from 'node:path';
import Database from 'libsql';
import { createConnection } from 'mongoose';
import { auditSearch } from '../../src/history/audit-search.ts';
import { type ChainEntry, emptyChain, firstPrev, hashOfEntry } from '../../src/history/chain-entry.ts';
import { ENTRY_COLUMNS, type EntryRow, readEntry } from '../../src/store/sqlite/database/entry-row.ts';
import { auditDocument } from '../../src/store/mongo/outbox/audit-document.ts';

/** Where a chain is kept: by the owner of the database, who has no key of the audit. */
export interface OwnedChain {
  readonly folder: string | undefined;
  readonly mongodbUri: string | undefined;
}

/**
 * Changes a text in a tenant's whole chain and works every hash out again, so that the entries follow one another as if
 * nothing had been changed.
 */
export async function rebuildChain({ folder, mongodbUri }: OwnedChain, from: string, to: string): Promise<void> {
  if (mongodbUri !== undefined) return rebuildInMongo(mongodbUri, from, to);
  const database = new Database(join(folder ?? '', 'latchkey.db'));
  database.exec('PRAGMA busy_timeout = 5000');
  const rows = database
    .prepare(`SELECT ${ENTRY_COLUMNS} FROM audit AS records WHERE tenant = 'default' ORDER BY seq`)
    .raw()
    .all() as unknown as EntryRow[];
  const { entries, hash, frontier } = linkedAgain(rows.map(readEntry), from, to);
  const update = database.prepare(
    'UPDATE audit SET prev = ?, hash = ?, subject = ?, actor = ?, search = jsonb(?) WHERE tenant = ? AND seq = ?',
  );
  for (const entry of entries) {
    const { prev, hash: own, subject, actor, tenant, seq } = entry;
    const text = (part: typeof subject): string | null => ('text' in part ? part.text : null);
    update.run([prev, own, text(subject), text(actor), JSON.stringify(auditSearch(entry)), tenant, seq]);
  }
  database.prepare(`UPDATE audit_heads SET hash = ?, frontier = ? WHERE tenant = 'default'`).run([hash, frontier]);
  database.close();
}

async function rebuildInMongo(uri: string, from: string, to: string): Promise<void> {
  const connection = await createConnection(uri).asPromise();
  const audit = connection.collection('audit');
  const documents = await audit.find({ tenant: 'default' }).sort({ position: 1 }).toArray();
  const kept = documents.map(({ resource }) => JSON.parse(String(resource.entry)) as ChainEntry);
  const { entries, hash, frontier, seq } = linkedAgain(kept, from, to);
  for (const [n, entry] of entries.entries()) {
    const { resource, search } = auditDocument(entry);
    await audit.updateOne({ _id: documents[n]!._id }, { $set: { resource, search } });
  }
  const chains = connection.collection<{ _id: string }>('chains');
  await chains.updateOne({ _id: 'default' }, { $set: { seq, hash, frontier } });
  await connection.close();
}

function linkedAgain(
  entries: readonly ChainEntry[],
  from: string,
  to: string,
): { readonly entries: readonly ChainEntry[]; readonly seq: number; readonly hash: string; readonly frontier: string } {
  let prev = firstPrev;
  const linked = entries.map((entry) => {
    const changed = (part: ChainEntry['facts']): ChainEntry['facts'] =>
      'text' in part ? { ...part, text: part.text.replaceAll(from, to) } : part;
    const unlinked = { ...entry, prev, actor: changed(entry.actor), subject: changed(entry.subject) };
    prev = hashOfEntry(unlinked);
    return { ...unlinked, hash: prev };
  });
  const frontier = emptyChain.frontier.add(linked.map(({ hash }) => Buffer.from(hash, 'hex')));
  return { entries: linked, seq: linked.length, hash: prev, frontier: frontier.toString() };
}
