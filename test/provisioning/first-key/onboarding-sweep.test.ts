import { expect } from 'chai';
import { ProvisioningBench, tenant, userBody } from '../../support/provisioning-bench.ts';

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
});
