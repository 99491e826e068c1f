import type { GroupOfMember, RecordWithGroups } from '../../../provisioning/records/resource-store.ts';
import type { Collections } from '../database/collections.ts';
import type { RecordDocument } from '../database/documents.ts';
import { recordFields, recordKey, storedRecord } from '../database/record-document.ts';
import { identityOf } from './moving-record.ts';
import { outcomeOf, partFields, pathsOf, pendingFields } from './pending-members.ts';
import type { PendingPart, PendingRecord } from './pending-members.ts';

/** How many ids one step asks for. */
const step = 1_000;

/** What is found of the resources asked for: a row is of one of these kinds. */
interface Row {
  readonly record?: Pick<RecordDocument, '_id' | keyof typeof recordFields>;
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
  const level = [...new Set(members)];
  for (const some of inSteps(level)) await readLevel(collections, tenant, some, false, found);
  await climb(collections, tenant, level, found);
  return new Map(members.map((member) => [member, groupsOf(member, found)]));
}

/**
 * Records with their groups: in one command where they are in none, in one more for each level of groups above them.
 * @param ids at most a thousand
 * @returns those that are there, by id
 */
export async function recordsInGroups(
  collections: Collections,
  tenant: string,
  type: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RecordWithGroups>> {
  const found: Found = { parents: new Map(), displays: new Map() };
  const asked = [...new Set(ids)];
  const keys = asked.map((id) => recordKey(tenant, id));
  const rows = await collections.records.aggregate<Row>([
    { $match: { _id: keys.length === 1 ? keys[0] : { $in: keys }, tenant, type } },
    { $project: { _id: 0, record: { _id: '$_id', ...pathsOf(recordFields) } } },
    ...membershipStages(tenant, asked, 'further'),
  ]);
  const records = new Map(rows.flatMap(({ record }) => (record ? [[record._id, record] as const] : [])));
  if (records.size === 0) return new Map();
  noteLevel(rows, tenant, asked, false, found);
  await climb(collections, tenant, asked, found);
  return new Map(
    asked.flatMap((id, place) => {
      const record = records.get(keys[place]!);
      return record ? [[id, { record: storedRecord(record), groups: groupsOf(id, found) }] as const] : [];
    }),
  );
}

/** Reads the groups above a level that is read, and those above them, until there are no more. */
async function climb(collections: Collections, tenant: string, from: readonly string[], found: Found): Promise<void> {
  const groups = new Set<string>();
  for (let level = from; level.length > 0;) {
    const above = new Set(level.flatMap((one) => [...(found.parents.get(one) ?? [])]));
    // Among them may be one that was asked for: it is looked at again, for its name.
    level = [...above].filter((group) => !groups.has(group));
    for (const group of level) groups.add(group);
    for (const some of inSteps(level)) await readLevel(collections, tenant, some, true, found);
  }
}

function* inSteps(level: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < level.length; start += step) yield level.slice(start, start + step);
}

async function readLevel(
  { records }: Collections,
  tenant: string,
  asked: readonly string[],
  areGroups: boolean,
  found: Found,
): Promise<void> {
  const rows = await records.aggregate<Row>([
    ...membershipStages(tenant, asked, 'first'),
    ...(areGroups ? [namesStage(tenant, asked)] : []),
  ]);
  noteLevel(rows, tenant, asked, areGroups, found);
}

function noteLevel(
  rows: readonly Row[],
  tenant: string,
  asked: readonly string[],
  areGroups: boolean,
  { parents, displays }: Found,
): void {
  for (const one of asked) parents.set(one, new Set());
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
 * @param place whether they are the first stages of a pipeline on records, or follow others
 */
function membershipStages(tenant: string, asked: readonly string[], place: 'first' | 'further') {
  const among = { $in: [...asked] };
  const waiting = { tenant, naming: { $in: [...asked, '*'] } };
  const fields = { _id: '$_id', ...pathsOf(pendingFields) };
  return [
    ...(place === 'first'
      ? [{ $match: waiting }, { $project: { _id: 0, pending: fields } }]
      : [unionWith('records', waiting, 'pending', fields)]),
    unionWith('memberchanges', { tenant, names: among }, 'part', { group: '$group', ...pathsOf(partFields) }),
    unionWith('memberships', { tenant, member: among, present: true }, 'edge', { group: '$group', member: '$member' }),
  ];
}

/** Which of them are groups, and their names. */
function namesStage(tenant: string, asked: readonly string[]) {
  const fields = { _id: '$_id', type: '$type', display: '$resource.displayName' };
  return unionWith('records', { _id: { $in: asked.map((id) => recordKey(tenant, id)) }, tenant }, 'named', fields);
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
