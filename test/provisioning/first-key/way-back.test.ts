import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import { ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';

const own = 'lamplight drifting over harbours';

describe('forgot password', () => {
  async function forgot(bench: ProvisioningBench) {
    await bench.keys.forgotPassword(tenant, 'ines');
    await bench.keys.settled();
    return bench.deliver();
  }

  const pending: readonly [string, JsonObject, JsonObject, 'inline' | 'reveal', template: string][] = [
    ['a mailed password', { sendPassword: true }, { password: 'Given-Once-77' }, 'inline', 'recovery'],
    ['a link to a password', { sendPassword: true }, { password: 'Given-Once-77' }, 'reveal', 'passwordReveal'],
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
      else {
        if (title === 'the proof of an address') {
          expect(await bench.keys.verifyEmail(tenant, tokenOf(mail!))).to.equal(false);
          expect((await bench.keys.lookUp(tenant, { token: tokenOf(first!) })).state).to.equal('unknown');
        }
        expect((await bench.keys.setPassword(tenant, { token: tokenOf(mail!) }, own)).outcome).to.equal('done');
        expect((await bench.keys.signIn(tenant, 'ines', own)).outcome).to.equal('ok');
      }
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
});
