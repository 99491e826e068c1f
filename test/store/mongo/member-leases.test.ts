import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { adding, gather, newGroup, newUser, nextVersion, removal, TENANT } from '../../contract/fixtures.ts';
import { nameOf } from '../../support/mongo-faults/command.ts';
import { startFaultProxy } from '../../support/mongo-faults/fault-proxy.ts';
import type { FaultProxy } from '../../support/mongo-faults/fault-proxy.ts';
import { describeWithMongo } from '../../support/mongo-server-suite.ts';

const ids = (count: number, prefix = 'u') => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describeWithMongo('MongoDB: changes of members', 'latchkey-leases', (suite) => {
  let proxy: FaultProxy;
  let writer: Store;
  let reader: Store;

  before(async () => {
    proxy = await startFaultProxy(suite().uri);
    writer = await openMongoStore({ uri: suite().uri, clock: systemClock });
    reader = await openMongoStore({ uri: proxy.uri('latchkey-leases'), clock: systemClock });
  });
  after(async () => {
    await writer.close();
    await reader.close();
    await proxy.close();
  });

  const groupsOf = async (store: Store, member: string) =>
    ((await store.resources.groupsOf(TENANT, [member])).get(member) ?? []).map(({ value }) => value);
  const membersOf = async (store: Store, group: string) =>
    (await gather(store.resources.members(TENANT, group))).map(({ value }) => value).sort();
  /** Puts a decided change into a group that another process is carrying out since so many seconds. */
  const leave = async (group: string, pending: object, seconds: number, names: readonly string[]) => {
    await suite()
      .direct.collection('records')
      .updateOne(
        { _id: `${TENANT}/${group}` as never },
        {
          $set: {
            pendingMembers: [pending],
            moving: TENANT,
            naming: names,
            work: { by: 'another', at: new Date(Date.now() - seconds * 1_000) },
          },
        },
      );
  };
  const writesOf = () =>
    proxy
      .takeCommands()
      .map(nameOf)
      .filter((name) => /^(insert|update|findAndModify|delete)\b/.test(name));

  it('are carried out by one process while others read', async function () {
    this.timeout(60_000);
    const members = ids(2_500);
    const group = newGroup('g1');
    await writer.resources.commit(group);
    proxy.takeCommands();
    let isDone = false;
    const change = writer.resources.commit(nextVersion(group, { members: adding(...members) })).then((result) => {
      isDone = true;
      return result;
    });
    while (!isDone) await Promise.all(['u1', 'u2400', 'somebody else'].map((member) => groupsOf(reader, member)));
    expect(await change).to.deep.equal({ outcome: 'done' });
    expect(await groupsOf(reader, 'u2400')).to.deep.equal(['g1']);
    expect(writesOf()).to.deep.equal([]);
    expect(await membersOf(reader, 'g1')).to.deep.equal([...members].sort());
  });

  it('count for those they name while another process is at them, and nobody waits', async () => {
    await writer.resources.commit(newGroup('g1', { members: adding('u1', 'u2') }));
    const pending = { version: 2, clear: false, remove: ['u2'], add: [{ value: 'u3', type: 'User' }] };
    await leave('g1', pending, 0, ['u2', 'u3']);
    proxy.takeCommands();
    expect(await groupsOf(reader, 'u1')).to.deep.equal(['g1']);
    expect(await groupsOf(reader, 'u2')).to.deep.equal([]);
    expect(await groupsOf(reader, 'u3')).to.deep.equal(['g1']);
    const among = await reader.resources.membersAmong(TENANT, 'g1', ['u1', 'u2', 'u3', 'u4']);
    expect(among.map(({ value }) => value).sort()).to.deep.equal(['u1', 'u3']);
    expect(writesOf()).to.deep.equal([]);
  });

  it('count where all members are taken out first', async () => {
    await writer.resources.commit(newGroup('g1', { members: adding('u1', 'u2') }));
    await writer.resources.commit(newGroup('g2', { members: adding('u1') }));
    const pending = { version: 2, clear: true, remove: [], add: [{ value: 'u3', type: 'User' }] };
    await leave('g1', pending, 0, ['*', 'u3']);
    expect(await groupsOf(reader, 'u1')).to.deep.equal(['g2']);
    expect(await groupsOf(reader, 'u3')).to.deep.equal(['g1']);
    const among = await reader.resources.membersAmong(TENANT, 'g1', ['u1', 'u2', 'u3']);
    expect(among.map(({ value }) => value)).to.deep.equal(['u3']);
  });

  it('are finished by the next who reads the group, when whoever was at them is gone', async () => {
    await writer.resources.commit(newGroup('g1', { members: adding('u1') }));
    await leave('g1', { version: 2, clear: false, remove: ['u1'], add: [{ value: 'u2', type: 'User' }] }, 60, [
      'u1',
      'u2',
    ]);
    expect(await membersOf(reader, 'g1')).to.deep.equal(['u2']);
    const left = await suite()
      .direct.collection('records')
      .findOne({ _id: `${TENANT}/g1` as never });
    expect(left).not.to.include.any.keys('moving', 'naming', 'work');
  });

  it('are waited for by who reads the group, and finished when the lease runs out', async function () {
    this.timeout(20_000);
    await writer.resources.commit(newGroup('g1', { members: adding('u1') }));
    await leave('g1', { version: 2, clear: false, remove: ['u1'], add: [] }, 0, ['u1']);
    expect(await membersOf(reader, 'g1')).to.deep.equal([]);
  });

  it('do not hang on the clock of whoever took the lease', async () => {
    await writer.resources.commit(newGroup('g1', { members: adding('u1') }));
    await leave('g1', { version: 2, clear: false, remove: ['u1'], add: [] }, -600, ['u1']);
    expect(await membersOf(reader, 'g1')).to.deep.equal([]);
  });

  it('reach a group whose id was removed and created again by two at once', async function () {
    this.timeout(60_000);
    for (let round = 0; round < 5; round += 1) {
      const group = newGroup(`g${round}`, { members: adding('u1', 'u2') });
      await writer.resources.commit(group);
      await writer.resources.commit(removal(group.record));
      const again = newGroup(`g${round}`, { members: adding('u2', 'u3') });
      const results = await Promise.all([writer, reader].map((store) => store.resources.commit(again)));
      expect(results.map(({ outcome }) => outcome).sort()).to.deep.equal(['conflict', 'done']);
      expect(await membersOf(reader, `g${round}`)).to.deep.equal(['u2', 'u3']);
      const next = nextVersion(again, {
        members: { clear: false, remove: ['u2'], add: [{ value: 'u1', type: 'User' }] },
      });
      expect(await reader.resources.commit(next)).to.deep.equal({ outcome: 'done' });
      expect(await membersOf(writer, `g${round}`)).to.deep.equal(['u1', 'u3']);
    }
  });

  it('let one user out of many groups at once, each of which changes once', async function () {
    this.timeout(60_000);
    const user = newUser('u1');
    await writer.resources.commit(user);
    for (const id of ids(12, 'g')) await writer.resources.commit(newGroup(id, { members: adding('u1', 'u2') }));
    expect(await reader.resources.commit(removal(user.record))).to.deep.equal({ outcome: 'done' });
    for (const id of ids(12, 'g')) {
      expect(await membersOf(writer, id)).to.deep.equal(['u2']);
      expect((await writer.resources.get(TENANT, 'Group', id))?.version).to.equal(2);
    }
  });
});
