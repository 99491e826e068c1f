import type { ResourceType } from '../../scim/model/resource-type.ts';
import { countBounced } from './count-bounced.ts';
import type { ImportBatch } from '../batch/import-batch.ts';
import type { People } from '../batch/people.ts';
import type { RunCheckpoint } from './run-checkpoint.ts';

/** Fewer people say nothing about a share. */
const fewestJudged = 20;
const fewestBounced = 5;

/** How many more people may be written before the canary is looked at. */
export function roomOf({ options: { canary } }: ImportBatch, { canaryOver, counts }: RunCheckpoint): number {
  if (canary === 0 || canaryOver) return Infinity;
  return Math.max(0, canary - writtenOf(counts));
}

/**
 * Why a run should not go on by itself: its canary is written, or too much of what was tried was refused or came back.
 * @returns undefined where it should go on; `next` is noted, so that it does not pause for the same again
 */
export async function whyPause(
  { userType }: { readonly userType: ResourceType },
  batch: ImportBatch,
  people: People,
  at: RunCheckpoint,
): Promise<{ readonly reason: string; readonly next: Partial<RunCheckpoint> } | undefined> {
  const { pauseAtShare } = batch.options;
  const { counts, written, failed } = at;
  if (roomOf(batch, at) === 0) {
    const reason = `The first ${writtenOf(counts)} people are written. Look at them, then resume.`;
    return { reason, next: { canaryOver: true } };
  }
  const tried = written + failed;
  if (tried >= fewestJudged && failed > tried * pauseAtShare) {
    const reason = `${failed} of ${tried} people were refused. Look at the errors, then resume or cancel.`;
    return { reason, next: {} };
  }
  if (counts.created < fewestJudged) return undefined;
  const bounced = await countBounced(people, batch.startedAt ?? batch.createdAt, userType);
  // Somebody has looked at those of an earlier pause, and gone on.
  const told = at.told ?? { bounced: 0, created: 0 };
  const more = bounced - told.bounced;
  if (more < fewestBounced || more <= (counts.created - told.created) * pauseAtShare) return undefined;
  const reason =
    `Messages to ${bounced} of ${counts.created} new people came back, or could not be sent. Look at their `
    + 'addresses, then resume or cancel.';
  return { reason, next: { told: { bounced, created: counts.created } } };
}

function writtenOf({ created, changed, deactivated }: RunCheckpoint['counts']): number {
  return created + changed + deactivated;
}
