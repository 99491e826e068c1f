import { type ChainEntry, emptyChain, eraseEntry, hashOfEntry, sealEvents } from '../../src/history/chain-entry.ts';
import type { FaultKind } from '../../src/history/verify/chain-faults.ts';
import { event } from '../contract/fixtures.ts';

/** A chain of a tenant with so many entries. */
export function chainOf(size: number, tenant = 'harbour'): ChainEntry[] {
  const events = Array.from({ length: size }, (_, n) =>
    event(`${tenant}-${n + 1}`, {
      tenant,
      actor: { kind: 'client', id: 'c1', name: 'Okta' },
      name: `user${n}@example.com`,
      changes: [{ path: 'userName', after: `user${n}@example.com` }],
    }),
  );
  return [...sealEvents(emptyChain, events).entries];
}

/** A chain with one thing wrong, and what must be said of it. */
export interface FaultyChain {
  readonly rows: readonly ChainEntry[];
  readonly kinds: readonly FaultKind[];
  readonly seqs: readonly number[];
  readonly story: string;
}

/** Makes one random fault. @param random from 0 up to 1; @param sorted rows are read in the order of their places */
export function spoil(rows: readonly ChainEntry[], random: () => number, sorted: boolean): FaultyChain {
  const at = (most = rows.length) => Math.floor(random() * most);
  const n = at();
  const row = rows[n]!;
  const list = [...rows];
  const done = (kinds: readonly FaultKind[], seqs: readonly number[], story: string): FaultyChain => ({
    rows: sorted ? [...list].sort((one, other) => one.seq - other.seq) : list,
    kinds,
    seqs,
    story: `${story} (${sorted ? 'sorted' : 'in lines'}), seed row ${n + 1}`,
  });
  switch (at(9)) {
    case 0: {
      list[n] = flipped(row, random);
      return done(['altered'], [row.seq], 'a flipped bit');
    }
    case 1: {
      list.splice(n, 1);
      return n === rows.length - 1
        ? done(['cut'], [row.seq], 'the last one removed')
        : done(['removed'], [row.seq], 'removed');
    }
    case 2: {
      const m = (n + 1 + at(rows.length - 1)) % rows.length;
      const other = rows[m]!;
      list[n] = sorted ? { ...other, seq: row.seq } : other;
      list[m] = sorted ? { ...row, seq: other.seq } : row;
      return done(['swapped'], [row.seq, other.seq], `swapped with ${m + 1}`);
    }
    case 3: {
      const forged = { ...row, id: 'forged', seq: sorted ? rows.length + 1 : row.seq };
      const added = at(2) === 0 ? forged : { ...forged, hash: hashOfEntry(forged) };
      list.splice(at(2) === 0 ? n : n + 1, 0, added);
      return done(['added', 'altered'], [added.seq], 'a row added');
    }
    case 4: {
      const left = rows.length - 1 - at(Math.min(20, rows.length - 1));
      list.splice(left);
      return done(['cut'], [left + 1], 'the tail cut');
    }
    case 5: {
      const foreign = chainOf(3, 'other')[at(3)]!;
      const placed = { ...foreign, seq: sorted ? rows.length + 1 : foreign.seq };
      list.splice(n, 0, placed);
      return done(['foreign'], [placed.seq], 'a row of another tenant');
    }
    case 7: {
      const blank = eraseEntry(row);
      list[n] = at(2) === 0 ? blank : { ...row, subject: blank.subject };
      return done(['blanked'], [row.seq], 'blanked as if erased');
    }
    case 6: {
      const rewritten = { ...row, facts: { text: '["forged"]', salt: 'x' } };
      list[n] = { ...rewritten, hash: hashOfEntry(rewritten) };
      return n === rows.length - 1
        ? done(['altered', 'rebuilt'], [row.seq, 1], 'the last one written anew')
        : done(['altered'], [row.seq], 'written anew');
    }
    default: {
      const rebuilt: ChainEntry[] = [];
      for (const entry of rows) {
        const anew = {
          ...entry,
          ...(entry === row ? { subject: { text: '["forged"]', salt: 'x' } } : {}),
          prev: rebuilt.at(-1)?.hash ?? entry.prev,
        };
        rebuilt.push({ ...anew, hash: hashOfEntry(anew) });
      }
      list.splice(0, list.length, ...rebuilt);
      return done(['rebuilt'], [1], 'the chain rebuilt');
    }
  }
}

/** One bit of one column of a row. */
function flipped(row: ChainEntry, random: () => number): ChainEntry {
  const columns = ['prev', 'hash', 'id', 'facts', 'actor', 'subject', 'salt'] as const;
  const column = columns[Math.floor(random() * columns.length)]!;
  const flip = (text: string): string => {
    const bytes = Buffer.from(text, 'latin1');
    const index = Math.floor(random() * bytes.length);
    bytes[index] = bytes[index]! ^ (1 << Math.floor(random() * 6));
    return bytes.toString('latin1');
  };
  if (column === 'salt')
    return {
      ...row,
      subject: {
        ...(row.subject as { text: string; salt: string }),
        salt: flip((row.subject as { salt: string }).salt),
      },
    };
  if (column === 'facts' || column === 'actor' || column === 'subject') {
    const part = row[column] as { text: string; salt: string };
    return { ...row, [column]: { ...part, text: flip(part.text) } };
  }
  return { ...row, [column]: flip(row[column]) };
}
