import { nextTurn } from '../../../base/cooperative.ts';
import type { Membership } from '../../../provisioning/records/resource-store.ts';
import type { Condition } from '../../../scim/search/condition.ts';
import type { Connection } from '../database/connection.ts';
import { CHUNK, chunksOf } from './chunks-of.ts';
import { translateMemberCondition } from './filter-translation.ts';
import { valueWanted } from './indexed-condition.ts';

type MembershipRow = readonly [value: string, type: 'User' | 'Group', display: string | null];

/** Reads the members of groups, some of them between two turns of the event loop. */
export class MemberReads {
  readonly #reader: Connection;

  constructor(reader: Connection) {
    this.#reader = reader;
  }

  /** A group's members in a stable order. */
  async *members(tenant: string, group: string): AsyncGenerator<readonly Membership[]> {
    for (let after = ''; ;) {
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
      const rows = JSON.parse(text) as MembershipRow[];
      if (rows.length > 0) yield rows.map(membership);
      if (rows.length < CHUNK) return;
      after = rows.at(-1)?.[0] ?? after;
      await nextTurn();
    }
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
