import type { GroupOfMember } from '../../../provisioning/records/resource-store.ts';
import type { Collections } from '../database/collections.ts';
import { recordKey } from '../database/record-document.ts';
import { identityOf } from './moving-record.ts';
import { outcomeOf, partFields, pathsOf, pendingFields } from './pending-members.ts';
import type { PendingPart, PendingRecord } from './pending-members.ts';

/** How many ids one step asks for. */
const step = 1_000;

/** What is found of the resources asked for: a row is of one of these kinds. */
interface Row {
  readonly pending?: PendingRecord;
  readonly part?: PendingPart & { readonly group: string };
  readonly edge?: { readonly group: string; readonly member: string };
  readonly named?: { readonly _id: string; readonly type?: string; readonly display?: unknown };
}

/** What has been found so far, by id. */
interface Found {
  /** The groups that each resource is directly in. */
  readonly parents: Map<string, Set<string>>;
  /** The names of those that are groups. */
  readonly displays: Map<string, string | undefined>;
}

/**
 * The groups each of these resources is in, directly and through other groups, in breadth-first steps: one command per
 * level and thousand ids, however many members are asked for. Pending member changes count, as far as they concern the
 * given ids, without waiting for them. Cycles end, and a group is never listed as its own.
 */
export async function groupsOfMembers(
  collections: Collections,
  tenant: string,
  members: readonly string[],
): Promise<ReadonlyMap<string, readonly GroupOfMember[]>> {
  const found: Found = { parents: new Map(), displays: new Map() };
  const groups = new Set<string>();
  let level = [...new Set(members)];
  for (let areGroups = false; level.length > 0; areGroups = true) {
    for (const one of level) found.parents.set(one, new Set());
    for (let start = 0; start < level.length; start += step)
      await readLevel(collections, tenant, level.slice(start, start + step), areGroups, found);
    const above = new Set(level.flatMap((one) => [...(found.parents.get(one) ?? [])]));
    // Among them may be one that was asked for: it is looked at again, for its name.
    level = [...above].filter((group) => !groups.has(group));
    for (const group of level) groups.add(group);
  }
  return new Map(members.map((member) => [member, groupsOf(member, found)]));
}

async function readLevel(
  { records }: Collections,
  tenant: string,
  asked: readonly string[],
  areGroups: boolean,
  { parents, displays }: Found,
): Promise<void> {
  const rows = await records.aggregate<Row>(levelPipeline(tenant, asked, areGroups));
  const edges = new Map(asked.map((member) => [member, new Set<string>()]));
  for (const { edge } of rows) if (edge) edges.get(edge.member)?.add(edge.group);
  const parts = rows.flatMap(({ part }) => part ?? []);
  for (const { pending } of rows) {
    if (!pending) continue;
    const { id } = identityOf(pending);
    if (pending.removed && edges.has(id)) edges.set(id, new Set());
    const own = parts.filter(({ group }) => group === id);
    for (const [member, entry] of outcomeOf(pending, own, new Set(asked))) {
      if (entry === false) edges.get(member)?.delete(id);
      else edges.get(member)?.add(id);
    }
  }
  for (const { named } of rows)
    if (named?.type !== undefined)
      displays.set(named._id.slice(tenant.length + 1), typeof named.display === 'string' ? named.display : undefined);
  // What does not exist, or not any more, leads to no group.
  for (const [one, above] of edges) if (!areGroups || displays.has(one)) parents.set(one, above);
}

/**
 * Pending changes are read before the memberships: a change applied between the two reads is found in both, and gives
 * the same result.
 */
function levelPipeline(tenant: string, asked: readonly string[], areGroups: boolean) {
  const among = { $in: [...asked] };
  return [
    { $match: { tenant, naming: { $in: [...asked, '*'] } } },
    { $project: { _id: 0, pending: { _id: '$_id', ...pathsOf(pendingFields) } } },
    unionWith('memberchanges', { tenant, names: among }, 'part', { group: '$group', ...pathsOf(partFields) }),
    unionWith('memberships', { tenant, member: among, present: true }, 'edge', { group: '$group', member: '$member' }),
    ...(areGroups
      ? [
          unionWith('records', { _id: { $in: asked.map((id) => recordKey(tenant, id)) }, tenant }, 'named', {
            _id: '$_id',
            type: '$type',
            display: '$resource.displayName',
          }),
        ]
      : []),
  ];
}

function unionWith(coll: string, match: object, kind: keyof Row, fields: object) {
  return { $unionWith: { coll, pipeline: [{ $match: match }, { $project: { _id: 0, [kind]: fields } }] } };
}

function groupsOf(member: string, { parents, displays }: Found): readonly GroupOfMember[] {
  const direct = new Set(parents.get(member));
  const all = new Set(direct);
  for (const group of all) for (const parent of parents.get(group) ?? []) all.add(parent);
  all.delete(member);
  return [...all]
    .filter((group) => displays.has(group))
    .map((value) => ({ value, display: displays.get(value), type: direct.has(value) ? 'direct' : 'indirect' }));
}
