/** What can be done to many people at once. */
export const bulkActions = [
  'resend',
  'invite',
  'extend',
  'password',
  'unlock',
  'cancel',
  'deactivate',
  'reactivate',
  'delete',
] as const;
export type BulkAction = (typeof bulkActions)[number];

/** How an action on many people is done: the operation for one person, and the operation that takes it back. */
export interface BulkRule {
  /** The `operationId` that does it to one person; its roles decide who may do it to many. */
  readonly operation: string;
  /** The `operationId` that takes it back; absent where nothing can. */
  readonly undo?: string;
  /** What the operation of one person takes, of the options of the job. */
  readonly options: readonly string[];
}

export const bulkRules: Readonly<Record<BulkAction, BulkRule>> = {
  resend: { operation: 'resend', options: [] },
  invite: { operation: 'inviteUser', undo: 'cancel', options: ['method'] },
  extend: { operation: 'extend', undo: 'extend', options: ['expiresAt'] },
  password: { operation: 'resetPassword', options: ['forceChange'] },
  unlock: { operation: 'unlock', options: [] },
  cancel: { operation: 'cancel', options: [] },
  deactivate: { operation: 'deactivateUser', undo: 'reactivateUser', options: [] },
  reactivate: { operation: 'reactivateUser', undo: 'deactivateUser', options: [] },
  delete: { operation: 'deleteUser', undo: 'restoreUser', options: [] },
};
