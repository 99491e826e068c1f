import type { JsonObject } from '../../base/json.ts';
import type { RequestLogEntry } from '../../domain/request-log.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { Decision, PlannedChange } from '../plan/decide-row.ts';
import { managerPath } from '../plan/decide-row.ts';
import { inOrder } from '../batch/batch-rows.ts';
import type { DoneRow, ImportBatch } from '../batch/import-batch.ts';
import { importClient, nothingMore, type People } from '../batch/people.ts';
import { createRows, type CreateRowsParts } from './create-rows.ts';
import { kindOf, type PlanParts } from './plan-batch.ts';

/** What a row's write came to; with the call as the request log has it. */
export interface WrittenRow {
  readonly done: DoneRow;
  readonly reason?: string;
  readonly entry?: RequestLogEntry;
}

/**
 * What is about to be done with a row, as it is kept before it is: a run that dies and goes on knows what was there
 * before.
 */
export function intentOf(line: number, userName: string, decision: Decision, manager: string | undefined): DoneRow {
  const kind = kindOf(decision);
  const groups = decision.kind === 'create' || decision.kind === 'change' ? decision.groups : [];
  const base = { line, kind, userName, intent: true, ...(groups.length === 0 ? {} : { wantedGroups: groups }) };
  if (decision.kind === 'create') return { ...base, ...(isLater(decision, manager) ? { manager: manager ?? '' } : {}) };
  if (decision.kind !== 'change') return { line, kind, userName };
  return {
    ...base,
    id: decision.id,
    changes: written(decision),
    ...(isLater(decision, manager) ? { manager: manager ?? '' } : {}),
  };
}

/** The manager is told of in the changes, and nothing writes it yet. */
function isLater(decision: Extract<Decision, { kind: 'create' | 'change' }>, manager: string | undefined): boolean {
  if (manager === undefined || !decision.changes.some(({ path }) => path === managerPath)) return false;
  if (decision.kind === 'change') return !decision.operations.some(({ path }) => path === managerPath);
  const { manager: set } = (decision.resource[managerPath.slice(0, managerPath.lastIndexOf(':'))] ?? {}) as JsonObject;
  return set === undefined;
}

/** The changes with the values that are really written: of a manager the id. */
function written({ changes, operations }: Extract<Decision, { kind: 'change' }>): readonly PlannedChange[] {
  return changes.flatMap((change) => {
    if (change.path !== managerPath) return [change];
    const operation = operations.find(({ path }) => path === managerPath);
    return operation?.value === undefined ? [] : [{ ...change, after: operation.value }];
  });
}

/** A row that is to be written. */
export interface RowToWrite {
  readonly decision: Decision;
  readonly intent: DoneRow;
}

/** Rows changed at the same time: one commit of the store then holds many. */
const changedAtOnce = 32;

/** Writes rows, all that are new with one call. Safe to repeat. @returns what came of each, in their order */
export async function writeRows(
  parts: WriteRowsParts,
  batch: ImportBatch,
  people: People,
  rows: readonly RowToWrite[],
): Promise<readonly WrittenRow[]> {
  const started = performance.now();
  const creates = rows.map(({ decision, intent }) => ({ row: intent, decision }));
  const made = await createRows(parts, batch, people.context('create'), creates);
  const ms = (performance.now() - started) / Math.max(1, made.filter((one) => one !== undefined).length);
  return inOrder(
    rows,
    async (row, index) => {
      const answer = made[index];
      if (answer === undefined) return changeRow(parts, batch, people, row);
      const call = { requestId: people.context(String(row.intent.line)).requestId, method: 'POST', path: '/Users', ms };
      if (answer instanceof ScimError) return refusedRow(parts, batch, row.intent, call, answer);
      const id = answer.resource['id'];
      const done = { ...withoutIntent(row.intent), ...(typeof id === 'string' ? { id } : {}) };
      return { done, entry: entryOf(parts, batch, { ...call, status: 201 }) };
    },
    changedAtOnce,
  );
}

/** What writing works with. */
export type WriteRowsParts = CreateRowsParts & Pick<PlanParts, 'now'>;

/** A call as the request log has it. */
interface Call {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly ms: number;
}

async function changeRow(
  parts: WriteRowsParts,
  batch: ImportBatch,
  people: People,
  { decision, intent }: RowToWrite,
): Promise<WrittenRow> {
  if (decision.kind === 'refused') return { done: { line: intent.line, kind: 'refused' }, reason: decision.reason };
  if (decision.kind !== 'change' || decision.operations.length === 0) return { done: withoutIntent(intent) };
  const { id, operations } = decision;
  const context = people.context(String(intent.line));
  const started = performance.now();
  const call = (): Call => ({
    requestId: context.requestId,
    method: 'PATCH',
    path: `/Users/${id}`,
    ms: performance.now() - started,
  });
  try {
    await parts.handler.patch(context, parts.userType, id, operations, {}, nothingMore);
    return { done: withoutIntent(intent), entry: entryOf(parts, batch, { ...call(), status: 200 }) };
  } catch (cause) {
    if (!(cause instanceof ScimError) || cause.status >= 500) throw cause;
    return refusedRow(parts, batch, intent, call(), cause);
  }
}

function refusedRow(
  parts: WriteRowsParts,
  batch: ImportBatch,
  { line, userName }: DoneRow,
  call: Call,
  { status, message }: ScimError,
): WrittenRow {
  return {
    done: { line, kind: 'refused', ...(userName === undefined ? {} : { userName }) },
    reason: message,
    entry: entryOf(parts, batch, { ...call, status, detail: message }),
  };
}

function withoutIntent({ intent, ...done }: DoneRow): DoneRow {
  void intent;
  return done;
}

function entryOf(
  { now }: WriteRowsParts,
  { tenant, client = importClient }: ImportBatch,
  { requestId, method, path, ms, ...answer }: Call & { readonly status: number; readonly detail?: string },
): RequestLogEntry {
  const at = now();
  return {
    id: `${requestId}-${at.getTime()}`,
    tenant,
    at: at.toISOString(),
    client: { id: client.id, name: client.name },
    method,
    path,
    ms: Math.round(ms * 10) / 10,
    rules: ['import'],
    ...answer,
  };
}

/** Why a row is not written though it was approved. */
export const outdated =
  'What is here has changed since the plan was approved, so this is not what was approved. Import the row again.';
