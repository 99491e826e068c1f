import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import { refuseInCoolDown } from '../../../src/provisioning/admin/why-refused.ts';
import { cancelPending, requestKey } from '../../../src/provisioning/first-key/first-key-request.ts';
import { resendKey } from '../../../src/provisioning/first-key/resend-key.ts';
import { write } from '../../../src/provisioning/user/change-user.ts';
import { markUndeliverable } from '../../../src/provisioning/user/undeliverable.ts';
import { ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';

const byAdministrator = { triggeredBy: 'admin_api', client: 'test' } as const;
const own = 'lamplight drifting over harbours';

describe('forgot password', () => {
  async function forgot(bench: ProvisioningBench) {
    await bench.keys.forgotPassword(tenant, 'ines');
    await bench.keys.settled();
    return bench.deliver();
  }

  const pending: readonly [string, JsonObject, JsonObject, 'inline' | 'reveal', template: string][] = [
    ['a mailed password', { sendPassword: true }, { password: 'Given-Once-77' }, 'inline', 'recovery'],
    ['a link to a password', { sendPassword: true }, { password: 'Given-Once-77' }, 'reveal', 'recovery'],
    ['an invitation', { preRegistration: true }, {}, 'inline', 'invitation'],
    ['the proof of an address', { verifyEmail: true }, { password: 'Given-Once-77' }, 'inline', 'recovery'],
    ['nothing', {}, { password: 'Given-Once-77' }, 'inline', 'recovery'],
  ];
  for (const [title, flags, more, mailedPassword, template] of pending) {
    it(`changes nothing until it is used, and mails no password, while ${title} is pending`, async () => {
      const bench = new ProvisioningBench({ onboarding: { mailedPassword } });
      const id = await bench.createUser(userBody('ines', flags, more));
      const [first] = await bench.deliver();
      const account = await bench.account(id);
      const { status } = await bench.onboarding(id);
      const [mail, ...others] = await forgot(bench);
      expect(others).to.deep.equal([]);
      expect(mail).to.include({ template });
      expect(mail?.values).not.to.have.property('password');
      const after = await bench.account(id);
      expect(after.passwordHash).to.equal(account.passwordHash);
      expect((await bench.onboarding(id)).status).to.equal(status);
      if (title === 'an invitation')
        expect((await bench.keys.lookUp(tenant, { token: tokenOf(first!) })).state).to.equal('valid');
      if (title === 'a link to a password')
        expect((await bench.reveals.lookUp(tenant, tokenOf(first!))).state).to.equal('valid');
      if (title === 'the proof of an address') {
        expect(await bench.keys.verifyEmail(tenant, tokenOf(mail!))).to.equal(false);
        expect((await bench.keys.lookUp(tenant, { token: tokenOf(first!) })).state).to.equal('unknown');
      }
      expect((await bench.keys.setPassword(tenant, { token: tokenOf(mail!) }, own)).outcome).to.equal('done');
      expect((await bench.keys.signIn(tenant, 'ines', own)).outcome).to.equal('ok');
      if (title === 'a mailed password')
        expect((await bench.keys.signIn(tenant, 'ines', 'Given-Once-77')).outcome).to.equal('invalid');
    });
  }

  it('leaves the link that proves an address good', async () => {
    const bench = new ProvisioningBench();
    await bench.createUser(userBody('ines', { verifyEmail: true }, { password: 'Given-Once-77' }));
    const [first] = await bench.deliver();
    await forgot(bench);
    expect(await bench.keys.verifyEmail(tenant, tokenOf(first!))).to.equal(true);
  });

  it('leaves a code good, and wrong tries counted', async () => {
    const bench = new ProvisioningBench({ onboarding: { invitationMethod: 'emailOtp' } });
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [first] = await bench.deliver();
    await bench.keys.signIn(tenant, 'ines', 'WRNGWRNG');
    await bench.keys.settled();
    const [mail] = await forgot(bench);
    expect(mail?.template).to.equal('invitationCode');
    expect((await bench.account(id)).invitation?.wrongTries).to.equal(1);
    expect((await bench.keys.signIn(tenant, 'ines', String(first?.values['code']))).outcome).to.equal('codeAccepted');
  });

  it('sends at most 5 messages a day to one person, old links included', async () => {
    const bench = new ProvisioningBench({ onboarding: { reminderHours: [] } });
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [first] = await bench.deliver();
    let sent = 0;
    for (let minute = 0; minute < 30; minute += 1) {
      bench.passMinutes(2);
      sent += (await forgot(bench)).length;
      await bench.keys.renew(tenant, tokenOf(first!));
      sent += (await bench.deliver()).length;
    }
    expect(sent).to.equal(5);
    expect((await bench.keys.lookUp(tenant, { token: tokenOf(first!) })).state).to.equal('valid');
    expect((await bench.account(id)).selfService).to.have.lengthOf(5);
    bench.passMinutes(24 * 60);
    expect(await forgot(bench)).to.have.lengthOf(1);
  });

  const callOff = (bench: ProvisioningBench, id: string) =>
    bench.changeUser({ tenant, id }, byAdministrator, (draft, rules) => {
      expect(cancelPending(draft, rules)).to.equal(true);
      return write(undefined);
    });
  /** As the administrator's action does it, which refuses within a minute of the last one. */
  const resend = (bench: ProvisioningBench, id: string) =>
    bench.changeUser({ tenant, id }, byAdministrator, (draft, rules) => {
      refuseInCoolDown(draft, rules);
      expect(resendKey(draft, rules, 'administrator')).to.equal(true);
      return write(undefined);
    });
  const lines = async (bench: ProvisioningBench, id: string) =>
    ((await bench.onboarding(id)).deliveries ?? []).filter(({ state }) => state === 'withheld');

  for (const [title, flags, more] of [
    ['was made without any flag', {}, {}],
    ['has only an address to prove', { verifyEmail: true }, {}],
  ] as const)
    it(`gives no first key to who ${title}, and the timeline says that they asked`, async () => {
      const bench = new ProvisioningBench();
      const id = await bench.createUser(userBody('ines', flags, more));
      await bench.deliver();
      const before = await bench.account(id);
      expect(await forgot(bench)).to.deep.equal([]);
      expect(await lines(bench, id)).to.have.length(1);
      expect((await lines(bench, id))[0]?.reply).to.match(/^Asked, withheld: .*never had a password/);
      expect((await bench.account(id)).invitation).to.deep.equal(before.invitation);
      expect(await bench.account(id)).not.to.have.property('resentAt');
      // Once a minute at most is written, and what is written stays one line.
      const version = (await bench.onboarding(id)).deliveries;
      await forgot(bench);
      expect((await bench.onboarding(id)).deliveries).to.deep.equal(version);
      bench.passMinutes(2);
      await forgot(bench);
      expect((await lines(bench, id)).map(({ count }) => count)).to.deep.equal([2]);
    });

  for (const [title, more] of [
    ['without a password', {}],
    ['with a placeholder of their client', { password: 'Given-Once-77' }],
  ] as const)
    it(`brings no invitation back that was called off, ${title}, by the page or by the old link`, async () => {
      const bench = new ProvisioningBench();
      const id = await bench.createUser(userBody('ines', { preRegistration: true }, more));
      const [first] = await bench.deliver();
      await callOff(bench, id);
      bench.passMinutes(2);
      expect(await forgot(bench)).to.deep.equal([]);
      expect(await lines(bench, id)).to.have.length(1);
      bench.passMinutes(2);
      await bench.keys.renew(tenant, tokenOf(first!));
      expect(await bench.deliver()).to.deep.equal([]);
      expect((await bench.onboarding(id)).status).to.equal('none');
      await bench.changeUser({ tenant, id }, byAdministrator, (draft, rules) => {
        requestKey(draft, rules, 'invitation');
        return write(undefined);
      });
      const [anew] = await bench.deliver();
      expect((await bench.keys.setPassword(tenant, { token: tokenOf(anew!) }, own)).outcome).to.equal('done');
      bench.passMinutes(2);
      expect((await forgot(bench)).map(({ template }) => template)).to.deep.equal(['recovery']);
    });

  it('sends an invited person whose invitation has run out another', async () => {
    const bench = new ProvisioningBench({ onboarding: { reminderHours: [] } });
    await bench.createUser(userBody('ines', { preRegistration: true }));
    await bench.deliver();
    bench.passMinutes(60 * 24 * 60);
    expect((await forgot(bench)).map(({ template }) => template)).to.deep.equal(['invitation']);
  });

  it('keeps no administrator waiting: neither what was sent nor what was withheld starts their minute', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    await bench.deliver();
    bench.passMinutes(2);
    expect(await forgot(bench)).to.have.length(1);
    expect(await forgot(bench), 'the minute of those who ask for themselves').to.deep.equal([]);
    await resend(bench, id);
    expect(await bench.deliver()).to.have.length(1);
    expect(await forgot(bench), 'just after a resend').to.deep.equal([]);
  });

  it('keeps no administrator waiting where the address bounced and a stranger asks every minute', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [first] = await bench.deliver();
    await bench.changeUser({ tenant, id }, byAdministrator, (draft, { now }) => {
      draft.account = markUndeliverable(draft.account, first!.to, 'bounced', now.toISOString());
      draft.onboarding.status = 'bounced';
      return write(undefined);
    });
    for (let minute = 0; minute < 3; minute += 1) {
      bench.passMinutes(1);
      expect(await forgot(bench)).to.deep.equal([]);
    }
    expect(await lines(bench, id)).to.have.length(1);
    await resend(bench, id);
    expect(await bench.deliver()).to.have.length(1);
  });
});
