import { noCounts, type DoneRow, type ImportCounts } from '../batch/import-batch.ts';

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
