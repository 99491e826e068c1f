import type { Condition } from '../../../scim/search/condition.ts';
import { TooManyError } from '../../../scim/model/scim-error.ts';
import { encodeName } from '../database/field-names.ts';
import type { MembershipMover } from '../members/membership-mover.ts';
import type { Collections } from '../database/collections.ts';
import { recordKey, searchField } from '../database/record-document.ts';
import { NONE, translateCondition } from './translate-condition.ts';
import type { MongoQuery, RelatedCondition } from './translate-condition.ts';

/**
 * How many resources a condition on members or groups may name: their ids travel inside the query, which MongoDB
 * bounds at 16 MB.
 */
const mostNamed = 100_000;

/** How many ids one step asks for. */
const step = 1_000;

/**
 * Answers the related conditions of a condition, each by the ids of the records that satisfy it, so that the whole
 * condition is one query.
 * @returns what each related condition means in a query on records
 * @throws TooManyError when more than 100,000 records satisfy one
 */
export async function resolveRelated(
  collections: Collections,
  mover: MembershipMover,
  tenant: string,
  condition: Condition,
): Promise<ReadonlyMap<Condition, MongoQuery>> {
  const resolved = new Map<Condition, MongoQuery>();
  const all = relatedIn(condition);
  if (all.length > 0) await mover.settleAll(tenant);
  for (const related of all) {
    const ids =
      related.relation === 'members'
        ? await groupsWithMember(collections, tenant, related.condition)
        : await membersOfGroups(collections, tenant, related.condition);
    if (ids.size > mostNamed)
      throw new TooManyError(`The filter on ${related.relation} names more than ${mostNamed} resources; narrow it.`);
    resolved.set(related, ids.size === 0 ? NONE : { _id: { $in: [...ids].map((id) => recordKey(tenant, id)) } });
  }
  return resolved;
}

function relatedIn(condition: Condition): readonly RelatedCondition[] {
  switch (condition.kind) {
    case 'related':
      return [condition];
    case 'and':
    case 'or':
      return condition.conditions.flatMap(relatedIn);
    case 'not':
      return relatedIn(condition.condition);
    default:
      return [];
  }
}

/** The field of a membership for a member's sub-attribute. */
export function memberField(key: string): string {
  return key === 'value' ? 'member' : `search.${encodeName(key)}`;
}

async function groupsWithMember(
  collections: Collections,
  tenant: string,
  condition: Condition,
): Promise<ReadonlySet<string>> {
  const member = translateCondition(condition, { field: memberField });
  const found = collections.memberships.each<{ group: string }>(
    { $and: [{ tenant, present: true }, member] },
    { projection: { group: 1 } },
    step,
  );
  const groups = new Set<string>();
  for await (const { group } of found) if (groups.add(group).size > mostNamed) break;
  return groups;
}

/**
 * The members, direct and indirect, of the groups that satisfy a condition. Whether a group counts may hang on how a
 * member is in it; a member that is in a group both ways counts as direct.
 */
async function membersOfGroups(
  collections: Collections,
  tenant: string,
  condition: Condition,
): Promise<ReadonlySet<string>> {
  const asDirect = await groupsWhere(collections, tenant, condition, 'direct');
  const asIndirect = await groupsWhere(collections, tenant, condition, 'indirect');
  const eitherWay = [...asDirect].filter((group) => asIndirect.has(group));
  const members = new Set(await membersWithin(collections, tenant, new Set(eitherWay)));
  await addAll(
    members,
    directMembers(
      collections,
      tenant,
      [...asDirect].filter((group) => !asIndirect.has(group)),
    ),
  );
  for (const group of asIndirect) {
    if (asDirect.has(group)) continue;
    const direct = new Set<string>();
    await addAll(direct, directMembers(collections, tenant, [group]));
    for (const member of await membersWithin(collections, tenant, new Set([group])))
      if (!direct.has(member)) members.add(member);
  }
  return members;
}

/** The groups that satisfy a condition on `{value, display, type}` when `type` is known. */
async function groupsWhere(
  collections: Collections,
  tenant: string,
  condition: Condition,
  type: 'direct' | 'indirect',
): Promise<ReadonlySet<string>> {
  const field = (key: string) => searchField({ value: 'id', display: 'displayname' }[key] ?? key);
  const query = translateCondition(withType(condition, type), { field });
  const found = collections.records.each<{ _id: string }>(
    { $and: [{ tenant, type: 'Group' }, query] },
    { projection: { _id: 1 } },
    step,
  );
  const groups = new Set<string>();
  for await (const { _id } of found) if (groups.add(_id.slice(tenant.length + 1)).size > mostNamed) break;
  return groups;
}

/** Replaces each comparison of `type` by its answer. */
function withType(condition: Condition, type: string): Condition {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return { ...condition, conditions: condition.conditions.map((each) => withType(each, type)) };
    case 'not':
      return { ...condition, condition: withType(condition.condition, type) };
    case 'present':
      return condition.target[0]?.key === 'type' ? { kind: 'always', value: true } : condition;
    case 'compare':
      return condition.target[0]?.key === 'type' ? { kind: 'always', value: holds(type, condition) } : condition;
    default:
      return condition;
  }
}

function holds(type: string, { operator, value }: Extract<Condition, { kind: 'compare' }>): boolean {
  const wanted = String(value);
  switch (operator) {
    case 'eq':
      return type === wanted;
    case 'ne':
      return type !== wanted;
    case 'co':
      return type.includes(wanted);
    case 'sw':
      return type.startsWith(wanted);
    case 'ew':
      return type.endsWith(wanted);
    case 'gt':
      return type > wanted;
    case 'ge':
      return type >= wanted;
    case 'lt':
      return type < wanted;
    case 'le':
      return type <= wanted;
  }
}

/** Every member of these groups and of the groups inside them, by breadth-first steps. */
async function membersWithin(
  collections: Collections,
  tenant: string,
  groups: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const members = new Set<string>();
  const asked = new Set(groups);
  let next = [...groups];
  while (next.length > 0 && members.size <= mostNamed) {
    const inside: string[] = [];
    for await (const { member, type } of directMembers(collections, tenant, next)) {
      members.add(member);
      if (type === 'Group' && !asked.has(member)) inside.push(member);
      asked.add(member);
    }
    next = inside;
  }
  return members;
}

async function* directMembers(
  collections: Collections,
  tenant: string,
  groups: readonly string[],
): AsyncGenerator<{ member: string; type: string }> {
  for (let start = 0; start < groups.length; start += step) {
    const group = { $in: groups.slice(start, start + step) };
    yield* collections.memberships.each<{ member: string; type: string }>(
      { tenant, group, present: true },
      { projection: { member: 1, type: 1 } },
      step,
    );
  }
}

async function addAll(members: Set<string>, found: AsyncIterable<{ readonly member: string }>): Promise<void> {
  for await (const { member } of found) if (members.add(member).size > mostNamed) return;
}
