import type { ChainEntry, Part } from '../../../history/chain-entry.ts';

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
