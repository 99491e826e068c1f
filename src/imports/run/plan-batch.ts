import { createHash } from 'node:crypto';
import type { DryRunReport } from '../../scim/port/dry-run.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { Representation } from '../../scim/port/resource-handler.ts';
import { digestOf, type Decision } from '../plan/decide-row.ts';
import { cellsOf, chunkRows, type BatchNotes } from '../batch/batch-notes.ts';
import { BatchRows, inOrder, type DecidedRow } from '../batch/batch-rows.ts';
import { createRows } from './create-rows.ts';
import { FullFile, type Missing } from './full-file.ts';
import {
  noCounts,
  type ImportBatch,
  type ImportCounts,
  type PlanDetails,
  type PlannedMail,
  type PlannedPerson,
  type PlanSummary,
  type Refusal,
} from '../batch/import-batch.ts';
import { isActive, nothingMore, People, type PeopleParts } from '../batch/people.ts';
import type { Steps } from '../batch/steps.ts';

/** What planning works with. */
export interface PlanParts extends PeopleParts {
  readonly batches: BatchNotes;
  readonly timezoneOf: (tenant: string) => string;
  readonly now: () => Date;
}

/** People and mails of a plan that are shown. */
const shownPeople = 200;
const shownMails = 50;

/** The letter of each kind of row in a planned chunk. */
const letters = { create: 'c', change: 'g', deactivate: 'd', unchanged: 'u', refused: 'r' } as const;

/**
 * Works out what a batch would do, and keeps it: of every row its decision, of all together the hash. Writes nothing of
 * the people themselves.
 * @returns undefined where it had to stop
 */
export async function planBatch(parts: PlanParts, batch: ImportBatch, steps: Steps): Promise<PlanSummary | undefined> {
  const people = new People(parts, batch);
  const rows = new BatchRows({ ...parts, timezone: parts.timezoneOf(batch.tenant) }, batch, people);
  await parts.batches.forgetRefusals(batch, 'plan');
  await rows.readKeys(steps);
  const tally = new PlanTally();
  const full = batch.options.full ? new FullFile(parts, batch, people) : undefined;
  for (let chunk = 0; chunk < batch.chunks; chunk += 1) {
    if (steps.mustStop()) return undefined;
    const decided = await rows.decide(chunk);
    const tried = await tryRows(parts, batch, people, decided);
    await full?.see(tried);
    const digests = decided.map(({ row, decision }) => digestOf(row.line, decision));
    const kinds = tried.map((one) => letters[kindOf(one.decision)]).join('');
    await parts.batches.putPlanned(batch, chunk, { kinds, digests });
    const refusals = tried.flatMap((one) => refusalOf(one) ?? []);
    if (refusals.length > 0) await parts.batches.putRefusals(batch, 'plan', chunk, refusals);
    for (const [index, one] of tried.entries()) tally.add(one, digests[index] ?? '');
    await steps.step(Math.min(batch.rows, (chunk + 1) * chunkRows), batch.rows, 'comparing');
  }
  const missing = await full?.findMissing(steps);
  if (full !== undefined && missing === undefined) return undefined;
  const activePeople = await people.count(isActive);
  const { summary, details } = tally.finish(batch, activePeople, parts.now(), missing, [...rows.newGroups]);
  await parts.batches.putDetails(batch, details);
  return summary;
}

/**
 * The hash that the plan would have now; it differs from the approved one where anything was changed meanwhile that the
 * plan is about.
 */
export async function hashNow(parts: PlanParts, batch: ImportBatch, steps: Steps): Promise<string | undefined> {
  const people = new People(parts, batch);
  const rows = new BatchRows({ ...parts, timezone: parts.timezoneOf(batch.tenant) }, batch, people);
  await rows.readKeys(steps);
  const hash = createHash('sha256');
  const full = batch.options.full ? new FullFile(parts, batch, people, false) : undefined;
  for (let chunk = 0; chunk < batch.chunks; chunk += 1) {
    if (steps.mustStop()) return undefined;
    const decided = await rows.decide(chunk);
    await full?.see(decided);
    for (const { row, decision } of decided) hash.update(digestOf(row.line, decision));
    await steps.step(Math.min(batch.rows, (chunk + 1) * chunkRows), batch.rows, 'checking');
  }
  const missing = await full?.findMissing(steps);
  if (full !== undefined && missing === undefined) return undefined;
  return finishHash(hash, batch, missing?.hash ?? '');
}

/** What a decision is counted as. */
export function kindOf(decision: Decision): keyof typeof letters {
  if (decision.kind !== 'change') return decision.kind;
  return decision.changes.some(({ path, after }) => path === 'active' && after === false) ? 'deactivate' : 'change';
}

interface TriedRow extends DecidedRow {
  readonly report?: DryRunReport;
}

/** Works the writes of rows out to the end: what the server would refuse is refused here. */
async function tryRows(
  parts: PlanParts,
  batch: ImportBatch,
  people: People,
  rows: readonly DecidedRow[],
): Promise<readonly TriedRow[]> {
  const context = people.context('plan', true);
  const creates = await createRows(parts, batch, context, rows);
  return inOrder(rows, async (one, index) => {
    const made = creates[index];
    if (made !== undefined) return triedAs(one, made);
    const { decision, row } = one;
    if (decision.kind !== 'change' || decision.operations.length === 0) return one;
    try {
      const { id, operations } = decision;
      const patched = { ...context, requestId: people.context(String(row.line)).requestId };
      const done = await parts.handler.patch(patched, parts.userType, id, operations, {}, nothingMore);
      return triedAs(one, done.representation);
    } catch (cause) {
      if (!(cause instanceof ScimError) || cause.status >= 500) throw cause;
      return triedAs(one, cause);
    }
  });
}

function triedAs(one: DecidedRow, made: Representation | ScimError): TriedRow {
  if (made instanceof ScimError) return { ...one, decision: { kind: 'refused', reason: made.message } };
  return made.dryRun === undefined ? one : { ...one, report: made.dryRun };
}

/** The refusal of a row, for the errors file; undefined where it is not refused. */
export function refusalOf({ row, person, decision }: DecidedRow): Refusal | undefined {
  if (decision.kind !== 'refused') return undefined;
  return refusalWith(row, decision.reason, person?.userName);
}

/** A refusal with the row's cells as they were. */
export function refusalWith(row: DecidedRow['row'], reason: string, userName?: string): Refusal {
  return { line: row.line, reason, cells: cellsOf(row), ...(userName === undefined ? {} : { userName }) };
}

class PlanTally {
  readonly #hash = createHash('sha256');
  readonly #counts: Record<keyof ImportCounts, number> = { ...noCounts };
  readonly #templates: Record<string, number> = {};
  readonly #people: PlannedPerson[] = [];
  readonly #mails: PlannedMail[] = [];
  #first: string | undefined;
  #last: string | undefined;

  add({ row, person, decision, report }: TriedRow, digest: string): void {
    this.#hash.update(digest);
    const kind = kindOf(decision);
    this.#counts[counted[kind]] += 1;
    for (const { template, to, notBefore, reason } of report?.deliveries ?? []) {
      this.#templates[template] = (this.#templates[template] ?? 0) + 1;
      if (this.#first === undefined || notBefore < this.#first) this.#first = notBefore;
      if (this.#last === undefined || notBefore > this.#last) this.#last = notBefore;
      if (this.#mails.length < shownMails) {
        this.#mails.push({
          line: row.line,
          template,
          at: notBefore,
          ...(to === undefined ? {} : { to }),
          ...(reason === undefined ? {} : { reason }),
        });
      }
    }
    if (decision.kind !== 'create' && decision.kind !== 'change') return;
    if (this.#people.length < shownPeople) {
      this.#people.push({
        line: row.line,
        userName: person?.userName ?? person?.externalId ?? '',
        kind: kind === 'create' ? 'created' : kind === 'deactivate' ? 'deactivated' : 'changed',
        ...(decision.kind === 'change' ? { id: decision.id } : {}),
        changes: decision.changes,
        groups: decision.groups,
      });
    }
  }

  finish(
    batch: ImportBatch,
    activePeople: number,
    now: Date,
    missing: Missing | undefined,
    newGroups: readonly string[],
  ): { readonly summary: PlanSummary; readonly details: PlanDetails } {
    const refused = this.#counts.refused + batch.refusedAtReading;
    const deactivated = this.#counts.deactivated + (missing?.count ?? 0);
    const counts = { ...this.#counts, refused, deactivated };
    const isMany = deactivated > Math.max(fewest, activePeople * guardShare);
    const count = Object.values(this.#templates).reduce((sum, one) => sum + one, 0);
    const summary: PlanSummary = {
      hash: finishHash(this.#hash, batch, missing?.hash ?? ''),
      at: now.toISOString(),
      counts,
      mails: {
        count,
        byTemplate: this.#templates,
        ...(this.#first === undefined ? {} : { first: this.#first }),
        ...(this.#last === undefined ? {} : { last: this.#last }),
      },
      activePeople,
      ...(isMany ? { confirmDeactivations: deactivated } : {}),
      newGroups,
      others: missing?.others ?? 0,
      ...(missing?.blocked === undefined ? {} : { blocked: missing.blocked }),
    };
    return { summary, details: { people: this.#people, mails: this.#mails, missing: missing?.first ?? [] } };
  }
}

/** So many deactivations are done without being asked about, or this share of the active people. */
const fewest = 5;
const guardShare = 0.1;

const counted = {
  create: 'created',
  change: 'changed',
  deactivate: 'deactivated',
  unchanged: 'unchanged',
  refused: 'refused',
} as const satisfies Record<keyof typeof letters, keyof ImportCounts>;

/** What decides beside the rows is in it too. */
function finishHash(hash: ReturnType<typeof createHash>, batch: ImportBatch, missing: string): string {
  const { full, fullScope, createGroups } = batch.options;
  return hash.update(JSON.stringify([batch.id, full, fullScope, createGroups, missing])).digest('base64url');
}
