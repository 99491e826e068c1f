import type { Clock } from '../../base/clock.ts';
import { bindFilter } from '../../scim/filter/bind-filter.ts';
import { parseFilter } from '../../scim/filter/filter-parser.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Settings } from '../../config/settings.ts';
import { statusesUnderWay } from '../user/latchkey-extension.ts';
import { conditionNow } from '../now/condition-now.ts';
import { type KeyProgress, keyProgress } from './key-progress.ts';
import { latchkeyUrn, type OnboardingStatus } from '../user/latchkey-extension.ts';
import type { ResourceStore, StoredRecord } from '../records/resource-store.ts';

/** No list reaches so far: what begins beyond it is empty. */
const farthest = 2 ** 31;

/** Which users to list. */
export interface WaitingQuery {
  /** Left out: everybody on the way to their first key. */
  readonly status?: readonly OnboardingStatus[] | undefined;
  /** Only those whose last message went out longer ago than this or, where none has, who were created longer ago. */
  readonly olderThanHours?: number | undefined;
  /** 1-based. */
  readonly startIndex: number;
  readonly count: number;
}

/** What the overview works with. */
export interface OnboardingOverviewParts {
  readonly store: ResourceStore;
  readonly clock: Clock;
  readonly settingsOf: (tenant: string) => Settings;
  readonly userType: ResourceType;
}

/** Who has not got in yet, and why. Reads only. */
export class OnboardingOverview {
  readonly #parts: OnboardingOverviewParts;

  constructor(parts: OnboardingOverviewParts) {
    this.#parts = parts;
  }

  /** How far one user is. */
  progress(record: StoredRecord): KeyProgress {
    const { settingsOf, clock } = this.#parts;
    return keyProgress(record, { settings: settingsOf(record.tenant), now: clock.now() });
  }

  /** A page of those who are not in yet, in the order of their creation. */
  async waiting(
    tenant: string,
    query: WaitingQuery,
  ): Promise<{ readonly total: number; readonly users: readonly KeyProgress[] }> {
    const { store, userType, settingsOf, clock } = this.#parts;
    const { total, records } = await store.query({
      tenant,
      type: userType.name,
      condition: conditionNow(bindFilter(userType, parseFilter(this.#filterOf(query))), userType, {
        settings: settingsOf(tenant),
        now: clock.now(),
      }),
      sort: undefined,
      limit: query.count,
      page: { offset: Math.min(query.startIndex, farthest) - 1 },
    });
    return { total, users: records.map((record) => this.progress(record)) };
  }

  #filterOf({ status = statusesUnderWay, olderThanHours }: WaitingQuery): string {
    const statuses = `(${status.map((one) => `${latchkeyUrn}:status eq "${one}"`).join(' or ')})`;
    if (olderThanHours === undefined) return statuses;
    const then = new Date(this.#parts.clock.now().getTime() - olderThanHours * 3_600_000).toISOString();
    const invitedAt = `${latchkeyUrn}:invitedAt`;
    return `${statuses} and (${invitedAt} le "${then}" or (not (${invitedAt} pr) and meta.created le "${then}"))`;
  }
}
