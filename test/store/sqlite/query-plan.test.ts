import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CompareOperator, Condition } from '../../../src/scim/search/condition.ts';
import { Connection } from '../../../src/store/sqlite/database/connection.ts';
import { translateCondition, translateMemberCondition } from '../../../src/store/sqlite/search/filter-translation.ts';
import { migrate } from '../../../src/store/sqlite/database/migrate.ts';

describe('SQLite query plans', () => {
  let folder = '';
  let connection: Connection;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-plan-'));
    connection = new Connection(join(folder, 'plan.db'), { readOnly: false });
    migrate(connection);
  });
  after(async () => {
    connection.close();
    await rm(folder, { recursive: true });
  });

  const compare = (path: string, operator: CompareOperator, value: string): Condition => ({
    kind: 'compare',
    target: path.split('/').map((key) => ({ key: key.replace('[]', ''), multiValued: key.endsWith('[]') })),
    operator,
    value,
  });
  const planOf = (condition: Condition) => {
    const { text, values } = translateCondition(condition, 't', 'User');
    return connection
      .all<[number, number, number, string]>(
        `EXPLAIN QUERY PLAN SELECT records.position FROM records WHERE records.tenant = ? AND records.type = ? AND (${text})`,
        't',
        'User',
        ...values,
      )
      .map(([, , , detail]) => detail)
      .join('\n');
  };

  const indexed: readonly (readonly [Condition, RegExp])[] = [
    [compare('username', 'eq', 'a'), /records_by_user_name \(tenant=\? AND type=\? AND <expr>=\?\)/],
    [compare('username', 'sw', 'a'), /records_by_user_name \(tenant=\? AND type=\? AND <expr>>\? AND <expr><\?\)/],
    [compare('externalid', 'eq', 'a'), /records_by_external_id \(tenant=\? AND type=\? AND <expr>=\?\)/],
    [compare('displayname', 'eq', 'a'), /records_by_display_name \(tenant=\? AND type=\? AND <expr>=\?\)/],
    [compare('id', 'eq', 'a'), /records_by_id \(tenant=\? AND type=\? AND <expr>=\?\)/],
    [compare('meta/lastmodified', 'ge', 'a'), /records_by_last_modified \(tenant=\? AND type=\? AND <expr>>\?\)/],
    [compare('emails[]/value', 'eq', 'a'), /email_values USING PRIMARY KEY \(tenant=\? AND type=\? AND value=\?\)/],
    [
      {
        kind: 'element',
        target: [{ key: 'emails', multiValued: true }],
        condition: { kind: 'and', conditions: [compare('type', 'eq', 'work'), compare('value', 'eq', 'a')] },
      },
      /email_values USING PRIMARY KEY \(tenant=\? AND type=\? AND value=\?\)/,
    ],
    [
      { kind: 'and', conditions: [compare('title', 'co', 'x'), compare('username', 'eq', 'a')] },
      /records_by_user_name/,
    ],
    [
      { kind: 'related', relation: 'members', condition: compare('value', 'eq', 'a') },
      /memberships_by_member \(tenant=\? AND member=\?\)/,
    ],
    [
      { kind: 'related', relation: 'groups', condition: compare('value', 'eq', 'a') },
      /RECURSIVE STEP\nSCAN below\nSEARCH memberships USING PRIMARY KEY \(tenant=\? AND group_id=\?\)/,
    ],
    [
      {
        kind: 'and',
        conditions: [
          compare('id', 'eq', 'u'),
          { kind: 'related', relation: 'groups', condition: compare('display', 'eq', 'a') },
        ],
      },
      /RECURSIVE STEP\nSCAN x1_above\nSEARCH memberships USING COVERING INDEX memberships_by_member \(tenant=\? AND member=\?\)/,
    ],
  ];
  for (const [condition, index] of indexed) {
    it(`${JSON.stringify(condition)} is led by its index`, () => {
      const plan = planOf(condition);
      expect(plan).to.match(index);
      expect(plan, 'and no table is read in full').not.to.match(/^SCAN (?!below|x1_above|x\d+ VIRTUAL TABLE)/m);
    });
  }

  it('sorts by userName along its index, both ways', () => {
    for (const order of ['ASC NULLS LAST', 'DESC NULLS FIRST']) {
      const plan = connection
        .all<[number, number, number, string]>(
          `EXPLAIN QUERY PLAN SELECT records.position FROM records WHERE records.tenant = ? AND records.type = ?
         ORDER BY json_extract(records.search, '$."username"') ${order}, records.position LIMIT 10`,
          't',
          'User',
        )
        .map(([, , , detail]) => detail)
        .join('\n');
      expect(plan).to.include('records_by_user_name');
      expect(plan).not.to.include('USE TEMP B-TREE FOR ORDER BY');
    }
  });

  it('finds one member of a group by the primary key', () => {
    const { text, values } = translateMemberCondition(compare('value', 'eq', 'u1'));
    const plan = connection.all<[number, number, number, string]>(
      `EXPLAIN QUERY PLAN SELECT member FROM memberships WHERE tenant = ? AND group_id = ? AND member = ? AND (${text})`,
      't',
      'g',
      'u1',
      ...values,
    );
    expect(plan.map(([, , , detail]) => detail).join()).to.include('group_id=? AND member=?');
  });
});
