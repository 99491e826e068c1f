import { nextTurn } from '../../../base/cooperative.ts';
import type { Membership } from '../../../provisioning/records/resource-store.ts';
import type { MemberFrame, MemberTexts } from '../../../scim/port/text-frame.ts';
import type { Condition } from '../../../scim/search/condition.ts';
import type { Connection } from '../database/connection.ts';
import { CHUNK, chunksOf } from './chunks-of.ts';
import { translateMemberCondition } from './filter-translation.ts';
import { valueWanted } from './indexed-condition.ts';

type MembershipRow = readonly [value: string, type: 'User' | 'Group', display: string | null];

/**
 * The JSON text of a member with its `$ref`; null where its id is not its own JSON text and its own part of a URI. Its
 * two values are what stands before the id of a user, and of a group.
 */
const memberText = `CASE WHEN member GLOB '*[^0-9A-Za-z_.-]*' THEN NULL ELSE concat('{"value":"', member,
  '","type":"', type, '"', iif(display IS NULL, '', ',"display":' || json_quote(display)),
  ',"$ref":"', iif(type = 'User', ?, ?), member, '"}') END`;

/** Reads the members of groups, some of them between two turns of the event loop. */
export class MemberReads {
  readonly #reader: Connection;

  constructor(reader: Connection) {
    this.#reader = reader;
  }

  /** A group's members in a stable order. */
  async *members(tenant: string, group: string): AsyncGenerator<readonly Membership[]> {
    for (let after = ''; ;) {
      const chunk = this.#chunk(tenant, group, after);
      if (chunk.length > 0) yield chunk;
      if (chunk.length < CHUNK) return;
      after = chunk.at(-1)?.value ?? after;
      await nextTurn();
    }
  }

  /** The same as texts, which SQLite makes: a chunk with an id that is not its own JSON text comes as it is. */
  async *texts(tenant: string, group: string, frame: MemberFrame): AsyncGenerator<MemberTexts | readonly Membership[]> {
    for (let after = ''; ;) {
      const [count, plain, last, text] = this.#reader.get<[number, number, string | null, string | null]>(
        `SELECT count(*), count(text), max(member), group_concat(text, ',') FROM
           (SELECT member, ${memberText} AS text FROM memberships
            WHERE tenant = ? AND group_id = ? AND member > ? ORDER BY member LIMIT ${CHUNK})`,
        frame.User,
        frame.Group,
        tenant,
        group,
        after,
      ) ?? [0, 0, null, null];
      if (plain < count) yield this.#chunk(tenant, group, after);
      else if (text !== null) yield { count, text };
      if (count < CHUNK || last === null) return;
      after = last;
      await nextTurn();
    }
  }

  /** Members that follow one, as many as are read at once. */
  #chunk(tenant: string, group: string, after: string): readonly Membership[] {
    // One text of JSON costs a fraction of what the driver takes for a thousand rows.
    const [text = '[]'] =
      this.#reader.get<[string]>(
        `SELECT json_group_array(json_array(member, type, display)) FROM
           (SELECT member, type, display FROM memberships WHERE tenant = ? AND group_id = ? AND member > ? ORDER BY
             member LIMIT ${CHUNK})`,
        tenant,
        group,
        after,
      ) ?? [];
    return (JSON.parse(text) as MembershipRow[]).map(membership);
  }

  /** Those of them that are among some values. */
  async membersAmong(tenant: string, group: string, values: readonly string[]): Promise<readonly Membership[]> {
    const found: Membership[] = [];
    for await (const some of chunksOf(values)) {
      found.push(
        ...this.#reader
          .all<MembershipRow>(
            'SELECT member, type, display FROM memberships WHERE tenant = ? AND group_id = ? AND member '
              + 'IN (SELECT value FROM json_each(?))',
            tenant,
            group,
            some,
          )
          .map(membership),
      );
    }
    return found;
  }

  /** Those that satisfy a condition. */
  async *membersWhere(tenant: string, group: string, condition: Condition): AsyncGenerator<readonly Membership[]> {
    const test = translateMemberCondition(condition);
    const select = (range: string, ...values: string[]) =>
      this.#reader
        .all<MembershipRow>(
          `SELECT member, type, display FROM memberships WHERE tenant = ? AND group_id = ? AND ${range} `
            + `AND (${test.text}) ORDER BY member`,
          tenant,
          group,
          ...values,
          ...test.values,
        )
        .map(membership);
    const wanted = valueWanted(condition);
    if (wanted !== undefined) {
      const found = select('member = ?', wanted);
      if (found.length > 0) yield found;
      return;
    }
    // One stretch of the group at a time, however few of its members pass.
    for (let after = ''; ;) {
      const end = this.#reader.get<[string]>(
        'SELECT member FROM memberships WHERE tenant = ? AND group_id = ? AND member > ? ORDER BY '
          + `member LIMIT 1 OFFSET ${CHUNK - 1}`,
        tenant,
        group,
        after,
      );
      const found =
        end === undefined ? select('member > ?', after) : select('member > ? AND member <= ?', after, end[0]);
      if (found.length > 0) yield found;
      if (end === undefined) return;
      after = end[0];
      await nextTurn();
    }
  }
}

function membership([value, type, display]: MembershipRow): Membership {
  return display === null ? { value, type } : { value, type, display };
}
