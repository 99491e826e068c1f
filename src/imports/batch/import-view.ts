import { hasEnded, type Job } from '../../jobs/jobs.ts';
import type {
  ImportBatch,
  ImportCounts,
  ImportOptions,
  MissingPerson,
  PlanDetails,
  PlannedMail,
  PlannedPerson,
  PlanSummary,
  Refusal,
  UndoSummary,
} from './import-batch.ts';
import { noCounts } from './import-batch.ts';

/** What can be asked of an import in the state it is in. */
export type ImportAction = 'run' | 'pause' | 'resume' | 'cancel' | 'undo';

/** The state that people see. */
export type ImportState =
  'reading' | 'planning' | 'planned' | 'running' | 'paused' | 'done' | 'cancelled' | 'failed' | 'undoing' | 'undone';

/** An import in a list. Times are ISO 8601 UTC. */
export interface ImportRow {
  readonly id: string;
  /** The file's name. */
  readonly name: string;
  readonly state: ImportState;
  /** Why it is paused or has failed. */
  readonly reason: string | undefined;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  /** What the run has done; before it, what the plan says. */
  readonly counts: ImportCounts;
  readonly progress: ImportProgress | undefined;
  readonly actions: readonly ImportAction[];
}

/** How far it is. */
export interface ImportProgress {
  /**
   * `reading` the file; `keys`, `comparing` while it is planned; `checking`, `writing`, `managers`, `missing` while it
   * runs; `undoing`. Each phase counts from nothing.
   */
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/** One import with its plan and what became of it. */
export interface ImportView extends ImportRow {
  readonly file: ImportBatch['file'];
  readonly options: ImportOptions;
  /** What people should look at before they approve: sentences. */
  readonly notes: readonly string[];
  readonly rows: number;
  readonly plan: PlanSummary | undefined;
  /** What must be said with `run`. */
  readonly questions: readonly ImportQuestion[];
  /** Lists hold the first of many. */
  readonly people: readonly PlannedPerson[];
  readonly mails: readonly PlannedMail[];
  readonly missing: readonly MissingPerson[];
  /** The first 200; `GET …/errors` has them all. */
  readonly refusals: readonly Omit<Refusal, 'cells'>[];
  readonly undoUntil: string | undefined;
  readonly undone: UndoSummary | undefined;
}

/** A question that approving answers. */
export type ImportQuestion =
  | { readonly name: 'invite'; readonly text: string }
  | { readonly name: 'deactivate'; readonly text: string; readonly count: number };

/** The batch as a row of a list. @param job the job that plans, runs or undoes it, where there is one */
export function rowOf(batch: ImportBatch, job: Job | undefined): ImportRow {
  const state = stateOf(batch, job);
  const isOver = job !== undefined && hasEnded(job) && batch.stage === 'running';
  const ended = batch.endedAt ?? (isOver ? job.endedAt : undefined);
  const isBusy = ['planning', 'running', 'paused', 'undoing'].includes(state);
  return {
    id: batch.id,
    name: batch.name,
    state,
    reason: batch.fault ?? job?.reason,
    createdAt: batch.createdAt,
    createdBy: batch.createdBy,
    startedAt: batch.startedAt,
    endedAt: ended,
    counts: batch.counts ?? countsIn(batch, job) ?? batch.plan?.counts ?? noCounts,
    progress:
      state === 'reading'
        ? readingOf(batch)
        : isBusy && job !== undefined
          ? { phase: job.progress.phase ?? state, done: job.progress.done, total: job.progress.total ?? batch.rows }
          : undefined,
    actions: actionsOf(batch, state),
  };
}

/** The batch with all that is kept of it. */
export function viewOf(
  batch: ImportBatch,
  job: Job | undefined,
  details: PlanDetails,
  refusals: readonly Refusal[],
): ImportView {
  return {
    ...rowOf(batch, job),
    file: batch.file,
    options: batch.options,
    notes: [...batch.notes, ...(batch.plan?.blocked === undefined ? [] : [batch.plan.blocked])],
    rows: batch.rows + batch.refusedAtReading,
    plan: batch.plan,
    questions: batch.stage === 'planned' ? questionsOf(batch) : [],
    people: details.people,
    mails: details.mails,
    missing: details.missing,
    refusals: refusals.map(({ line, userName, reason }) => ({
      line,
      reason,
      ...(userName === undefined ? {} : { userName }),
    })),
    undoUntil: batch.undoUntil,
    undone: batch.undone,
  };
}

/** What approving must answer. */
export function questionsOf({ plan, options }: ImportBatch): readonly ImportQuestion[] {
  if (plan === undefined) return [];
  const { created } = plan.counts;
  const asksInvite = options.invite === undefined && created > 0;
  const count = plan.confirmDeactivations;
  return [
    ...(asksInvite
      ? [
          {
            name: 'invite' as const,
            text:
              `Invite ${created === 1 ? 'the new person' : `the ${created} new people`}? `
              + `${plan.mails.count === 1 ? 'One message' : `${plan.mails.count} messages`} would go out.`,
          },
        ]
      : []),
    ...(count === undefined
      ? []
      : [
          {
            name: 'deactivate' as const,
            count,
            text: `${count} of ${plan.activePeople} active people would be deactivated. Say their number to go on.`,
          },
        ]),
  ];
}

function stateOf({ stage }: ImportBatch, job: Job | undefined): ImportState {
  if (job === undefined || ['reading', 'planned', 'done', 'undone', 'cancelled', 'failed'].includes(stage))
    return stage;
  if (job.state === 'paused' || job.state === 'cancelled' || job.state === 'failed') return job.state;
  return stage;
}

/** Rows read, of about how many: the file tells its bytes alone. */
function readingOf({ reading }: ImportBatch): ImportProgress {
  const { rows = 0, bytes = 0, of = 0 } = reading ?? {};
  return { phase: 'reading', done: rows, total: bytes === 0 ? rows : Math.max(rows, Math.round((rows * of) / bytes)) };
}

function countsIn({ stage }: ImportBatch, job: Job | undefined): ImportCounts | undefined {
  if (stage !== 'running') return undefined;
  return job?.checkpoint['counts'] as ImportCounts | undefined;
}

function actionsOf({ plan, undoUntil }: ImportBatch, state: ImportState): readonly ImportAction[] {
  switch (state) {
    case 'planned':
      return plan === undefined ? [] : ['run', 'cancel'];
    case 'reading':
    case 'planning':
      return ['cancel'];
    case 'running':
      return ['pause', 'cancel'];
    case 'undoing':
      return ['pause'];
    case 'paused':
      return ['resume', 'cancel'];
    case 'done':
    case 'cancelled':
    case 'failed':
      return undoUntil === undefined ? [] : ['undo'];
    default:
      return [];
  }
}
