import { expect } from 'chai';
import type { CompareOperator, Condition, SearchScalar, SortOrder, Target } from '../../src/scim/search/condition.ts';
import type { StoreQuery } from '../../src/provisioning/records/resource-store.ts';
import { matchCondition } from '../../src/scim/search/filter-match.ts';
import type { SearchDocument } from '../../src/scim/search/search-document.ts';
import type { Store } from '../../src/store/store.ts';
import { adding, newGroup, newUser, nextVersion, removal, searchOf, TENANT } from './fixtures.ts';

/** `emails[].value` → two steps, the first multi-valued. */
function target(path: string): Target {
  return path.split('/').map((step) => ({ key: step.replace('[]', ''), multiValued: step.endsWith('[]') }));
}

function compare(path: string, operator: CompareOperator, value: SearchScalar): Condition {
  return { kind: 'compare', target: target(path), operator, value };
}

const EXTENSION = 'urn:example:params:scim:schemas:extension:odd:2%2e0:user';

/** Twelve documents that differ where conditions look. */
const PEOPLE: Readonly<Record<string, SearchDocument>> = {
  ada: {
    username: 'ada@a.example',
    displayname: 'ada',
    active: true,
    logins: 5,
    emails: [
      { value: 'ada@a.example', type: 'work', primary: true },
      { value: 'home@a.example', type: 'home' },
    ],
  },
  bob: {
    username: 'bob@b.example',
    displayname: 'bob',
    active: false,
    logins: 1,
    emails: [{ value: 'bob@b.example', type: 'home' }],
  },
  cyd: { username: 'cyd@b.example', active: true, emails: [{ type: 'work' }] },
  dan: { username: 'dan', displayname: '', logins: 0 },
  eve: { username: 'eve%_*\\"\'$', displayname: 'bob', logins: -2.5, title: 'a%b_c', tags: ['red', 'green'] },
  fee: { username: 'fée', displayname: 'zoë', externalid: 'Fee', logins: 5, tags: ['blue'] },
  gus: { username: '😀gus', displayname: '\uffee', externalid: 'fee', name: { givenname: 'gus', familyname: 'okoro' } },
  hal: {
    username: 'hal',
    displayname: '😀',
    name: { givenname: 'ines' },
    [EXTENSION]: { 'start.date%24': '2026-01-02T00:00:00.000000000Z', n: 1 },
  },
  ivy: {
    username: 'ivy',
    displayname: 'ada lovelace',
    [EXTENSION]: { 'start.date%24': '2026-01-03T00:00:00.000000000Z', n: 1.5 },
  },
  jo: { username: 'jo', active: true, 'we"ird\\k\'ey.$x': 'v', tags: ['red', 'RED'] },
  kim: { username: 'kim', logins: 1e21 },
  lou: {
    username: 'lou',
    logins: 9_007_199_254_740_991,
    emails: [
      { value: 'lou@l.example', type: 'other' },
      { value: 'bob@b.example', type: 'work' },
    ],
  },
};

/** Lists: conditions, order, pages. */
export function queriesContract(store: () => Store): void {
  describe('queries', () => {
    const query = (changes: Partial<StoreQuery> = {}) =>
      store().resources.query({
        tenant: TENANT,
        type: 'User',
        condition: undefined,
        sort: undefined,
        limit: 100,
        page: { offset: 0 },
        ...changes,
      });
    const ids = async (changes: Partial<StoreQuery>) => (await query(changes)).records.map(({ id }) => id);
    const create = async (id: string, values: SearchDocument = {}) => {
      const put = newUser(id, { search: searchOf('user', id, values) });
      await store().resources.commit(put);
      return put;
    };
    const displayName = (name: string | undefined): SearchDocument => (name === undefined ? {} : { displayname: name });
    const fill = async (count: number, values: (n: number) => SearchDocument = () => ({})) => {
      for (let n = 0; n < count; n += 1) await create(`u${n}`, values(n));
    };

    describe('conditions', () => {
      const people = async () => {
        for (const [id, values] of Object.entries(PEOPLE)) await create(id, values);
      };
      const all = Object.keys(PEOPLE);
      const except = (...names: string[]) => all.filter((name) => !names.includes(name));

      const cases: readonly (readonly [string, Condition, readonly string[]])[] = [
        ['always', { kind: 'always', value: true }, all],
        ['never', { kind: 'always', value: false }, []],
        ['no conditions at all: and', { kind: 'and', conditions: [] }, all],
        ['no conditions at all: or', { kind: 'or', conditions: [] }, []],
        ['eq text', compare('username', 'eq', 'ada@a.example'), ['ada']],
        ['eq is exact', compare('externalid', 'eq', 'fee'), ['gus']],
        ['eq text that looks like patterns', compare('username', 'eq', 'eve%_*\\"\'$'), ['eve']],
        ['eq the empty string', compare('displayname', 'eq', ''), ['dan']],
        ['ne is true without a value', compare('displayname', 'ne', 'bob'), except('bob', 'eve')],
        ['co', compare('username', 'co', '@b.'), ['bob', 'cyd']],
        ['co takes patterns for text', compare('username', 'co', '%_*'), ['eve']],
        [
          'co the empty string: any text',
          compare('displayname', 'co', ''),
          ['ada', 'bob', 'dan', 'eve', 'fee', 'gus', 'hal', 'ivy'],
        ],
        ['sw', compare('displayname', 'sw', 'ada'), ['ada', 'ivy']],
        ['sw beyond the basic plane', compare('username', 'sw', '😀'), ['gus']],
        ['sw the empty string', compare('externalid', 'sw', ''), ['fee', 'gus']],
        ['sw takes patterns for text', compare('title', 'sw', 'a_'), []],
        ['ew', compare('username', 'ew', '.example'), ['ada', 'bob', 'cyd']],
        ['ew longer than the value', compare('username', 'ew', 'this is longer than any of them'), []],
        ['ew accents', compare('username', 'ew', 'ée'), ['fee']],
        ['ew the empty string', compare('externalid', 'ew', ''), ['fee', 'gus']],
        ['gt goes by code point, not by UTF-16 unit', compare('displayname', 'gt', '\uffee'), ['hal']],
        ['ge', compare('displayname', 'ge', 'zoë'), ['fee', 'gus', 'hal']],
        ['lt', compare('displayname', 'lt', 'ada lovelace'), ['ada', 'dan']],
        ['le', compare('displayname', 'le', 'ada lovelace'), ['ada', 'dan', 'ivy']],
        ['numbers: eq', compare('logins', 'eq', 5), ['ada', 'fee']],
        ['numbers: ne', compare('logins', 'ne', 5), except('ada', 'fee')],
        ['numbers: gt', compare('logins', 'gt', 1), ['ada', 'fee', 'kim', 'lou']],
        ['numbers: le', compare('logins', 'le', 0), ['dan', 'eve']],
        ['numbers: lt a fraction', compare('logins', 'lt', -2.4), ['eve']],
        ['numbers: beyond 64 bits', compare('logins', 'eq', 1e21), ['kim']],
        ['numbers: the greatest safe integer', compare('logins', 'ge', 9_007_199_254_740_991), ['kim', 'lou']],
        ['booleans: eq true', compare('active', 'eq', true), ['ada', 'cyd', 'jo']],
        ['booleans: eq false', compare('active', 'eq', false), ['bob']],
        ['booleans: ne false', compare('active', 'ne', false), except('bob')],
        ['a boolean is no number', compare('logins', 'eq', true), []],
        ['a number is no boolean', compare('active', 'eq', 1), []],
        ['text is no number', compare('username', 'gt', 5), []],
        ['a number is no text', compare('logins', 'lt', 'a'), []],
        [
          'present: the empty string is none',
          { kind: 'present', target: target('displayname') },
          ['ada', 'bob', 'eve', 'fee', 'gus', 'hal', 'ivy'],
        ],
        ['present: false is a value', { kind: 'present', target: target('active') }, ['ada', 'bob', 'cyd', 'jo']],
        ['present: in an array of plain values', { kind: 'present', target: target('tags[]') }, ['eve', 'fee', 'jo']],
        ['present: in any element', { kind: 'present', target: target('emails[]/value') }, ['ada', 'bob', 'lou']],
        ['a sub-attribute', compare('name/givenname', 'eq', 'ines'), ['hal']],
        [
          'an extension with odd characters in its keys',
          compare(`${EXTENSION}/start.date%24`, 'gt', '2026-01-02T00:00:00.000000000Z'),
          ['ivy'],
        ],
        ["an extension's number", compare(`${EXTENSION}/n`, 'eq', 1), ['hal']],
        ['a hostile key', compare('we"ird\\k\'ey.$x', 'eq', 'v'), ['jo']],
        ['a hostile key, present', { kind: 'present', target: target('we"ird\\k\'ey.$x') }, ['jo']],
        ['any of several values: eq', compare('emails[]/value', 'eq', 'bob@b.example'), ['bob', 'lou']],
        ['any of several values: sw', compare('emails[]/value', 'sw', 'home'), ['ada']],
        ['any of several values: co', compare('emails[]/value', 'co', 'l.ex'), ['lou']],
        ['any of several values: ne', compare('emails[]/value', 'ne', 'bob@b.example'), except('bob')],
        ['any of several plain values: eq', compare('tags[]', 'eq', 'red'), ['eve', 'jo']],
        ['any of several plain values: ne', compare('tags[]', 'ne', 'blue'), except('fee')],
        [
          'one element satisfies all',
          {
            kind: 'element',
            target: target('emails[]'),
            condition: {
              kind: 'and',
              conditions: [compare('type', 'eq', 'work'), compare('value', 'eq', 'bob@b.example')],
            },
          },
          ['lou'],
        ],
        [
          'an element that does not',
          {
            kind: 'element',
            target: target('emails[]'),
            condition: { kind: 'not', condition: compare('type', 'eq', 'work') },
          },
          ['ada', 'bob', 'lou'],
        ],
        [
          'an element without the sub-attribute',
          { kind: 'element', target: target('emails[]'), condition: compare('value', 'ne', 'x') },
          ['ada', 'bob', 'cyd', 'lou'],
        ],
        [
          "an element's boolean",
          { kind: 'element', target: target('emails[]'), condition: compare('primary', 'eq', true) },
          ['ada'],
        ],
        [
          'not over something absent',
          { kind: 'not', condition: compare('displayname', 'eq', 'bob') },
          except('bob', 'eve'),
        ],
        [
          'not over an order',
          { kind: 'not', condition: compare('logins', 'gt', 1) },
          except('ada', 'fee', 'kim', 'lou'),
        ],
        ['not over ne', { kind: 'not', condition: compare('displayname', 'ne', 'bob') }, ['bob', 'eve']],
        [
          'not over an element',
          {
            kind: 'not',
            condition: { kind: 'element', target: target('emails[]'), condition: compare('type', 'eq', 'home') },
          },
          except('ada', 'bob'),
        ],
        [
          'not over and, or',
          {
            kind: 'not',
            condition: {
              kind: 'or',
              conditions: [
                compare('active', 'eq', true),
                { kind: 'and', conditions: [compare('logins', 'gt', 0), compare('logins', 'lt', 2)] },
              ],
            },
          },
          except('ada', 'cyd', 'jo', 'bob'),
        ],
        ['id', compare('id', 'eq', 'kim'), ['kim']],
        ['meta', compare('meta/resourcetype', 'eq', 'user'), all],
        ['time', compare('meta/lastmodified', 'gt', '2026-03-01T08:00:00.000000000Z'), []],
      ];
      for (const [name, condition, expected] of cases) {
        it(name, async () => {
          await people();
          const page = await query({ condition });
          expect(
            all.filter((id) => matchCondition(condition, searchOf('user', id, PEOPLE[id]))),
            'the one meaning',
          ).to.deep.equal([...expected]);
          expect(page.records.map(({ id }) => id)).to.deep.equal([...expected]);
          expect(page.total).to.equal(expected.length);
        });
      }

      it('takes conditions as broad and as deep as the parser lets through', async () => {
        await people();
        const broad: Condition = {
          kind: 'or',
          conditions: Array.from({ length: 2_000 }, (_, n) =>
            compare('username', 'eq', n === 1_999 ? 'kim' : `nobody${n}`),
          ),
        };
        expect(await ids({ condition: broad })).to.deep.equal(['kim']);
        let deep: Condition = compare('username', 'eq', 'kim');
        for (let n = 0; n < 32; n += 1) {
          const beside = compare('logins', 'eq', n);
          deep =
            n % 3 === 0
              ? { kind: 'not', condition: { kind: 'or', conditions: [beside, deep] } }
              : { kind: n % 3 === 1 ? 'and' : 'or', conditions: [{ kind: 'not', condition: beside }, deep] };
        }
        const yes = await ids({ condition: deep });
        const no = await ids({ condition: { kind: 'not', condition: deep } });
        expect([...yes, ...no].sort()).to.deep.equal([...all].sort());
      });

      it('follows a write at once', async () => {
        const put = await create('u1', { username: 'old', emails: [{ value: 'old@x' }] });
        await store().resources.commit(
          nextVersion(put, { search: searchOf('user', 'u1', { username: 'new', emails: [{ value: 'new@x' }] }) }),
        );
        expect(await ids({ condition: compare('username', 'eq', 'old') })).to.deep.equal([]);
        expect(await ids({ condition: compare('username', 'eq', 'new') })).to.deep.equal(['u1']);
        expect(await ids({ condition: compare('username', 'co', 'new') })).to.deep.equal(['u1']);
        expect(await ids({ condition: compare('emails[]/value', 'eq', 'old@x') })).to.deep.equal([]);
        expect(await ids({ condition: compare('emails[]/value', 'eq', 'new@x') })).to.deep.equal(['u1']);
      });

      it('sees one tenant and one type alone', async () => {
        await create('u1', { emails: [{ value: 'a@x' }] });
        await store().resources.commit(
          newUser('u2', { tenant: 'other', search: searchOf('user', 'u2', { emails: [{ value: 'a@x' }] }) }),
        );
        await store().resources.commit(
          newGroup('g1', { search: searchOf('group', 'g1', { emails: [{ value: 'a@x' }] }) }),
        );
        for (const condition of [
          compare('emails[]/value', 'eq', 'a@x'),
          compare('emails[]/value', 'co', '@'),
          { kind: 'always', value: true } as const,
        ]) {
          expect(await ids({ condition })).to.deep.equal(['u1']);
        }
      });
    });

    describe('relations', () => {
      const related = (relation: 'members' | 'groups', condition: Condition): Condition => ({
        kind: 'related',
        relation,
        condition,
      });
      const groups = (condition: Condition) => ids({ type: 'Group', condition });

      beforeEach(async () => {
        for (const id of ['u1', 'u2', 'u3']) await create(id);
        await store().resources.commit(
          newGroup('Inner', {
            members: { clear: false, remove: [], add: [{ value: 'u1', type: 'User', display: 'ÄNNE' }] },
          }),
        );
        await store().resources.commit(
          newGroup('Outer', {
            members: {
              clear: false,
              remove: [],
              add: [
                { value: 'Inner', type: 'Group' },
                { value: 'u2', type: 'User' },
              ],
            },
          }),
        );
        await store().resources.commit(newGroup('Empty'));
        await store().resources.commit({
          ...newGroup('Foreign', { members: adding('u3') }),
          record: { ...newGroup('Foreign').record, tenant: 'other' },
        });
      });

      it('finds groups by their direct members', async () => {
        expect(await groups(related('members', compare('value', 'eq', 'u1')))).to.deep.equal(['Inner']);
        expect(await groups(related('members', compare('value', 'eq', 'u3')))).to.deep.equal([]);
        expect(await groups(related('members', compare('type', 'eq', 'group')))).to.deep.equal(['Outer']);
        expect(await groups(related('members', compare('display', 'eq', 'änne')))).to.deep.equal(['Inner']);
        expect(await groups(related('members', { kind: 'always', value: true }))).to.deep.equal(['Inner', 'Outer']);
        expect(
          await groups({ kind: 'not', condition: related('members', { kind: 'always', value: true }) }),
        ).to.deep.equal(['Empty']);
        expect(await groups(related('members', { kind: 'present', target: target('display') }))).to.deep.equal([
          'Inner',
        ]);
        expect(
          await groups(
            related('members', {
              kind: 'and',
              conditions: [compare('value', 'eq', 'u2'), compare('type', 'eq', 'group')],
            }),
          ),
        ).to.deep.equal([]);
        expect(
          await groups({
            kind: 'and',
            conditions: [compare('id', 'eq', 'Outer'), related('members', compare('value', 'eq', 'u2'))],
          }),
        ).to.deep.equal(['Outer']);
        expect(
          await groups({
            kind: 'and',
            conditions: [compare('id', 'eq', 'Outer'), related('members', compare('value', 'eq', 'u1'))],
          }),
        ).to.deep.equal([]);
      });

      it('finds users by their groups, direct and indirect', async () => {
        expect(await ids({ condition: related('groups', compare('value', 'eq', 'Outer')) })).to.deep.equal([
          'u1',
          'u2',
        ]);
        expect(await ids({ condition: related('groups', compare('value', 'eq', 'Inner')) })).to.deep.equal(['u1']);
        expect(await ids({ condition: related('groups', compare('display', 'sw', 'out')) })).to.deep.equal([
          'u1',
          'u2',
        ]);
        expect(await ids({ condition: related('groups', compare('type', 'eq', 'indirect')) })).to.deep.equal(['u1']);
        expect(
          await ids({
            condition: related('groups', {
              kind: 'and',
              conditions: [compare('value', 'eq', 'Outer'), compare('type', 'eq', 'direct')],
            }),
          }),
        ).to.deep.equal(['u2']);
        expect(
          await ids({ condition: { kind: 'not', condition: related('groups', { kind: 'always', value: true }) } }),
        ).to.deep.equal(['u3']);
      });

      it('ends where groups contain each other', async () => {
        const record = await store().resources.get(TENANT, 'Group', 'Inner');
        const first = newGroup('Inner');
        await store().resources.commit(
          nextVersion(
            { ...first, record: record ?? first.record },
            { members: { clear: false, remove: [], add: [{ value: 'Outer', type: 'Group' }] } },
          ),
        );
        expect(await ids({ condition: related('groups', compare('value', 'eq', 'Inner')) })).to.deep.equal([
          'u1',
          'u2',
        ]);
        expect(await ids({ condition: related('groups', compare('display', 'co', 'n')) })).to.deep.equal(['u1', 'u2']);
      });
    });

    describe('order', () => {
      const by = (path: string, descending = false): SortOrder => ({ target: target(path), descending });

      it('is the order of creation, which a change does not alter', async () => {
        await fill(5);
        const put = await create('late');
        await create('last');
        await store().resources.commit(nextVersion(put));
        expect(await ids({})).to.deep.equal(['u0', 'u1', 'u2', 'u3', 'u4', 'late', 'last']);
      });

      it('sorts by code point, absent values last, ties in order of creation; descending is the very reverse', async () => {
        const names = ['b', undefined, 'a', '\uffee', 'b', '', '😀', undefined];
        await fill(names.length, (n) => displayName(names[n]));
        expect(await ids({ sort: by('displayname') })).to.deep.equal(['u5', 'u2', 'u0', 'u4', 'u3', 'u6', 'u1', 'u7']);
        expect(await ids({ sort: by('displayname', true) })).to.deep.equal([
          'u7',
          'u1',
          'u6',
          'u3',
          'u4',
          'u0',
          'u2',
          'u5',
        ]);
      });

      it('sorts numbers as numbers and booleans false first', async () => {
        await fill(4, (n) => ({ logins: [10, 9, -1, 2.5][n] ?? 0, active: n % 2 === 0 }));
        expect(await ids({ sort: by('logins') })).to.deep.equal(['u2', 'u3', 'u1', 'u0']);
        expect(await ids({ sort: by('active') })).to.deep.equal(['u1', 'u3', 'u0', 'u2']);
      });

      it('sorts a multi-valued attribute by its first element', async () => {
        await fill(3, (n) => ({
          emails: [{ value: ['b', 'c', 'a'][n] ?? '' }, { value: ['1', '0', '2'][n] ?? '' }],
          tags: [['z', 'x', 'y'][n] ?? ''],
        }));
        expect(await ids({ sort: by('emails[]/value') })).to.deep.equal(['u2', 'u0', 'u1']);
        expect(await ids({ sort: by('tags[]') })).to.deep.equal(['u1', 'u2', 'u0']);
      });

      it('sorts what a condition lets through', async () => {
        await fill(6, (n) => ({ logins: n % 2, displayname: `d${6 - n}` }));
        expect(
          await ids({ sort: by('displayname'), condition: compare('logins', 'eq', 1), page: { offset: 1 }, limit: 1 }),
        ).to.deep.equal(['u3']);
      });
    });

    describe('pages', () => {
      const odd = compare('parity', 'eq', 1);

      it('cuts pages by offset, with the exact total', async () => {
        await fill(25, (n) => ({ parity: n % 2 }));
        const page = await query({ limit: 10, page: { offset: 20 } });
        expect(page.records.map(({ id }) => id)).to.deep.equal(['u20', 'u21', 'u22', 'u23', 'u24']);
        expect(page.total).to.equal(25);
        expect(await ids({ limit: 3, page: { offset: 2 }, condition: odd })).to.deep.equal(['u5', 'u7', 'u9']);
        expect(await query({ limit: 3, page: { offset: 99 }, condition: odd })).to.deep.include({
          total: 12,
          records: [],
        });
        expect(await query({ limit: 3, page: { offset: 99 } })).to.deep.include({ total: 25, records: [] });
        expect(await query({ limit: 0 })).to.deep.equal({ total: 25, records: [] });
        expect(await query({ limit: 0, condition: odd })).to.deep.equal({ total: 12, records: [] });
        expect(await query({ type: 'Group' })).to.deep.equal({ total: 0, records: [] });
      });

      it('counts what was removed out', async () => {
        const puts = [];
        for (let n = 0; n < 8; n += 1) puts.push(await create(`u${n}`));
        for (const n of [0, 3, 7]) await store().resources.commit(removal(puts[n]?.record ?? newUser('none').record));
        const page = await query({ limit: 2, page: { offset: 2 } });
        expect(page.records.map(({ id }) => id)).to.deep.equal(['u4', 'u5']);
        expect(page.total).to.equal(5);
      });

      const walk = async (
        changes: Partial<StoreQuery>,
        between: (page: number) => Promise<void> = async () => undefined,
      ) => {
        const seen: string[] = [];
        for (let after: string | undefined = '', page = 0; after !== undefined; page += 1) {
          const { records, next, total } = await query({ limit: 4, ...changes, page: { after } });
          expect(total).to.be.at.least(records.length);
          seen.push(...records.map(({ id }) => id));
          expect(page, 'the walk ends').to.be.lessThan(100);
          await between(page);
          after = next;
        }
        return seen;
      };

      it('walks by cursor through all there is, and ends without an empty page', async () => {
        await fill(12, (n) => ({ parity: n % 2 }));
        const all = Array.from({ length: 12 }, (_, n) => `u${n}`);
        expect(await walk({})).to.deep.equal(all);
        expect(await walk({ condition: odd })).to.deep.equal(all.filter((_, n) => n % 2 === 1));
        const last = await query({ limit: 12, page: { after: '' } });
        expect(last.next).to.equal(undefined);
        expect(last.total).to.equal(12);
        expect(
          await query({ limit: 5, page: { after: '' }, condition: { kind: 'always', value: false } }),
        ).to.deep.equal({ total: 0, records: [] });
      });

      for (const descending of [false, true]) {
        it(`walks by cursor in ${descending ? 'descending' : 'ascending'} order, through ties and absent values`, async () => {
          const names = ['b', undefined, 'a', 'c', 'b', '', 'b', undefined, 'b', 'b', undefined, 'a'];
          await fill(names.length, (n) => ({ parity: n % 2, ...displayName(names[n]) }));
          const sort = { target: target('displayname'), descending };
          for (const condition of [undefined, odd]) {
            for (const limit of [1, 2, 3, 5])
              expect(await walk({ sort, condition, limit })).to.deep.equal(await ids({ sort, condition }));
          }
        });
      }

      it('shows each survivor exactly once when records come, change and go during the walk', async () => {
        const puts: ReturnType<typeof newUser>[] = [];
        for (let n = 0; n < 30; n += 1) puts.push(await create(`u${n}`, { parity: n % 2 }));
        const seen = await walk({}, async (page) => {
          if (page > 5) return;
          const gone = puts[page * 5];
          if (gone !== undefined) await store().resources.commit(removal(gone.record));
          const changed = puts[page * 5 + 1];
          if (changed !== undefined) await store().resources.commit(nextVersion(changed));
          await create(`new${page}`);
        });
        expect(new Set(seen).size).to.equal(seen.length);
        const survivors = puts.filter((_, n) => n % 5 !== 0).map(({ record }) => record.id);
        expect(seen).to.include.members(survivors);
        expect(seen).to.include.members(['new0', 'new5']);
      });

      it('goes on from a position whose record has been removed', async () => {
        const puts: ReturnType<typeof newUser>[] = [];
        for (let n = 0; n < 6; n += 1) puts.push(await create(`u${n}`, { displayname: `d${n}` }));
        for (const sort of [undefined, { target: target('displayname'), descending: false }]) {
          const first = await query({ limit: 2, page: { after: '' }, sort });
          const second = puts[1];
          if (sort === undefined && second !== undefined) await store().resources.commit(removal(second.record));
          expect(await ids({ limit: 2, page: { after: first.next ?? 'missing' }, sort })).to.deep.equal(
            sort === undefined ? ['u2', 'u3'] : ['u3', 'u4'],
          );
        }
      });
    });
  });
}
