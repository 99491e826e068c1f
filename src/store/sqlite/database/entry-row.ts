import type { ChainEntry, Part } from '../../../history/chain-entry.ts';
import type { Misfiled } from '../../../history/event-log.ts';
import { misfiledOf } from '../../../history/filing.ts';

/** The columns of an EntryRow, in its order, of the table `audit` called `records`. */
export const ENTRY_COLUMNS =
  'records.tenant, records.seq, records.id, records.prev, records.hash, records.facts, records.facts_salt, '
  + 'records.actor, records.actor_salt, records.actor_digest, '
  + 'records.subject, records.subject_salt, records.subject_digest';

/** A sealed event as SQLite gives it. */
export type EntryRow = readonly [
  tenant: string,
  seq: number,
  id: string,
  prev: string,
  hash: string,
  facts: string,
  factsSalt: string,
  actor: string | null,
  actorSalt: string | null,
  actorDigest: string | null,
  subject: string | null,
  subjectSalt: string | null,
  subjectDigest: string | null,
];

/** What is kept beside an entry so that lists find it, after the columns of an EntryRow. */
export const FILED_COLUMNS = `${ENTRY_COLUMNS}, records.at, json(records.search)`;

/** A sealed event as SQLite gives it, with what lists find it by. */
export type FiledRow = readonly [...EntryRow, at: string, search: string];

/** The entry of a row, and its name where lists would not find it by what it says. */
export function readFiled(row: FiledRow): { readonly entry: ChainEntry; readonly odd: Misfiled | undefined } {
  const entry = readEntry(row);
  return { entry, odd: misfiledOf(entry, { at: row[13], search: row[14] }) };
}

/** The entry of a row; what follows its columns is left alone. */
export function readEntry(row: EntryRow | FiledRow): ChainEntry {
  return {
    tenant: row[0],
    seq: row[1],
    id: row[2],
    prev: row[3],
    hash: row[4],
    facts: { text: row[5], salt: row[6] },
    actor: partOf(row[7], row[8], row[9]),
    subject: partOf(row[10], row[11], row[12]),
  };
}

function partOf(text: string | null, salt: string | null, digest: string | null): Part {
  return text === null ? { digest: digest ?? '' } : { text, salt: salt ?? '' };
}
