import type { JsonObject } from '../../base/json.ts';
import type { RequestLogEntry } from '../../domain/request-log.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { Decision, PlannedChange } from '../plan/decide-row.ts';
import { managerPath } from '../plan/decide-row.ts';
import type { DoneRow, ImportBatch } from '../batch/import-batch.ts';
import { importClient, nothingMore, type People } from '../batch/people.ts';
import { bodyToCreate, kindOf, type PlanParts } from './plan-batch.ts';

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

/**
 * Writes one row, safe to repeat: a create bears a key of its own, so that whichever process repeats it finds the person
 * it has made.
 */
export async function writeRow(
  parts: Pick<PlanParts, 'handler' | 'userType' | 'timezoneOf' | 'now'>,
  batch: ImportBatch,
  people: People,
  decision: Decision,
  intent: DoneRow,
): Promise<WrittenRow> {
  const { line, userName } = intent;
  const { intent: isIntent, ...done } = intent;
  void isIntent;
  const started = performance.now();
  const context = people.context(String(line));
  const entry = (method: string, path: string, status: number, detail?: string): RequestLogEntry => ({
    id: `${context.requestId}-${parts.now().getTime()}`,
    tenant: batch.tenant,
    at: parts.now().toISOString(),
    client: importClient,
    method,
    path,
    status,
    ms: Math.round((performance.now() - started) * 10) / 10,
    rules: ['import'],
    ...(detail === undefined ? {} : { detail }),
  });
  try {
    if (decision.kind === 'create') {
      const attempt = { key: `import/${batch.id}/${line}`, digest: `${batch.id}/${line}` };
      const body = bodyToCreate(parts, batch, decision.resource);
      const made = await parts.handler.create(context, parts.userType, body, nothingMore, attempt);
      const id = made.resource['id'];
      return { done: { ...done, ...(typeof id === 'string' ? { id } : {}) }, entry: entry('POST', '/Users', 201) };
    }
    if (decision.kind === 'change' && decision.operations.length > 0) {
      const { id, operations } = decision;
      await parts.handler.patch(context, parts.userType, id, operations, {}, nothingMore);
      return { done, entry: entry('PATCH', `/Users/${id}`, 200) };
    }
    return decision.kind === 'refused' ? { done: { line, kind: 'refused' }, reason: decision.reason } : { done };
  } catch (cause) {
    if (!(cause instanceof ScimError) || cause.status >= 500) throw cause;
    const [method, path] = intent.kind === 'create' ? ['POST', '/Users'] : ['PATCH', `/Users/${intent.id ?? ''}`];
    return {
      done: { line, kind: 'refused', ...(userName === undefined ? {} : { userName }) },
      reason: cause.message,
      entry: entry(method, path, cause.status, cause.message),
    };
  }
}

/** Why a row is not written though it was approved. */
export const outdated =
  'What is here has changed since the plan was approved, so this is not what was approved. Import the row again.';
