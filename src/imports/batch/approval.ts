import { ConflictError, InvalidValueError } from '../../scim/model/scim-error.ts';
import type { ImportBatch } from './import-batch.ts';
import { questionsOf } from './import-view.ts';

/** What approves a plan. */
export interface Approval {
  /** The plan's hash. */
  readonly plan: string;
  readonly invite?: boolean;
  readonly webhooks?: boolean;
  /** How many people are deactivated, where the plan asks. */
  readonly deactivate?: number;
  readonly canary?: number;
  readonly perSecond?: number;
}

/** @throws InvalidValueError, ConflictError where an approval leaves a question of the plan unanswered */
export function refuseUnanswered(batch: ImportBatch, approval: Approval): void {
  for (const question of questionsOf(batch)) {
    if (question.name === 'invite' && approval.invite === undefined)
      throw new InvalidValueError(`invite: ${question.text} Say true or false.`);
    if (question.name === 'deactivate' && approval.deactivate !== question.count)
      throw new ConflictError(`deactivate: ${question.text}`);
  }
}
