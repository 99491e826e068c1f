import type { DryRunReport } from '../../scim/port/dry-run.ts';
import { emptyAccount } from '../records/account.ts';
import type { Commit, ResourceStore, StoredRecord } from '../records/resource-store.ts';
import { StagedStore } from '../records/staged-store.ts';
import { isActive } from '../user/event-policy.ts';
import { readOnboarding, type OnboardingStatus } from '../user/latchkey-extension.ts';
import type { AdminActions } from './admin-actions.ts';

/** What an action brings about, in one word each. */
export type ActionEffect =
  | 'nothing'
  | 'created'
  | 'restored'
  | 'removed'
  | 'deactivated'
  | 'reactivated'
  | 'passwordSet'
  | 'passwordReplaced'
  | 'passwordEnds'
  | 'mustChange'
  | 'keySuperseded'
  | 'keyEnds'
  | 'keyExtended'
  | 'messagesCancelled'
  | 'sessionsEnd'
  | 'unlocked'
  | 'addressChanged'
  | 'addressProved';

/** What an action would do, worked out to the very commit and not done. */
export interface ActionPlan extends DryRunReport {
  readonly effects: readonly ActionEffect[];
  /** Absent where it stays. */
  readonly status?: { readonly before: OnboardingStatus; readonly after: OnboardingStatus };
}

/** What a rehearsal works with. */
export interface AdminRehearsalParts {
  readonly store: ResourceStore;
  /** The actions over another store. */
  readonly actionsOver: (store: ResourceStore) => AdminActions;
  /** What the messages of a change would be. */
  readonly report: (
    change: {
      readonly before: StoredRecord | undefined;
      readonly commit: Commit | undefined;
      readonly password: boolean;
    },
    tenant: string,
  ) => DryRunReport;
}

/**
 * Tells what an administrator's action would do before it is done: the same code, over a store that keeps all to
 * itself.
 */
export class AdminRehearsal {
  readonly #parts: AdminRehearsalParts;

  constructor(parts: AdminRehearsalParts) {
    this.#parts = parts;
  }

  /**
   * Works an action out.
   * @throws what the action throws
   */
  async rehearse<Answer>(
    tenant: string,
    act: (actions: AdminActions) => Promise<Answer>,
  ): Promise<{ readonly answer: Answer; readonly plan: ActionPlan }> {
    const { store, actionsOver, report } = this.#parts;
    const staged = new StagedStore(store);
    const answer = await act(actionsOver(staged));
    const commits = staged.commits.filter((commit) => typeOf(commit) === 'User');
    const [first] = commits;
    const before = first === undefined ? undefined : await store.get(tenant, 'User', idOf(first));
    const last = commits.at(-1);
    const events = commits.flatMap((commit) => commit.events);
    const commit = last === undefined ? undefined : { ...last, events };
    const change = { before, commit, password: false };
    return { answer, plan: { ...report(change, tenant), ...effectsOf(before, commit) } };
  }
}

function effectsOf(
  before: StoredRecord | undefined,
  commit: Commit | undefined,
): Pick<ActionPlan, 'effects' | 'status'> {
  if (commit === undefined) return { effects: ['nothing'] };
  if (commit.kind === 'remove') return { effects: ['removed', 'messagesCancelled', 'sessionsEnd'] };
  const { record, events } = commit;
  const was = before?.account ?? emptyAccount;
  const is = record.account ?? emptyAccount;
  const happened = (type: string): boolean => events.some((event) => event.type === type);
  const statusOf = (one: StoredRecord): OnboardingStatus => readOnboarding(one.resource).status ?? 'none';
  const wasActive = before !== undefined && isActive(before.resource);
  const effects: (ActionEffect | false)[] = [
    happened('user.restored') && 'restored',
    before === undefined && !happened('user.restored') && 'created',
    wasActive && !isActive(record.resource) && 'deactivated',
    before !== undefined && !wasActive && isActive(record.resource) && 'reactivated',
    is.passwordHash !== was.passwordHash
      && (is.passwordHash === undefined
        ? 'passwordEnds'
        : was.passwordHash === undefined
          ? 'passwordSet'
          : 'passwordReplaced'),
    readOnboarding(record.resource).forcePasswordReset === true
      && (before === undefined || readOnboarding(before.resource).forcePasswordReset !== true)
      && 'mustChange',
    was.invitation !== undefined
      && is.invitation?.id !== was.invitation.id
      && (is.invitation === undefined ? 'keyEnds' : 'keySuperseded'),
    was.invitation !== undefined
      && is.invitation?.id === was.invitation.id
      && is.invitation.expiresAt !== was.invitation.expiresAt
      && 'keyExtended',
    happened('deliveries.cancelled') && before !== undefined && 'messagesCancelled',
    (is.sessionsValidFrom !== was.sessionsValidFrom || (wasActive && !isActive(record.resource)))
      && before !== undefined
      && 'sessionsEnd',
    was.failedSignIns > 0 && is.failedSignIns === 0 && 'unlocked',
    before !== undefined && mailsOf(record) !== mailsOf(before) && 'addressChanged',
    is.verifiedEmail !== undefined && is.verifiedEmail !== was.verifiedEmail && 'addressProved',
  ];
  const told = effects.filter((effect) => effect !== false);
  const [from, to] = [before === undefined ? 'none' : statusOf(before), statusOf(record)];
  return {
    effects: told.length === 0 && from === to && events.length === 0 ? ['nothing'] : told,
    ...(from === to ? {} : { status: { before: from, after: to } }),
  };
}

function mailsOf({ resource }: StoredRecord): string {
  return JSON.stringify([resource['emails'] ?? [], readOnboarding(resource).notificationEmail]);
}

function typeOf(commit: Commit): string {
  return commit.kind === 'put' ? commit.record.type : commit.type;
}

function idOf(commit: Commit): string {
  return commit.kind === 'put' ? commit.record.id : commit.id;
}
