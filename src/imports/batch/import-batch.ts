import type { Mapping } from '../file/columns.ts';
import type { FileFacts } from '../file/import-file-error.ts';
import type { Encoding } from '../file/detect-encoding.ts';
import type { DateOrder } from '../file/read-cell.ts';
import type { PlannedChange } from '../plan/decide-row.ts';

/** What is to be done with a file, and how. */
export type ImportOptions = {
  /** Every person that imports manage and that is missing from the file is deactivated. */
  readonly full: boolean;
  /** Whom `full` covers: people that imports created or matched, or everyone. */
  readonly fullScope: 'own' | 'all';
  /** Whether new people are invited; undefined until it is decided. */
  readonly invite?: boolean;
  /** Whether webhooks are told. */
  readonly webhooks: boolean;
  /** Groups that are named and not there are made. */
  readonly createGroups: boolean;
  /** After this many people the run pauses for a check; 0: it does not. */
  readonly canary: number;
  /** People written a second at most; 0: as fast as it goes. */
  readonly perSecond: number;
  /** The run pauses when more than this share of what was tried is refused, or of those created have bounced. */
  readonly pauseAtShare: number;
  readonly dates: DateOrder;
  readonly mapping: Mapping;
  readonly encoding?: Encoding;
  readonly delimiter?: string;
};

/** On whose behalf a file is imported: its limits and what it owns hold. */
export type ImportClient = {
  readonly id: string;
  readonly name: string;
  readonly resourceTypes?: readonly string[];
  readonly attributes?: readonly string[];
};

/** The defaults of an import. */
export const defaultOptions: ImportOptions = {
  full: false,
  fullScope: 'own',
  webhooks: false,
  createGroups: false,
  canary: 0,
  perSecond: 0,
  pauseAtShare: 0.2,
  dates: 'iso',
  mapping: {},
};

/** How many rows came to what. */
export type ImportCounts = {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly deactivated: number;
};

/** No rows. */
export const noCounts: ImportCounts = { created: 0, changed: 0, unchanged: 0, refused: 0, deactivated: 0 };

/** The messages that the plan would send. Times are ISO 8601 UTC. */
export type PlannedMails = {
  readonly count: number;
  /** When the first and the last of them go out. */
  readonly first?: string;
  readonly last?: string;
  /** How many of each template. */
  readonly byTemplate: Readonly<Record<string, number>>;
};

/** What a plan comes to. */
export type PlanSummary = {
  /** Who approves a plan names this: another plan has another. */
  readonly hash: string;
  readonly at: string;
  readonly counts: ImportCounts;
  readonly mails: PlannedMails;
  /** Active people before; deactivations beyond a share of them are asked about. */
  readonly activePeople: number;
  /** So many deactivations are more than a run does without being told their number; absent where they are few. */
  readonly confirmDeactivations?: number;
  /** Groups that would be made. */
  readonly newGroups: readonly string[];
  /** With `full`: people that no import has created or matched, and that are left unchanged. */
  readonly others: number;
  /** With `full`: why no one is deactivated, though people may be missing. */
  readonly blocked?: string;
};

/** One person of a plan, to look at. */
export type PlannedPerson = {
  readonly line: number;
  readonly userName: string;
  readonly kind: 'created' | 'changed' | 'deactivated';
  readonly id?: string;
  readonly changes: readonly PlannedChange[];
  readonly groups: readonly string[];
};

/** A message of a plan, to look at. */
export type PlannedMail = {
  readonly line: number;
  readonly template: string;
  readonly to?: string;
  readonly at: string;
  /** Why it would wait, or would not go at all. */
  readonly reason?: string;
};

/** A person who is not in the file and would be deactivated. */
export type MissingPerson = { readonly id: string; readonly userName: string; readonly displayName?: string };

/** What people look at before they approve. Lists hold the first of many. */
export type PlanDetails = {
  readonly people: readonly PlannedPerson[];
  readonly mails: readonly PlannedMail[];
  readonly missing: readonly MissingPerson[];
};

/**
 * `reading` the file, `planning`, `planned` and waiting for approval, `running`, `done`, `undoing`, `undone`; `failed`
 * where the file cannot be imported at all, `cancelled` where its plan was not approved.
 */
export type ImportStage =
  'reading' | 'planning' | 'planned' | 'running' | 'done' | 'undoing' | 'undone' | 'cancelled' | 'failed';

/** One file and what became of it, as it is kept. Times are ISO 8601 UTC. */
export type ImportBatch = {
  readonly tenant: string;
  readonly id: string;
  /** The file's name. */
  readonly name: string;
  readonly stage: ImportStage;
  /** The job that does the stage's work, or did the last one's. */
  readonly job?: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly options: ImportOptions;
  /** Absent: the import is its own client. */
  readonly client?: ImportClient;
  /** How far the reading is, and when that was written down. */
  readonly reading?: { readonly at: string; readonly rows: number; readonly bytes: number; readonly of: number };
  readonly file?: FileFacts;
  /** What people should look at. */
  readonly notes: readonly string[];
  /** Rows that can be read. */
  readonly rows: number;
  /** Rows that cannot. */
  readonly refusedAtReading: number;
  readonly chunks: number;
  /** Why it has failed. */
  readonly fault?: string;
  readonly plan?: PlanSummary;
  readonly approvedBy?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** What the run has done. */
  readonly counts?: ImportCounts;
  /** Groups that the run has made. */
  readonly madeGroups?: readonly string[];
  /** Until when it can be undone. */
  readonly undoUntil?: string;
  readonly undone?: UndoSummary;
};

/** A batch whose file is about to be read. @param by who imports it @param at ISO 8601 UTC */
export function newBatch({
  tenant,
  id,
  name,
  by,
  at,
  options,
  client,
}: Pick<ImportBatch, 'tenant' | 'id' | 'name'> & {
  readonly by: string;
  readonly at: string;
  readonly options: Partial<ImportOptions>;
  readonly client: ImportClient | undefined;
}): ImportBatch {
  return {
    tenant,
    id,
    name: name.slice(0, 200),
    stage: 'reading',
    createdAt: at,
    createdBy: by,
    options: { ...defaultOptions, ...options },
    ...(client === undefined ? {} : { client }),
    notes: [],
    rows: 0,
    refusedAtReading: 0,
    chunks: 0,
  };
}

/** What an undo has done. */
export type UndoSummary = {
  readonly removed: number;
  /** People who have signed in or set a password meanwhile: deactivated, not removed. */
  readonly deactivated: number;
  readonly restored: number;
  /** People left unchanged because they were changed since; the first of many, with the reason. */
  readonly left: number;
  readonly leftPeople: readonly { readonly id: string; readonly userName: string; readonly reason: string }[];
};

/** A row that was refused, with the cells as they were. */
export type Refusal = {
  readonly line: number;
  readonly userName?: string;
  readonly reason: string;
  readonly cells: readonly string[];
};

/** What a run did to one person, so that it can be undone. */
export type DoneRow = {
  readonly line: number;
  readonly kind: 'create' | 'change' | 'deactivate' | 'unchanged' | 'refused';
  readonly id?: string;
  readonly userName?: string;
  readonly changes?: readonly PlannedChange[];
  /** Names of groups that they are added to, and the ids of those that they were. */
  readonly wantedGroups?: readonly string[];
  readonly groups?: readonly string[];
  /** The manager's externalId: one of the file's own people, who is set when all are there. */
  readonly manager?: string;
  /** About to be done: it may have been, where the process died. */
  readonly intent?: boolean;
};
