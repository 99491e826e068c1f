import { isDeepStrictEqual } from 'node:util';
import { momentOf } from './audit-event.ts';
import { auditSearchText } from './audit-search.ts';
import type { ChainEntry } from './chain-entry.ts';
import type { Misfiled } from './event-log.ts';

/** What a store keeps beside an entry, from which filters, sorting and retention find it. No hash covers it. */
export interface Filing {
  /** When the event happened. */
  readonly at: string;
  /** The search document, as JSON text. */
  readonly search: string;
}

/**
 * Whether lists find an entry by what it says. The owner of the database could hide an entry from an auditor's
 * filters by changing its filing, without a trace in the chain: so a verification compares the two.
 */
export function isFiled(entry: ChainEntry, { at, search }: Filing): boolean {
  if (!isMoment(entry, at) && at !== momentOf(entry)) return false;
  const right = auditSearchText(entry);
  return search === right || isDeepStrictEqual(parsed(search), JSON.parse(right));
}

/** The facts begin with the moment: reading it needs no parsing where it has the length that all have. */
function isMoment({ facts }: ChainEntry, at: string): boolean {
  return 'text' in facts && at.length === momentLength && facts.text.startsWith(`["${at}",`);
}

const momentLength = '2026-01-01T00:00:00.000Z'.length;

/** An entry as faults name it; undefined where it is filed rightly, or its own content is not whole. */
export function misfiledOf(entry: ChainEntry, filing: Filing): Misfiled | undefined {
  try {
    return isFiled(entry, filing) ? undefined : { seq: entry.seq, id: entry.id };
  } catch {
    // The entry itself cannot be read: its hash tells that.
    return undefined;
  }
}

function parsed(search: string): unknown {
  try {
    return JSON.parse(search);
  } catch {
    return undefined;
  }
}
