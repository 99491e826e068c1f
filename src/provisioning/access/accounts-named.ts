import type { Condition } from '../../scim/search/condition.ts';
import { bindFilter } from '../../scim/filter/bind-filter.ts';
import { parseFilter } from '../../scim/filter/filter-parser.ts';
import { readMailAddress } from '../../text/mail-address.ts';
import { mailKey } from '../records/lookup-keys.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { userNameKey } from '../user/user-name-key.ts';
import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';

const accountsPerAddress = 5;

/**
 * The users whom a person may mean by a name: the one with this user name, else those with this e-mail address.
 * @returns at most five
 */
export async function accountsNamed(
  { store, userType }: Pick<ServiceParts, 'store'> & { readonly userType: ResourceType },
  tenant: string,
  name: string,
): Promise<readonly StoredRecord[]> {
  const named = name === '' ? undefined : await store.findByKey(tenant, 'User', userNameKey(name));
  if (named !== undefined) return [named];
  if (!name.includes('@') || name.length > 320) return [];
  const reading = readMailAddress(name);
  const address = 'address' in reading ? reading.address : name;
  const condition: Condition = bindFilter(userType, parseFilter(`emails.value eq ${JSON.stringify(address)}`));
  const list = { tenant, type: 'User', sort: undefined, limit: accountsPerAddress, page: { offset: 0 } } as const;
  const pages = await Promise.all([
    store.query({ ...list, condition }),
    store.query({ ...list, condition: undefined, keys: [{ anyOf: [{ is: mailKey(address) }] }] }),
  ]);
  const found = new Map(pages.flatMap(({ records }) => records).map((record) => [record.id, record]));
  return [...found.values()].slice(0, accountsPerAddress);
}
