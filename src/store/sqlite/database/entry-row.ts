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

/** The entries of rows, and those among them that lists would not find by what they say. */
export function readFiled(rows: readonly FiledRow[]): {
  readonly entries: ChainEntry[];
  readonly misfiled: Misfiled[];
} {
  const entries: ChainEntry[] = [];
  const misfiled: Misfiled[] = [];
  for (const row of rows) {
    const entry = readEntry(row.slice(0, -2) as unknown as EntryRow);
    const odd = misfiledOf(entry, { at: row.at(-2) as string, search: row.at(-1) as string });
    entries.push(entry);
    if (odd !== undefined) misfiled.push(odd);
  }
  return { entries, misfiled };
}

/** The entry of a row. */
export function readEntry(row: EntryRow): ChainEntry {
  const [tenant, seq, id, prev, hash, facts, factsSalt, actor, actorSalt, actorDigest, ...subject] = row;
  return {
    tenant,
    seq,
    id,
    prev,
    hash,
    facts: { text: facts, salt: factsSalt },
    actor: partOf(actor, actorSalt, actorDigest),
    subject: partOf(...subject),
  };
}

function partOf(text: string | null, salt: string | null, digest: string | null): Part {
  return text === null ? { digest: digest ?? '' } : { text, salt: salt ?? '' };
}
