import { chunkRows } from '../batch/batch-notes.ts';
import { noCounts, type DoneRow, type ImportBatch, type ImportCounts } from '../batch/import-batch.ts';

/** Where a run is: written after each chunk. */
export type RunCheckpoint = {
  readonly phase: 'checking' | 'writing' | 'managers' | 'missing';
  readonly chunk: number;
  readonly counts: ImportCounts;
  /** The counts before the chunk at hand, whose own are counted from what is kept of it. */
  readonly base: ImportCounts;
  /** People written, and rows that the server refused, since the run was last resumed. */
  readonly written: number;
  readonly failed: number;
  /** What a pause has told of messages that came back, so that the next one tells of more. */
  readonly told?: { readonly bounced: number; readonly created: number };
  /** Some rows' managers are to be set when all are there. */
  readonly managers: boolean;
  readonly canaryOver: boolean;
  /** Ids of groups that the run has made. */
  readonly madeGroups: readonly string[];
};

/** Where a run begins. */
export function startCheckpoint(): RunCheckpoint {
  return {
    phase: 'checking',
    chunk: 0,
    counts: noCounts,
    base: noCounts,
    written: 0,
    failed: 0,
    managers: false,
    canaryOver: false,
    madeGroups: [],
  };
}

/** Whether something of a person was written for a row. */
export function isWrite({ kind }: DoneRow): boolean {
  return kind === 'create' || kind === 'change' || kind === 'deactivate';
}

/** How many of the rows came to what. */
export function countsOf(rows: readonly DoneRow[]): Partial<ImportCounts> {
  const names = {
    create: 'created',
    change: 'changed',
    deactivate: 'deactivated',
    unchanged: 'unchanged',
    refused: 'refused',
  } as const;
  const counts: Record<string, number> = {};
  for (const { kind } of rows) counts[names[kind]] = (counts[names[kind]] ?? 0) + 1;
  return counts;
}

/** Counts with more of them. */
export function added(counts: ImportCounts, more: Partial<ImportCounts>): ImportCounts {
  return {
    created: counts.created + (more.created ?? 0),
    changed: counts.changed + (more.changed ?? 0),
    unchanged: counts.unchanged + (more.unchanged ?? 0),
    refused: counts.refused + (more.refused ?? 0),
    deactivated: counts.deactivated + (more.deactivated ?? 0),
  };
}

/** How far a run is. Each phase counts from nothing: the rows it has gone through, or the people who are missing. */
export function progressOf(
  { phase, chunk, counts, base }: RunCheckpoint,
  { rows, plan }: Pick<ImportBatch, 'rows' | 'plan'>,
): { readonly done: number; readonly total: number } {
  if (phase === 'managers') return { done: Math.min(rows, chunk * chunkRows), total: rows };
  if (phase === 'missing') {
    const inFile = base.deactivated;
    return { done: counts.deactivated - inFile, total: (plan?.counts.deactivated ?? 0) - inFile };
  }
  return { done: Object.values(counts).reduce((sum, count) => sum + count, 0), total: rows };
}
