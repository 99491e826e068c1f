import { expect } from 'chai';
import type { GroupOfMember } from '../../src/provisioning/records/resource-store.ts';
import type { Condition } from '../../src/scim/search/condition.ts';
import type { Store } from '../../src/store/store.ts';
import { adding, event, gather, newGroup, newUser, nextVersion, removal, TENANT } from './fixtures.ts';

const memberIs = (value: string): Condition => ({
  kind: 'compare',
  target: [{ key: 'value', multiValued: false }],
  operator: 'eq',
  value,
});

/** Members of groups, groups of members, and what a removal does to both. */
export function membershipsContract(store: () => Store): void {
  describe('memberships', () => {
    const membersOf = async (group: string) =>
      (await gather(store().resources.members(TENANT, group))).map(({ value }) => value).sort();
    const told = (groups: readonly GroupOfMember[]) => groups.map(({ value, type }) => `${value} ${type}`).sort();
    const groupsOf = async (member: string) => {
      const { resources } = store();
      const groups = told((await resources.groupsOf(TENANT, [member])).get(member) ?? []);
      // With their record they are the same.
      for (const type of ['User', 'Group']) {
        const found = await resources.getWithGroups(TENANT, type, member);
        expect({ ...found?.record }).to.deep.equal({ ...(await resources.get(TENANT, type, member)) });
        if (found) expect(told(found.groups)).to.deep.equal(groups);
      }
      return groups;
    };
    const versionOf = async (group: string) => (await store().resources.get(TENANT, 'Group', group))?.version;

    it('clears first, then removes, then adds, updating those that are in already', async () => {
      const group = newGroup('g1', { members: adding('u1', 'u2', 'u3') });
      await store().resources.commit(group);
      const second = nextVersion(group, {
        members: {
          clear: false,
          remove: ['u1', 'u2', 'absent'],
          add: [
            { value: 'u2', type: 'User', display: 'Zoë' },
            { value: 'g2', type: 'Group' },
          ],
        },
      });
      await store().resources.commit(second);
      expect(
        (await gather(store().resources.members(TENANT, 'g1'))).sort((a, b) => (a.value < b.value ? -1 : 1)),
      ).to.deep.equal([
        { value: 'g2', type: 'Group' },
        { value: 'u2', type: 'User', display: 'Zoë' },
        { value: 'u3', type: 'User' },
      ]);
      await store().resources.commit(
        nextVersion(second, { members: { clear: true, remove: [], add: [{ value: 'u9', type: 'User' }] } }),
      );
      expect(await membersOf('g1')).to.deep.equal(['u9']);
    });

    it('leaves the members alone when a write names none', async () => {
      const group = newGroup('g1', { members: adding('u1') });
      await store().resources.commit(group);
      await store().resources.commit(nextVersion(group, { record: { resource: { displayName: 'renamed' } } }));
      expect(await membersOf('g1')).to.deep.equal(['u1']);
    });

    it('changes no member when the commit fails', async () => {
      const group = newGroup('g1', { members: adding('u1') });
      await store().resources.commit(group);
      await store().resources.commit(newGroup('g2', { uniqueKeys: ['displayname:g2'] }));
      expect(
        await store().resources.commit({ ...nextVersion(group, { members: adding('u2') }), expectedVersion: 7 }),
      ).to.include({ outcome: 'conflict' });
      expect(
        await store().resources.commit(nextVersion(group, { uniqueKeys: ['displayname:g2'], members: adding('u2') })),
      ).to.include({ outcome: 'duplicate' });
      expect(await membersOf('g1')).to.deep.equal(['u1']);
    });

    it('loses nothing when 50 writers add members to one group, each retrying on conflict', async function () {
      this.timeout(60_000);
      await store().resources.commit(newGroup('g1'));
      await Promise.all(
        Array.from({ length: 50 }, async (_, n) => {
          for (;;) {
            const record = await store().resources.get(TENANT, 'Group', 'g1');
            if (record === undefined) throw new Error('the group is gone');
            const put = newGroup('g1', { members: adding(`u${n}`) });
            const next = {
              ...put,
              record: { ...record, version: record.version + 1 },
              expectedVersion: record.version,
              events: [event(`e${n}`)],
            };
            const { outcome } = await store().resources.commit(next);
            if (outcome === 'done') return;
          }
        }),
      );
      expect(await membersOf('g1')).to.have.length(50);
      expect(await versionOf('g1')).to.equal(51);
      expect(await store().outbox.pendingEvents(100)).to.have.length(50);
    });

    it('yields a group of several thousand members in chunks, each once, in the same order every time', async function () {
      this.timeout(60_000);
      const values = Array.from({ length: 3_500 }, (_, n) => `u${n}`);
      await store().resources.commit(newGroup('g1', { members: adding(...values) }));
      const chunks: number[] = [];
      const first: string[] = [];
      for await (const chunk of store().resources.members(TENANT, 'g1')) {
        chunks.push(chunk.length);
        first.push(...chunk.map(({ value }) => value));
      }
      expect(chunks.length).to.be.greaterThan(1);
      expect(new Set(first).size).to.equal(3_500);
      expect(first).to.have.length(3_500);
      expect((await gather(store().resources.members(TENANT, 'g1'))).map(({ value }) => value)).to.deep.equal(first);
      await store().resources.commit(removal({ type: 'Group', id: 'g1', version: 1 }));
      expect(await membersOf('g1')).to.deep.equal([]);
    });

    it('finds members among values, and by a condition', async () => {
      await store().resources.commit(
        newGroup('g1', {
          members: {
            clear: false,
            remove: [],
            add: [
              { value: 'u1', type: 'User', display: 'Ines OKORO' },
              { value: 'u2', type: 'User' },
              { value: 'g2', type: 'Group', display: 'Dock' },
            ],
          },
        }),
      );
      const among = await store().resources.membersAmong(TENANT, 'g1', ['u2', 'u9', 'g2', 'u2']);
      expect(among.map(({ value }) => value).sort()).to.deep.equal(['g2', 'u2']);
      expect(await store().resources.membersAmong(TENANT, 'g1', [])).to.deep.equal([]);

      const where = async (condition: Condition) =>
        (await gather(store().resources.membersWhere(TENANT, 'g1', condition))).map(({ value }) => value).sort();
      const of = (key: string) => [{ key, multiValued: false }];
      expect(await where(memberIs('u1'))).to.deep.equal(['u1']);
      expect(await where({ kind: 'not', condition: memberIs('u1') })).to.deep.equal(['g2', 'u2']);
      // Neither `display` nor `type` is caseExact: like every such value, they are compared folded.
      expect(await where({ kind: 'compare', target: of('display'), operator: 'co', value: 'okoro' })).to.deep.equal([
        'u1',
      ]);
      expect(await where({ kind: 'compare', target: of('display'), operator: 'ne', value: 'dock' })).to.deep.equal([
        'u1',
        'u2',
      ]);
      expect(await where({ kind: 'present', target: of('display') })).to.deep.equal(['g2', 'u1']);
      expect(await where({ kind: 'compare', target: of('type'), operator: 'eq', value: 'group' })).to.deep.equal([
        'g2',
      ]);
      expect(
        await where({
          kind: 'or',
          conditions: [memberIs('u2'), { kind: 'compare', target: of('type'), operator: 'sw', value: 'gr' }],
        }),
      ).to.deep.equal(['g2', 'u2']);
      expect(
        await where({ kind: 'and', conditions: [memberIs('u2'), { kind: 'always', value: false }] }),
      ).to.deep.equal([]);
    });

    it('tells direct from indirect groups, through groups of groups', async () => {
      await store().resources.commit(newGroup('inner', { members: adding('u1') }));
      await store().resources.commit(
        newGroup('middle', { members: { clear: false, remove: [], add: [{ value: 'inner', type: 'Group' }] } }),
      );
      await store().resources.commit(
        newGroup('outer', {
          members: {
            clear: false,
            remove: [],
            add: [
              { value: 'middle', type: 'Group' },
              { value: 'u2', type: 'User' },
            ],
          },
        }),
      );
      await store().resources.commit(
        newGroup('both', {
          members: {
            clear: false,
            remove: [],
            add: [
              { value: 'inner', type: 'Group' },
              { value: 'u1', type: 'User' },
            ],
          },
        }),
      );
      expect(await groupsOf('u1')).to.deep.equal(['both direct', 'inner direct', 'middle indirect', 'outer indirect']);
      expect(await groupsOf('inner')).to.deep.equal(['both direct', 'middle direct', 'outer indirect']);
      const several = await store().resources.groupsOf(TENANT, ['u1', 'u2', 'nobody']);
      expect(several.get('u2')).to.deep.equal([{ value: 'outer', display: 'outer', type: 'direct' }]);
      expect(several.get('nobody') ?? []).to.deep.equal([]);
      expect(await store().resources.groupsOf('other', ['u1'])).to.satisfy(
        (found: ReadonlyMap<string, readonly unknown[]>) => (found.get('u1') ?? []).length === 0,
      );
    });

    it('comes to an end where groups contain each other, and never names a group as its own', async () => {
      const holding = (id: string, ...groups: string[]) =>
        newGroup(id, {
          members: { clear: false, remove: [], add: groups.map((value) => ({ value, type: 'Group' as const })) },
        });
      await store().resources.commit(holding('a', 'b'));
      await store().resources.commit(holding('b', 'c'));
      await store().resources.commit(
        newGroup('c', {
          members: {
            clear: false,
            remove: [],
            add: [
              { value: 'a', type: 'Group' },
              { value: 'u1', type: 'User' },
            ],
          },
        }),
      );
      expect(await groupsOf('u1')).to.deep.equal(['a indirect', 'b indirect', 'c direct']);
      expect(await groupsOf('a')).to.deep.equal(['b indirect', 'c direct']);
    });

    it('shows the display name a group has now', async () => {
      const group = newGroup('g1', { members: adding('u1') });
      await store().resources.commit(group);
      await store().resources.commit(nextVersion(group, { record: { resource: { displayName: 'Renamed' } } }));
      expect((await store().resources.groupsOf(TENANT, ['u1'])).get('u1')).to.deep.equal([
        { value: 'g1', display: 'Renamed', type: 'direct' },
      ]);
    });

    it('removes a user from its groups, which change by it', async () => {
      const user = newUser('u1');
      await store().resources.commit(user);
      await store().resources.commit(newGroup('g1', { members: adding('u1', 'u2') }));
      await store().resources.commit(newGroup('g2', { members: adding('u2') }));
      await store().resources.commit(removal(user.record, [event('e1', { type: 'user.deleted' })]));
      expect(await membersOf('g1')).to.deep.equal(['u2']);
      const changed = await store().resources.get(TENANT, 'Group', 'g1');
      expect(changed?.version).to.equal(2);
      expect(changed?.lastModified).not.to.equal('2026-03-01T08:00:00.000Z');
      expect(await versionOf('g2')).to.equal(1);
      expect(await groupsOf('u1')).to.deep.equal([]);
      // The search document tells the same time as the record.
      const page = await store().resources.query({
        tenant: TENANT,
        type: 'Group',
        sort: undefined,
        limit: 10,
        page: { offset: 0 },
        condition: {
          kind: 'compare',
          target: [
            { key: 'meta', multiValued: false },
            { key: 'lastmodified', multiValued: false },
          ],
          operator: 'eq',
          value: (changed?.lastModified ?? '').replace('Z', '000000Z'),
        },
      });
      expect(page.records.map(({ id }) => id)).to.deep.equal(['g1']);
    });

    it('lets nobody into a group who was removed meanwhile, and everybody else', async () => {
      const user = newUser('u1');
      await store().resources.commit(user);
      const group = newGroup('g1');
      await store().resources.commit(group);
      await store().resources.commit(removal(user.record));
      const late = nextVersion(group, { members: adding('u1', 'u2') });
      expect(await store().resources.commit(late)).to.deep.equal({ outcome: 'done' });
      expect(await membersOf('g1')).to.deep.equal(['u2']);
      expect(await groupsOf('u1')).to.deep.equal([]);
    });

    it('removes a group with its members and from the groups it was in', async () => {
      const inner = newGroup('inner', { members: adding('u1', 'u2') });
      await store().resources.commit(inner);
      await store().resources.commit(
        newGroup('outer', { members: { clear: false, remove: [], add: [{ value: 'inner', type: 'Group' }] } }),
      );
      await store().resources.commit(removal(inner.record));
      expect(await membersOf('inner')).to.deep.equal([]);
      expect(await membersOf('outer')).to.deep.equal([]);
      expect(await versionOf('outer')).to.equal(2);
      expect(await groupsOf('u1')).to.deep.equal([]);
    });
  });
}
