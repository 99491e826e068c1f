import { expect } from 'chai';
import { keyProgress } from '../../../src/provisioning/first-key/key-progress.ts';
import { OnboardingOverview } from '../../../src/provisioning/first-key/onboarding-overview.ts';
import { latchkeyUrn, type Onboarding } from '../../../src/provisioning/user/latchkey-extension.ts';
import { bindFilter } from '../../../src/scim/filter/bind-filter.ts';
import { parseFilter } from '../../../src/scim/filter/filter-parser.ts';
import { noWants, ProvisioningBench, tenant, userBody } from '../../support/provisioning-bench.ts';
import { userType } from '../../support/resource-types.ts';

const password = 'Right-Password-1';

/** What is said of a user who is not locked, and of one whom failed tries have locked. */
const open = { locked: false, lockedReason: undefined, view: [false, undefined, undefined] };
const paused = { locked: true, lockedReason: 'failedAttempts', view: [true, 'failedAttempts', 'failedSignIns'] };

describe('a user as they are now', () => {
  const shown = async (bench: ProvisioningBench, id: string): Promise<Onboarding> => {
    const { resource } = await bench.service.read(bench.context(), userType, id, noWants);
    return resource[latchkeyUrn] as Onboarding;
  };
  const found = async (bench: ProvisioningBench, filter: string): Promise<number> => {
    const condition = bindFilter(userType, parseFilter(filter.replaceAll('$', `${latchkeyUrn}:`)));
    const list = { condition, sort: undefined, wants: noWants, count: 10, page: { startIndex: 1 } };
    return (await bench.service.list(bench.context(), userType, list)).totalResults ?? Number.NaN;
  };

  it('reads expired in the very second in which the invitation ends, in answers, filters and the overview', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    await bench.deliver();
    const overview = new OnboardingOverview({
      store: bench.store,
      clock: { now: () => new Date(bench.now), newId: () => '' },
      settingsOf: () => bench.settings,
      userType,
    });
    const waiting = async (status: 'invited' | 'expired') =>
      (await overview.waiting(tenant, { status: [status], startIndex: 1, count: 10 })).total;
    bench.now = Date.parse((await bench.onboarding(id)).invitationExpiresAt!) - 1;
    expect((await shown(bench, id)).status).to.equal('invited');
    expect([await found(bench, '$status eq "invited"'), await found(bench, '$status eq "expired"')]).to.eql([1, 0]);
    expect([await waiting('invited'), await waiting('expired')]).to.eql([1, 0]);
    bench.now += 1;
    expect(await shown(bench, id)).to.include({ status: 'expired', locked: true, lockedReason: 'pendingPassword' });
    expect([await found(bench, '$status eq "invited"'), await found(bench, '$status eq "expired"')]).to.eql([0, 1]);
    expect([await waiting('invited'), await waiting('expired')]).to.eql([0, 1]);
    expect(await bench.sweep.run(tenant)).to.equal(1);
    expect((await bench.onboarding(id)).status).to.equal('expired');
  });

  it('is unlocked in the very second in which the day comes, less the lead days', async () => {
    const bench = new ProvisioningBench({ onboarding: { leadDays: 1 } });
    const id = await bench.createUser(userBody('ines', { startDate: '2031-05-10T08:00:00Z' }, { password }));
    bench.now = Date.parse('2031-05-09T08:00:00Z') - 1;
    expect(await shown(bench, id)).to.include({ locked: true, lockedReason: 'notStarted' });
    expect([await found(bench, '$locked eq true'), await found(bench, '$lockedReason eq "notStarted"')]).to.eql([1, 1]);
    bench.now += 1;
    expect(await shown(bench, id))
      .to.include({ locked: false })
      .and.not.have.property('lockedReason');
    expect([await found(bench, '$locked eq true'), await found(bench, '$lockedReason pr')]).to.eql([0, 0]);
    expect((await bench.keys.signIn(tenant, 'ines', password)).outcome).to.equal('ok');
  });

  it('is unlocked in the very second in which a lock ends, and then locked for what remains', async () => {
    const bench = new ProvisioningBench();
    const free = await bench.createUser(userBody('ines', {}, { password }));
    const unproved = await bench.createUser(userBody('tove', { verifyEmail: true }, { password }));
    for (const name of ['ines', 'tove'])
      for (let second = 0; second < 40; second += 1) {
        await bench.keys.signIn(tenant, name, 'wrong');
        await bench.keys.settled();
        bench.now += 1_000;
      }
    expect(await found(bench, '$lockedReason eq "failedAttempts"')).to.equal(2);
    bench.now = Date.parse((await bench.account(unproved)).lockedUntil!);
    expect((await shown(bench, free)).locked).to.equal(false);
    expect(await shown(bench, unproved)).to.include({ locked: true, lockedReason: 'emailNotVerified' });
    expect(await found(bench, '$lockedReason eq "failedAttempts"')).to.equal(0);
    expect(await found(bench, '$lockedReason eq "emailNotVerified"')).to.equal(1);
    expect(await found(bench, '$locked eq false')).to.equal(1);
    expect(await bench.sweep.run(tenant)).to.equal(2);
    expect(bench.eventTypes().filter((type) => type === 'account.unlocked')).to.have.length(2);
    expect(await found(bench, '$lockedReason eq "emailNotVerified"')).to.equal(1);
  });

  it('is locked for the seconds of a pause as well, in sign-in, answers, filters and the view alike', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', {}, { password }));
    const said = async () => {
      const { locked, lockedReason } = await shown(bench, id);
      const view = keyProgress((await bench.store.get(tenant, 'User', id))!, {
        settings: bench.settings,
        now: new Date(bench.now),
      });
      const { outcome } = await bench.keys.signIn(tenant, 'ines', 'wrong');
      await bench.keys.settled();
      const all = await Promise.all(
        ['$locked eq true', '$lockedReason eq "failedAttempts"', '$locked eq false'].map(async (one) =>
          found(bench, one),
        ),
      );
      return { outcome, locked, lockedReason, view: [view.locked, view.lockedReason, view.hindrance], all };
    };
    for (let failure = 1; failure <= 4; failure += 1)
      expect(await said()).to.deep.equal({ outcome: 'invalid', ...open, all: [0, 0, 1] });
    // The filters look after the try, the answers before it.
    for (const seconds of [1, 2, 4, 8, 16]) {
      expect(await said()).to.deep.equal({ outcome: 'invalid', ...open, all: [1, 1, 0] });
      expect(await said()).to.deep.equal({ outcome: 'locked', ...paused, all: [1, 1, 0] });
      bench.now += seconds * 1_000 - 1;
      expect(await said()).to.deep.equal({ outcome: 'locked', ...paused, all: [1, 1, 0] });
      bench.now += 1;
      expect(await found(bench, '$locked eq true')).to.equal(0);
    }
    expect(await bench.sweep.run(tenant)).to.equal(1);
    expect(bench.eventTypes(), 'a pause is told to nobody else').not.to.include('account.unlocked');
  });
});
