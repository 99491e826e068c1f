import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import { keyProgress } from '../../../src/provisioning/first-key/key-progress.ts';
import { type SettingsPatch, ProvisioningBench, tenant, userBody } from '../../support/provisioning-bench.ts';

const password = 'Right-Password-1';

/** What sign-in, the stored user and the view of administrators say of one user. */
async function said(bench: ProvisioningBench, id: string) {
  const { outcome } = await bench.keys.signIn(tenant, 'ines', password);
  await bench.keys.settled();
  const { locked, lockedReason } = await bench.onboarding(id);
  const record = (await bench.store.get(tenant, 'User', id))!;
  const view = keyProgress(record, { settings: bench.settings, now: new Date(bench.now) });
  return { outcome, scim: { locked, lockedReason }, admin: { locked: view.locked, lockedReason: view.lockedReason } };
}

describe('whether a user can sign in now', () => {
  const cases: [string, string | undefined, string, JsonObject, SettingsPatch?][] = [
    ['nothing is in the way', undefined, 'ok', {}],
    ['their address must be proved', 'emailNotVerified', 'locked', { verifyEmail: true }],
    ['the tenant wants addresses proved', 'emailNotVerified', 'locked', {}, { onboarding: { verifyEmail: true } }],
    ['they are invited', 'pendingPassword', 'locked', { preRegistration: true }],
    [
      'they are invited and must prove their address',
      'pendingPassword',
      'locked',
      { preRegistration: true, verifyEmail: true },
    ],
    ['their day has not come', 'notStarted', 'notStarted', { startDate: '2031-06-01T08:00:00Z', verifyEmail: true }],
  ];
  for (const [title, reason, outcome, onboarding, settings] of cases) {
    it(`is told alike by sign-in, SCIM and administration: ${title}`, async () => {
      const bench = new ProvisioningBench(settings);
      const id = await bench.createUser(userBody('ines', onboarding, { password }));
      const lock = { locked: reason !== undefined, lockedReason: reason };
      expect(await said(bench, id)).to.deep.equal({ outcome, scim: lock, admin: lock });
    });
  }

  it('is told alike after failed tries, and once the address is proved', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { verifyEmail: true }, { password }));
    const [mail] = await bench.deliver();
    const token = /token=([\w-]+)/.exec(String(mail!.values['link']))?.[1] ?? '';
    expect(await bench.keys.verifyEmail(tenant, token)).to.equal(true);
    const open = { locked: false, lockedReason: undefined };
    expect(await said(bench, id)).to.deep.equal({ outcome: 'ok', scim: open, admin: open });
    for (let second = 0; second < 40; second += 1) {
      await bench.keys.signIn(tenant, 'ines', 'wrong');
      await bench.keys.settled();
      bench.now += 1_000;
    }
    const lock = { locked: true, lockedReason: 'failedAttempts' };
    expect(await said(bench, id)).to.deep.equal({ outcome: 'locked', scim: lock, admin: lock });
  });
});
