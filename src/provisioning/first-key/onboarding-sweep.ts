import type { Clock } from '../../base/clock.ts';
import type { Leases } from '../../domain/leases.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Settings } from '../../config/settings.ts';
import { dueAfter, dueAt } from './due-at.ts';
import { isUnderWay } from '../user/latchkey-extension.ts';
import { hasExpired, leadsToFirstKey } from './invitations.ts';
import { omit } from '../../base/omit.ts';
import { type ChangeUser, write, keep } from '../user/change-user.ts';
import type { DueRecords, Judged } from '../records/due-records.ts';
import { StoreUnavailableError } from '../records/resource-store.ts';
import type { DueAt, StoredRecord } from '../records/resource-store.ts';
import { isLockedOut, showLock } from '../user/account-lock.ts';

/** What the sweep works with. */
export interface OnboardingSweepParts {
  readonly due: DueRecords;
  readonly leases: Leases;
  /** What this process takes leases as. */
  readonly owner: string;
  readonly changeUser: ChangeUser;
  readonly clock: Clock;
  readonly settingsOf: (tenant: string) => Settings;
  readonly userType: ResourceType;
}

/** Users read at once. */
const batch = 200;

/** The lease outlasts the pause between two turns, so that one process has them all as long as it lives. */
const leaseMs = 90_000;

/** How long a user is left whose change has failed, in milliseconds. */
const pauseMs = 3_600_000;

/** A turn that has not come to an end with this many users leaves the others to the next. */
const mostAtOnce = 20_000;

/**
 * Writes down what time alone has brought about: an invitation that has run out (`expired`, and no password of it is
 * kept any longer), a lock that has ended because the start date came or the pause after failed sign-ins is over.
 * Answers and filters do not wait for it, see `userNow` and `conditionNow`; it tells of it in events. It reads the
 * users that are due, by an index, and no others. With other lead days those written before are due as they were.
 */
export class OnboardingSweep {
  readonly #parts: OnboardingSweepParts;
  /** The tenants whose lease this process may have. */
  readonly #held = new Set<string>();

  constructor(parts: OnboardingSweepParts) {
    this.#parts = parts;
  }

  /**
   * Goes over those tenants that something is due in: found by one look, however many tenants there are. A fault in
   * one does not keep the others from their turn.
   * @throws StoreUnavailableError; AggregateError
   */
  async runAll(tenants: readonly string[]): Promise<void> {
    const { due, clock, userType } = this.#parts;
    const faults: unknown[] = [];
    for (const tenant of await due.tenantsDue(tenants, userType.name, clock.now()))
      await this.run(tenant).catch((fault: unknown) => faults.push(fault));
    if (faults.length > 0) throw faults.length === 1 ? faults[0] : new AggregateError(faults);
  }

  /**
   * Sweeps one tenant, unless another process does. A user whose change fails is left alone for an hour, so that other
   * users do not wait.
   * @returns how many users it changed
   * @throws StoreUnavailableError; AggregateError with what else went wrong, when all others are done
   */
  async run(tenant: string): Promise<number> {
    const { due, leases, owner, clock, userType } = this.#parts;
    let changed = 0;
    const faults: unknown[] = [];
    for (let seen = 0; seen < mostAtOnce;) {
      if (!(await leases.take(leaseOf(tenant), owner, leaseMs))) break;
      this.#held.add(tenant);
      const found = await due.due(tenant, userType.name, clock.now(), batch);
      const judged: Judged[] = [];
      for (const record of found) {
        const outcome = this.#isDue(record) ? await this.#settle(tenant, record.id).catch(faultOf) : false;
        if (outcome === true) changed += 1;
        // Where it was written meanwhile, its version has gone up: the write has judged it.
        else if (outcome === false) judged.push({ ...idAndVersion(record), dueAt: this.#dueAfter(record) });
        else {
          faults.push(outcome.fault);
          judged.push({ ...idAndVersion(record), dueAt: new Date(clock.now().getTime() + pauseMs).toISOString() });
        }
      }
      await due.judge(tenant, userType.name, judged);
      seen += found.length;
      if (found.length < batch) break;
    }
    if (faults.length > 0) throw new AggregateError(faults, `${faults.length} users of ${tenant} could not be swept`);
    return changed;
  }

  /** Lets another process have the next turn, with each tenant that this one has gone over. */
  async release(): Promise<void> {
    for (const tenant of this.#held) await this.#parts.leases.release(leaseOf(tenant), this.#parts.owner);
    this.#held.clear();
  }

  #isDue(record: StoredRecord): boolean {
    const { clock, settingsOf } = this.#parts;
    const moment = dueAt(record, settingsOf(record.tenant));
    return moment !== null && moment <= clock.now().toISOString();
  }

  #dueAfter(record: StoredRecord): DueAt {
    const { clock, settingsOf } = this.#parts;
    return dueAfter(record, settingsOf(record.tenant), clock.now());
  }

  async #settle(tenant: string, id: string): Promise<boolean> {
    return (
      (await this.#parts.changeUser({ tenant, id }, { triggeredBy: 'system' }, (draft, rules) => {
        const before = { ...draft.onboarding };
        const { invitation } = draft.account;
        if (
          isUnderWay(draft.onboarding)
          && draft.onboarding.status !== 'held'
          && invitation !== undefined
          && leadsToFirstKey(invitation)
          && hasExpired(invitation, rules.now)
        ) {
          draft.onboarding.status = 'expired';
          draft.account = omit(draft.account, 'sealedPassword');
        }
        showLock(draft, rules);
        const after = draft.onboarding;
        if (
          before.status === after.status
          && before.locked === after.locked
          && before.lockedReason === after.lockedReason
        )
          return keep(false);
        const ended = before.lockedReason === 'failedAttempts' && after.lockedReason !== 'failedAttempts';
        // The end of a pause is not told, as its beginning is not.
        if (ended && isLockedOut(draft.account.failedSignIns))
          draft.events.push({ type: 'account.unlocked', data: {} });
        return write(true);
      })) ?? false
    );
  }
}

/** What went wrong with one user, and with no other. @throws StoreUnavailableError, for that is everybody's */
function faultOf(fault: unknown): { readonly fault: unknown } {
  if (fault instanceof StoreUnavailableError) throw fault;
  return { fault };
}

function leaseOf(tenant: string): string {
  return `sweep/${tenant}`;
}

function idAndVersion({ id, version }: StoredRecord): Pick<StoredRecord, 'id' | 'version'> {
  return { id, version };
}
