import type { Condition } from '../../scim/search/condition.ts';
import type { EventLog } from '../event-log.ts';
import { type Mark, markOf } from './blanked-entries.ts';

const pageSize = 500;
const told = ['user.erased', 'audit.erased'].map((value): Condition => ({
  kind: 'compare',
  operator: 'eq',
  target: [{ key: 'type', multiValued: false }],
  value,
}));

/** What a tenant's chain tells of erasures, read by index: for a verification that goes through it piece by piece. */
export async function erasuresIn(events: Pick<EventLog, 'query'>, tenant: string): Promise<readonly Mark[]> {
  const marks: Mark[] = [];
  for (const condition of told)
    for (let after: string | undefined; ;) {
      const page = after === undefined ? { offset: 0 } : { after };
      const { entries, next } = await events.query({ tenant, condition, sort: undefined, limit: pageSize, page });
      marks.push(...entries.flatMap((entry) => markOf(entry) ?? []));
      if (next === undefined) break;
      after = next;
    }
  return marks;
}
