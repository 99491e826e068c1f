import { bindFilter } from '../../scim/filter/bind-filter.ts';
import { parseFilter } from '../../scim/filter/filter-parser.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { People } from '../batch/people.ts';

const status = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User:status';

/**
 * How many people who were made since a moment could not be reached: their mail bounced, or could not be sent at all.
 * @param since ISO 8601 UTC
 */
export async function countBounced(people: People, since: string, userType: ResourceType): Promise<number> {
  const counts: number[] = [];
  // One state at a time: an index leads to each.
  for (const state of ['bounced', 'failed'])
    counts.push(
      await people.count(bindFilter(userType, parseFilter(`${status} eq "${state}" and meta.created ge "${since}"`))),
    );
  return counts.reduce((sum, count) => sum + count, 0);
}
