import { expect } from 'chai';
import { OnboardingSweep } from '../../../src/provisioning/first-key/onboarding-sweep.ts';
import { ProvisioningBench, tenant, userBody } from '../../support/provisioning-bench.ts';
import { MemoryLeases } from '../../support/memory-notes.ts';
import { userType } from '../../support/resource-types.ts';

const dayMs = 86_400_000;

/** A bench with users who may start so many days from now. */
async function benchOf(days: readonly number[], leadDays = 0) {
  const bench = new ProvisioningBench();
  bench.settings = { ...bench.settings, onboarding: { ...bench.settings.onboarding, leadDays } };
  const ids: string[] = [];
  for (const [index, ahead] of days.entries()) {
    ids.push(
      await bench.createUser(
        userBody(`ines${index}`, { startDate: new Date(bench.now + ahead * dayMs).toISOString() }),
      ),
    );
  }
  return { bench, ids };
}

describe('The sweep', () => {
  it('finds whose day has come behind any number of those who wait for theirs', async () => {
    const { bench, ids } = await benchOf([...Array.from({ length: 450 }, () => 90), 1]);
    expect(await bench.onboarding(ids[450]!)).to.include({ locked: true, lockedReason: 'notStarted' });
    expect(await bench.sweep.run(tenant)).to.equal(0);
    bench.passMinutes(24 * 60);
    expect(await bench.sweep.run(tenant)).to.equal(1);
    expect(await bench.onboarding(ids[450]!))
      .to.include({ locked: false })
      .and.not.have.property('lockedReason');
    expect(await bench.onboarding(ids[0]!)).to.include({ locked: true, lockedReason: 'notStarted' });
  });

  it('goes by the lead days of the tenant', async () => {
    const { bench, ids } = await benchOf([3], 2);
    bench.passMinutes(24 * 60 - 1);
    expect(await bench.sweep.run(tenant)).to.equal(0);
    bench.passMinutes(1);
    expect(await bench.sweep.run(tenant)).to.equal(1);
    expect((await bench.onboarding(ids[0]!)).locked).to.equal(false);
  });

  it('writes down in one go whatever number of invitations has run out', async () => {
    const bench = new ProvisioningBench();
    const ids: string[] = [];
    for (let n = 0; n < 450; n += 1) ids.push(await bench.createUser(userBody(`ines${n}`, { preRegistration: true })));
    await bench.deliver();
    expect(await bench.sweep.run(tenant)).to.equal(0);
    bench.passMinutes(1441);
    expect(await bench.sweep.run(tenant)).to.equal(450);
    for (const id of ids) expect((await bench.onboarding(id)).status).to.equal('expired');
    expect(await bench.sweep.run(tenant)).to.equal(0);
  });

  it('looks once at users that an older release has written, and afterwards when they are due', async () => {
    const { bench, ids } = await benchOf([1]);
    const record = (await bench.store.get(tenant, 'User', ids[0]!))!;
    await bench.store.commit({
      kind: 'put',
      record: { ...record, version: record.version + 1 },
      expectedVersion: record.version,
      search: {},
      uniqueKeys: [],
      lookupKeys: [],
      events: [],
    });
    const due = async () => (await bench.store.due(tenant, 'User', new Date(bench.now), 10)).map(({ id }) => id);
    expect(await due()).to.deep.equal(ids);
    expect(await bench.sweep.run(tenant)).to.equal(0);
    expect(await due()).to.deep.equal([]);
    bench.passMinutes(24 * 60);
    expect(await due()).to.deep.equal(ids);
    expect(await bench.sweep.run(tenant)).to.equal(1);
    expect(await due()).to.deep.equal([]);
  });

  it('changes all others where one cannot be changed, and tells of that one', async () => {
    const { bench, ids } = await benchOf([1, 1, 1]);
    const changeUser: typeof bench.changeUser = (user, ...more) =>
      user.id === ids[1] ? Promise.reject(new Error('broken')) : bench.changeUser(user, ...more);
    const sweep = new OnboardingSweep({
      due: bench.store,
      leases: new MemoryLeases(),
      owner: 'one',
      changeUser,
      clock: { now: () => new Date(bench.now), newId: () => 'unused' },
      settingsOf: () => bench.settings,
      userType,
    });
    bench.passMinutes(24 * 60);
    const error = await sweep.run(tenant).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(AggregateError);
    expect((await bench.onboarding(ids[2]!)).locked).to.equal(false);
    expect(await sweep.run(tenant)).to.equal(0);
  });

  it("is one process's as long as that lives, and another's when that lets go", async () => {
    const { bench } = await benchOf([1, 2]);
    const leases = new MemoryLeases();
    const sweepOf = (owner: string) =>
      new OnboardingSweep({
        due: bench.store,
        leases,
        owner,
        changeUser: bench.changeUser,
        clock: { now: () => new Date(bench.now), newId: () => 'unused' },
        settingsOf: () => bench.settings,
        userType,
      });
    const [one, other] = [sweepOf('one'), sweepOf('other')];
    expect(await one.run(tenant)).to.equal(0);
    bench.passMinutes(24 * 60);
    expect(await other.run(tenant)).to.equal(0);
    expect(await one.run(tenant)).to.equal(1);
    await one.release();
    bench.passMinutes(24 * 60);
    expect(await other.run(tenant)).to.equal(1);
  });
});
