import type { GroupOfMember } from '../../../provisioning/records/resource-store.ts';
import type { RecordDocument } from '../database/documents.ts';
import type { Collections } from '../database/collections.ts';
import { recordKey } from '../database/record-document.ts';

/** How many ids one step asks for. */
const step = 1_000;

/**
 * The groups each of these resources is in, directly and through other groups, in breadth-first steps: one look-up
 * per level and thousand ids, however many members are asked for. Cycles end, and no group is named as its own.
 */
export async function groupsOfMembers(
  collections: Collections,
  tenant: string,
  members: readonly string[],
): Promise<ReadonlyMap<string, readonly GroupOfMember[]>> {
  const parents = await parentsOf(collections, tenant, members);
  const displays = await displayNames(collections, tenant, [...new Set([...parents.values()].flat())]);
  return new Map(members.map((member) => [member, groupsOf(member, parents, displays)]));
}

async function parentsOf(
  collections: Collections,
  tenant: string,
  members: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const parents = new Map<string, string[]>();
  for (let asked = [...new Set(members)]; asked.length > 0;) {
    for (const member of asked) parents.set(member, []);
    const found = new Set<string>();
    for (let start = 0; start < asked.length; start += step) {
      const member = { $in: asked.slice(start, start + step) };
      for (const edge of await collections.memberships.find<{ group: string; member: string }>(
        { tenant, member, present: true },
        { projection: { group: 1, member: 1 } },
      )) {
        parents.get(edge.member)?.push(edge.group);
        found.add(edge.group);
      }
    }
    asked = [...found].filter((group) => !parents.has(group));
  }
  return parents;
}

async function displayNames(
  collections: Collections,
  tenant: string,
  groups: readonly string[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const displays = new Map<string, string | undefined>();
  for (let start = 0; start < groups.length; start += step) {
    const _id = { $in: groups.slice(start, start + step).map((group) => recordKey(tenant, group)) };
    const found = await collections.records.find<Pick<RecordDocument, '_id' | 'resource'>>(
      { _id, tenant },
      { projection: { 'resource.displayName': 1 } },
    );
    for (const group of found) {
      const display = group.resource?.['displayName'];
      displays.set(group._id.slice(tenant.length + 1), typeof display === 'string' ? display : undefined);
    }
  }
  return displays;
}

function groupsOf(
  member: string,
  parents: ReadonlyMap<string, readonly string[]>,
  displays: ReadonlyMap<string, string | undefined>,
): readonly GroupOfMember[] {
  const direct = new Set(parents.get(member));
  const all = new Set(direct);
  for (const group of all) for (const parent of parents.get(group) ?? []) all.add(parent);
  all.delete(member);
  return [...all]
    .filter((group) => displays.has(group))
    .map((value) => ({ value, display: displays.get(value), type: direct.has(value) ? 'direct' : 'indirect' }));
}
