import type { Condition } from '../scim/search/condition.ts';
import { searchKey } from '../scim/search/search-document.ts';
import { NotFoundError } from '../scim/model/scim-error.ts';
import type { ErasureParts, Person } from './erasure-parts.ts';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const atOnce = 100;

/** Takes the person away as the manager of others (RFC 7643 §4.3). @returns of how many */
export async function leaveReports(
  { store, handler, userType }: Pick<ErasureParts, 'store' | 'handler' | 'userType'>,
  { tenant, id, context }: Person,
): Promise<number> {
  let left = 0;
  for (;;) {
    const { records } = await store.query({
      tenant,
      type: userType.name,
      condition: managedBy(id),
      sort: undefined,
      limit: atOnce,
      page: { offset: 0 },
    });
    for (const record of records) {
      const operations = [{ op: 'remove', path: `${enterprise}:manager` }] as const;
      try {
        await handler.patch(context, userType, record.id, operations, {}, { members: false, groups: false });
      } catch (cause) {
        // One who was deleted meanwhile has no manager.
        if (!(cause instanceof NotFoundError)) throw cause;
      }
      left += 1;
    }
    if (records.length < atOnce) return left;
  }
}

function managedBy(id: string): Condition {
  const target = [searchKey(enterprise), 'manager', 'value'].map((key) => ({ key, multiValued: false }));
  return { kind: 'compare', operator: 'eq', target, value: id };
}
