import type { JobRun } from '../../jobs/job-runner.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { Resource } from '../../scim/model/resource.ts';
import { isThere, undoOperation } from '../plan/places.ts';
import { inOrder } from '../batch/batch-rows.ts';
import type { DonePart } from '../batch/batch-notes.ts';
import { removeIfEmpty, takeOutOfGroups } from './group-writes.ts';
import type { DoneRow, ImportBatch, UndoSummary } from '../batch/import-batch.ts';
import { nothingMore, People } from '../batch/people.ts';
import type { PlanParts } from './plan-batch.ts';

/** How far an undo is. */
export type UndoCheckpoint = {
  readonly part: DonePart | 'groups';
  readonly chunk: number;
  readonly undone: UndoSummary;
};

/** People put back at the same time: one commit of the store then holds many. */
const undoneAtOnce = 32;
/** People left as they are who are named. */
const mostNamed = 200;
const latchkeyUrn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

/**
 * Undoes what a run did, last first: a created person is removed, or deactivated if they have a key of their own; a
 * change is put back, unless the person was changed since.
 * @param madeGroups ids of groups that the run made
 * @returns what was done; undefined where it had to stop
 */
export async function undoBatch(
  parts: PlanParts,
  batch: ImportBatch,
  madeGroups: readonly string[],
  run: JobRun<UndoCheckpoint>,
): Promise<UndoSummary | undefined> {
  const people = new People(parts, batch);
  const nothing: UndoSummary = { removed: 0, deactivated: 0, restored: 0, left: 0, leftPeople: [] };
  let at: UndoCheckpoint = run.checkpoint ?? {
    part: 'missing',
    chunk: await lastMissing(parts, batch),
    undone: nothing,
  };
  const save = async (change: Partial<UndoCheckpoint>): Promise<void> => {
    at = { ...at, ...change };
    const done = at.undone.removed + at.undone.deactivated + at.undone.restored + at.undone.left;
    await run.save(at, { done, total: batch.rows, phase: 'undoing' });
  };
  for (const part of ['missing', 'rows'] as const) {
    if (at.part !== part) continue;
    for (let chunk = at.chunk; chunk >= 0; chunk -= 1) {
      if (run.mustStop()) return undefined;
      const rows = await parts.batches.done(batch, part, chunk);
      const answers = await inOrder(rows, (row) => undoRow(parts, people, row), undoneAtOnce);
      await save({ chunk: chunk - 1, undone: answers.reduce(withAnswer, at.undone) });
    }
    await save(part === 'missing' ? { part: 'rows', chunk: batch.chunks - 1 } : { part: 'groups', chunk: 0 });
  }
  for (const group of madeGroups) await removeIfEmpty(parts, people, group);
  await parts.batches.disown(batch);
  return at.undone;
}

type Undone =
  | { readonly kind: 'removed' | 'deactivated' | 'restored' | 'nothing' }
  | { readonly kind: 'left'; readonly id: string; readonly userName: string; readonly reason: string };

async function undoRow(parts: PlanParts, people: People, row: DoneRow): Promise<Undone> {
  const { id, kind, changes = [], groups = [] } = row;
  if (id === undefined || kind === 'unchanged' || kind === 'refused') return { kind: 'nothing' };
  const standing = await people.read(id);
  if (standing === undefined) return { kind: 'nothing' };
  const context = { ...people.context(`undo-${row.line}-${id}`), takesBack: `${people.batchId}-` };
  if (kind === 'create') return undoCreate(parts, people, id, standing.resource);
  await takeOutOfGroups(parts, people, id, groups);
  const mine = changes.filter(({ path, after }) => isThere(standing.resource, path, after));
  const others = changes.filter((change) => !mine.includes(change) && !isBack(standing.resource, change));
  const putBack = async (some: typeof mine): Promise<void> => {
    const operations = some.map(({ path, before }) => undoOperation(path, before));
    if (operations.length > 0) await parts.handler.patch(context, parts.userType, id, operations, {}, nothingMore);
  };
  try {
    await putBack(mine.filter(({ path }) => path !== 'active'));
    // Whether a person is active can have become another's decision too: the rest is put back all the same.
    await putBack(mine.filter(({ path }) => path === 'active'));
  } catch (cause) {
    if (!(cause instanceof ScimError) || cause.status >= 500) throw cause;
    return { kind: 'left', id, userName: row.userName ?? '', reason: cause.message };
  }
  if (others.length === 0) return { kind: mine.length + groups.length > 0 ? 'restored' : 'nothing' };
  const names = others.map(({ path }) => path.replace(/^urn:.*:/, '')).join(', ');
  return { kind: 'left', id, userName: row.userName ?? '', reason: `changed since by somebody else: ${names}` };
}

/** An undo that is repeated finds what it has put back. */
function isBack(resource: Resource, { path, before }: NonNullable<DoneRow['changes']>[number]): boolean {
  return before !== undefined && isThere(resource, path, before);
}

async function undoCreate(parts: PlanParts, people: People, id: string, resource: Resource): Promise<Undone> {
  const context = people.context(`undo-${id}`);
  if (!hasKey(resource)) {
    try {
      await parts.handler.remove(context, parts.userType, id, {});
    } catch (cause) {
      if (!(cause instanceof ScimError) || cause.status !== 404) throw cause;
    }
    return { kind: 'removed' };
  }
  if (resource['active'] === false) return { kind: 'nothing' };
  const operation = { op: 'replace', path: 'active', value: false } as const;
  await parts.handler.patch(context, parts.userType, id, [operation], {}, nothingMore);
  return { kind: 'deactivated' };
}

/** Whether a person has set a password or signed in. */
function hasKey(resource: Resource): boolean {
  const extension: unknown = resource[latchkeyUrn];
  const { status, passwordChangedAt, lastSignInAt } = (
    isJsonObject(extension as JsonObject) ? extension : {}
  ) as JsonObject;
  return status === 'active' || passwordChangedAt !== undefined || lastSignInAt !== undefined;
}

function withAnswer(undone: UndoSummary, answer: Undone): UndoSummary {
  if (answer.kind === 'nothing') return undone;
  if (answer.kind !== 'left') return { ...undone, [answer.kind]: undone[answer.kind] + 1 };
  const { id, userName, reason } = answer;
  const leftPeople =
    undone.leftPeople.length < mostNamed ? [...undone.leftPeople, { id, userName, reason }] : undone.leftPeople;
  return { ...undone, left: undone.left + 1, leftPeople };
}

async function lastMissing({ batches }: PlanParts, batch: ImportBatch): Promise<number> {
  if (!batch.options.full) return -1;
  let chunk = 0;
  while ((await batches.done(batch, 'missing', chunk)).length > 0) chunk += 1;
  return chunk - 1;
}
