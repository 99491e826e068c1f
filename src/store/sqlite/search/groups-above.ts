import type { GroupOfMember } from '../../../provisioning/records/resource-store.ts';
import type { Connection } from '../database/connection.ts';

/** That a member is in a group: directly, or as a member of another one. */
type Belonging = readonly [member: string, group: string, isDirect: number];

/** A group that a member is in, and whether it is in another one. */
type DirectGroup = readonly [group: string, display: string | null, isNested: number];

const none: readonly GroupOfMember[] = [];

/** A group as it shows at its direct and at its indirect members: each is one object, however many they are. */
interface Shown {
  readonly direct: GroupOfMember;
  readonly indirect: GroupOfMember;
}

/** The name of a group in `named`, a row of `records`. */
const displayName = `coalesce(named.resource ->> '$.displayName', named.rest ->> '$.displayName')`;

/** Whether a group is a member of another one. */
const isNested = (tenant: string, group: string): string =>
  `EXISTS (SELECT 1 FROM memberships AS upper WHERE upper.tenant = ${tenant} AND upper.member = ${group})`;

/**
 * A select that answers the groups in which a member itself is, as one text for `GroupsAbove.shown`.
 * @param tenant an SQL expression, as `member` is
 */
export const directGroups = (tenant: string, member: string): string =>
  `SELECT json_group_array(json_array(direct.group_id, ${displayName}, ${isNested(tenant, 'direct.group_id')}))
     FROM memberships AS direct
     LEFT JOIN records AS named
       ON named.tenant = direct.tenant AND named.id = direct.group_id AND named.type = 'Group'
   WHERE direct.tenant = ${tenant} AND direct.member = ${member}`;

/**
 * Finds the groups above some members. Rows come as one JSON text, which costs a fraction of what the driver takes for
 * rows, and the walk through groups of groups is made where there are any.
 */
export class GroupsAbove {
  readonly #connection: Connection;
  readonly #tenant: string;
  readonly #shown = new Map<string, Shown>();
  #isNested = false;

  /** Reads what is true now: to be used for one answer. */
  constructor(connection: Connection, tenant: string) {
    this.#connection = connection;
    this.#tenant = tenant;
  }

  /** The groups of each member that is in one, ordered by id. */
  of(members: readonly string[]): Map<string, readonly GroupOfMember[]> {
    const [only] = members;
    return members.length === 1 ? this.#ofOne(only!) : this.#ofMany([...new Set(members)]);
  }

  /**
   * The groups of one member.
   * @param direct what `directGroups` has answered for it: all there is to know, unless one of them is in another
   */
  shown(member: string, direct: string): readonly GroupOfMember[] {
    if (direct === '[]') return none;
    const found = JSON.parse(direct) as readonly DirectGroup[];
    if (found.some(([, , nested]) => nested === 1)) return this.#ofMany([member]).get(member) ?? none;
    return found.map(([value, display]): GroupOfMember => shownOf(value, display).direct).sort(byValue);
  }

  #ofOne(member: string): Map<string, readonly GroupOfMember[]> {
    const [direct] = this.#connection.get<[string]>(directGroups('?1', '?2'), this.#tenant, member) ?? [];
    const groups = this.shown(member, direct ?? '[]');
    const found = new Map<string, readonly GroupOfMember[]>();
    return groups.length === 0 ? found : found.set(member, groups);
  }

  #ofMany(members: readonly string[]): Map<string, GroupOfMember[]> {
    const found = new Map<string, GroupOfMember[]>();
    const wanted = JSON.stringify(members);
    const direct = this.#json<readonly [member: number, group: string]>(
      `SELECT json_group_array(json_array(wanted.key, group_id)) FROM json_each(?) AS wanted
         CROSS JOIN memberships ON memberships.tenant = ? AND memberships.member = wanted.value`,
      wanted,
      this.#tenant,
    );
    if (direct.length === 0) return found;
    if (this.#look(direct.map(([, group]) => group))) return this.#nested(wanted);
    for (const [index, group] of direct) {
      const member = members[index]!;
      const groups = found.get(member);
      if (groups === undefined) found.set(member, [this.#shown.get(group)!.direct]);
      else groups.push(this.#shown.get(group)!.direct);
    }
    for (const groups of found.values()) if (groups.length > 1) groups.sort(byValue);
    return found;
  }

  /** The same where groups are in groups. */
  #nested(wanted: string): Map<string, GroupOfMember[]> {
    // UNION ends the walk where groups contain each other.
    const belongings = this.#json<Belonging>(
      `WITH RECURSIVE above (member, id) AS (
         SELECT member, group_id FROM memberships WHERE tenant = ? AND member IN (SELECT value FROM json_each(?))
         UNION
         SELECT above.member, memberships.group_id FROM above CROSS JOIN memberships ON memberships.tenant = ? AND
           memberships.member = above.id
       )
       SELECT json_group_array(json_array(member, id, is_direct)) FROM (
         SELECT above.member, above.id,
           EXISTS (SELECT 1 FROM memberships WHERE tenant = ? AND group_id = above.id AND memberships.member =
             above.member) AS is_direct
         FROM above ORDER BY above.member, above.id)`,
      this.#tenant,
      wanted,
      this.#tenant,
      this.#tenant,
    );
    this.#look(belongings.map(([, group]) => group));
    const found = new Map<string, GroupOfMember[]>();
    for (const [member, group, isDirect] of belongings) {
      if (group === member) continue;
      const shown = this.#shown.get(group)![isDirect === 1 ? 'direct' : 'indirect'];
      const groups = found.get(member);
      if (groups === undefined) found.set(member, [shown]);
      else groups.push(shown);
    }
    return found;
  }

  /**
   * Reads the names of groups; a group that is gone has none.
   * @returns whether one of them, or of those read before, is in another
   */
  #look(groups: readonly string[]): boolean {
    const unknown = [...new Set(groups)].filter((group) => !this.#shown.has(group));
    if (unknown.length === 0) return this.#isNested;
    const read = this.#json<DirectGroup>(
      `SELECT json_group_array(json_array(value, ${displayName}, ${isNested('?1', 'wanted.value')}))
       FROM json_each(?2) AS wanted
       LEFT JOIN records AS named
         ON named.tenant = ?1 AND named.id = wanted.value AND named.type = 'Group'`,
      this.#tenant,
      JSON.stringify(unknown),
    );
    for (const [value, display, nested] of read) {
      this.#shown.set(value, shownOf(value, display));
      this.#isNested ||= nested === 1;
    }
    return this.#isNested;
  }

  #json<Row>(sql: string, ...values: string[]): readonly Row[] {
    return JSON.parse(this.#connection.get<[string]>(sql, ...values)?.[0] ?? '[]') as Row[];
  }
}

function shownOf(value: string, name: string | null): Shown {
  const display = name ?? undefined;
  return { direct: { value, display, type: 'direct' }, indirect: { value, display, type: 'indirect' } };
}

/** By code unit, which for ids is the order of the database. */
function byValue(one: GroupOfMember, other: GroupOfMember): number {
  return one.value < other.value ? -1 : 1;
}
