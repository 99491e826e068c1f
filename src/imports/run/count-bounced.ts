import { bindFilter } from '../../scim/filter/bind-filter.ts';
import { parseFilter } from '../../scim/filter/filter-parser.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { People } from '../batch/people.ts';

const status = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User:status';

/**
 * How many people who were made since a moment could not be reached: their mail bounced, or could not be sent at all.
 * @param since ISO 8601 UTC
 */
export function countBounced(people: People, since: string, userType: ResourceType): Promise<number> {
  const filter = `(${status} eq "bounced" or ${status} eq "failed") and meta.created ge "${since}"`;
  return people.count(bindFilter(userType, parseFilter(filter)));
}
