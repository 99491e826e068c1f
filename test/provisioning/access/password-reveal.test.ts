import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import type { RevealResult } from '../../../src/provisioning/access/password-reveal.ts';
import { type GivenProof, type SecondProof, secondProofOf } from '../../../src/provisioning/access/second-proof.ts';
import { ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';
import { userType } from '../../support/resource-types.ts';

const own = 'lamplight drifting over harbours';
const given = 'Given-Once-77';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const phone = { phoneNumbers: [{ value: '+4915112345678', type: 'mobile' }] };
/** Nothing that the mail's address would tell. */
const told = { emails: [{ value: 'ines@private.example', primary: true }] };

describe('PasswordReveal', () => {
  let bench: ProvisioningBench;
  beforeEach(() => {
    bench = new ProvisioningBench({ onboarding: { mailedPassword: 'reveal' } });
  });

  const proof = (over: Partial<GivenProof> = {}): GivenProof => ({
    userName: 'io4711',
    code: '',
    employeeNumber: '',
    ...over,
  });
  const reveal = (token: string, over: Partial<GivenProof> = {}): Promise<RevealResult> =>
    bench.reveals.reveal(tenant, token, proof(over));
  const stateOf = async (token: string): Promise<string> => (await bench.reveals.lookUp(tenant, token)).state;

  /** A user whose mail has gone out. */
  async function mailed(more = {}, onboarding = {}): Promise<{ id: string; token: string }> {
    const id = await bench.createUser(userBody('io4711', { sendPassword: true, ...onboarding }, { ...told, ...more }));
    const [mail] = await bench.deliver();
    expect(mail).to.have.property('template', 'passwordReveal');
    return { id, token: tokenOf(mail!) };
  }

  async function textedCode(token: string): Promise<string> {
    expect(await bench.reveals.requestCode(tenant, token, { userName: 'io4711' })).to.have.property('outcome', 'sent');
    const [text] = await bench.deliver();
    expect(text).to.include({ template: 'revealCode', to: '+4915112345678' });
    return String(text!.values['code']);
  }

  async function shown(
    token: string,
    over: Partial<GivenProof> = {},
  ): Promise<Extract<RevealResult, { outcome: 'shown' }>> {
    const result = await reveal(token, over);
    if (result.outcome !== 'shown') throw new Error(`it was not shown: ${result.outcome}`);
    return result;
  }

  it("mails a link and no password, nor the user name's proof; looking at it changes nothing", async () => {
    const id = await bench.createUser(userBody('io4711', { sendPassword: true }, { ...told, password: given }));
    const [mail] = await bench.deliver();
    expect(mail!.values).not.to.have.any.keys('password', 'code');
    expect(mail!.values['expiresAt']).to.equal('2031-05-07T07:08:09.000Z');
    expect(await bench.onboarding(id)).to.include({
      status: 'delivered',
      invitationExpiresAt: '2031-05-07T07:08:09.000Z',
    });
    const version = await bench.version(id);
    for (let look = 0; look < 3; look += 1) expect(await stateOf(tokenOf(mail!))).to.equal('valid');
    expect(await bench.version(id)).to.equal(version);
    expect(JSON.stringify([await bench.store.get(tenant, 'User', id), bench.store.events]))
      .not.to.include(given)
      .and.not.to.include(tokenOf(mail!));
  });

  it('shows a given password once, keeps it sealed until then and wipes it', async () => {
    const { id, token } = await mailed({ password: given });
    expect(await bench.account(id))
      .to.have.property('sealedPassword')
      .that.matches(/^v1\./);
    expect(await shown(token)).to.include({ password: given, mustChange: true });
    expect(await bench.account(id)).not.to.have.any.keys('sealedPassword', 'invitation');
    expect(await reveal(token)).to.have.nested.property('right.state', 'used');
    expect(await bench.onboarding(id))
      .to.include({ status: 'delivered' })
      .and.not.have.property('invitationExpiresAt');
    expect((await bench.keys.signIn(tenant, 'io4711', given)).outcome).to.equal('changeRequired');
    expect(JSON.stringify(bench.store.events)).not.to.include(given);
    expect(bench.eventTypes()).to.include('password.revealed');
    expect((await bench.onboarding(id)).deliveries?.map(({ template, state }) => [template, state])).to.deep.include([
      'passwordReveal',
      'passwordShown',
    ]);
  });

  it('generates a password only when it is shown', async () => {
    const { id, token } = await mailed();
    expect(await bench.account(id)).not.to.have.any.keys('passwordHash', 'sealedPassword');
    const { password } = await shown(token);
    expect(password).to.have.lengthOf.above(14);
    expect((await bench.account(id)).passwordHash).to.match(/^\$argon2id/);
    expect(JSON.stringify([await bench.store.get(tenant, 'User', id), bench.store.events])).not.to.include(password);
    expect((await bench.keys.signIn(tenant, 'io4711', password)).outcome).to.equal('changeRequired');
  });

  it('leaves the choice where the tenant says so, and lets a forced reset win', async () => {
    bench = new ProvisioningBench({ onboarding: { mailedPassword: 'reveal', changeMailedPassword: false } });
    const { token } = await mailed();
    const { password, mustChange } = await shown(token);
    expect(mustChange).to.equal(false);
    expect((await bench.keys.signIn(tenant, 'io4711', password)).outcome).to.equal('ok');
    bench = new ProvisioningBench({ onboarding: { mailedPassword: 'reveal', changeMailedPassword: false } });
    expect((await shown((await mailed({}, { forcePasswordReset: true })).token)).mustChange).to.equal(true);
  });

  it('shows it to one of two who ask at once', async () => {
    const { token } = await mailed();
    const results = await Promise.all([reveal(token), reveal(token)]);
    expect(results.map(({ outcome }) => outcome).sort()).to.deep.equal(['shown', 'void']);
  });

  it('counts wrong proofs, and the fifth spends the link and wipes the password', async () => {
    const { id, token } = await mailed({ password: given });
    for (let tries = 1; tries <= 4; tries += 1)
      expect((await reveal(token, { userName: 'somebody' })).outcome).to.equal('wrong');
    expect(await reveal(token, { userName: 'somebody' })).to.have.nested.property('right.state', 'locked');
    expect(await reveal(token)).to.have.nested.property('right.state', 'locked');
    expect(await bench.account(id)).not.to.have.any.keys('sealedPassword', 'invitation');
    expect((await bench.onboarding(id)).status).to.equal('expired');
    expect(bench.eventTypes().filter((type) => type === 'password.revealRefused')).to.have.lengthOf(5);
    expect((await bench.onboarding(id)).deliveries?.find(({ state }) => state === 'proofTried')).to.include({
      template: 'passwordReveal',
      verdict: 'wrong',
      count: 5,
    });
    await bench.keys.renew(tenant, token);
    const [newer] = await bench.deliver();
    expect((await shown(tokenOf(newer!))).password).not.to.equal(given);
  });

  it('sends a code to the phone where there is one, which alone shows the password', async () => {
    const { token } = await mailed(phone);
    expect(await bench.reveals.lookUp(tenant, token)).to.have.property('proof', 'code');
    expect((await reveal(token)).outcome).to.equal('codeExpired');
    expect((await bench.reveals.requestCode(tenant, token, { userName: 'somebody' })).outcome).to.equal('wrong');
    expect(await bench.deliver()).to.deep.equal([]);
    const code = await textedCode(token);
    expect(
      (await bench.reveals.requestCode(tenant, token, { userName: 'io4711' })).outcome,
      'within the minute',
    ).to.equal('sent');
    expect(await bench.deliver()).to.deep.equal([]);
    expect((await reveal(token, { code: 'WRONG234' })).outcome).to.equal('wrong');
    expect((await reveal(token, { code, userName: 'somebody' })).outcome).to.equal('wrong');
    await shown(token, { code: `${code.slice(0, 4)} ${code.slice(4).toLowerCase()}` });
  });

  it('takes the code of the phone for no sign-in, and not when it is old or replaced', async () => {
    const { token } = await mailed(phone);
    const first = await textedCode(token);
    expect((await bench.keys.signIn(tenant, 'io4711', first)).outcome).to.equal('invalid');
    expect((await bench.keys.lookUp(tenant, { token })).state, 'as a right to set a password').to.equal('unknown');
    bench.passMinutes(2);
    const second = await textedCode(token);
    expect((await reveal(token, { code: first })).outcome).to.equal('wrong');
    bench.passMinutes(10);
    expect((await reveal(token, { code: second })).outcome).to.equal('codeExpired');
    bench.passMinutes(2);
    await shown(token, { code: await textedCode(token) });
  });

  it('asks for the best proof there is', async () => {
    const cases: readonly [JsonObject, boolean, SecondProof][] = [
      [{ ...told, ...phone }, true, 'code'],
      [{ ...told, ...phone }, false, 'userName'],
      [told, true, 'userName'],
      [{ emails: [{ value: 'IO4711@mail.example' }] }, true, 'userName'],
      [
        { emails: [{ value: 'IO4711@mail.example' }], [enterprise]: { employeeNumber: 'E-77' } },
        true,
        'employeeNumber',
      ],
      [{ ...told, [enterprise]: { employeeNumber: 'E-77' } }, true, 'userName'],
    ];
    for (const [more, texts, expected] of cases) {
      const id = await bench.createUser({ ...userBody('io4711'), ...more });
      const record = (await bench.store.get(tenant, 'User', id))!;
      expect(secondProofOf(record, bench.settings, texts), JSON.stringify(more)).to.equal(expected);
      bench = new ProvisioningBench({ onboarding: { mailedPassword: 'reveal' } });
    }
  });

  it('takes the employee number in any letter case, with the user name', async () => {
    const { token } = await mailed({
      emails: [{ value: 'io4711@mail.example' }],
      [enterprise]: { employeeNumber: 'E-77' },
    });
    expect((await reveal(token)).outcome).to.equal('wrong');
    expect((await reveal(token, { userName: 'x', employeeNumber: 'E-77' })).outcome).to.equal('wrong');
    await shown(token, { userName: 'IO4711', employeeNumber: ' e-77 ' });
  });

  it('expires as a mailed link does, and the password is wiped', async () => {
    const { id, token } = await mailed({ password: given });
    bench.passMinutes(1440);
    expect(await reveal(token)).to.have.nested.property('right.state', 'expired');
    expect(await bench.sweep.run(tenant)).to.equal(1);
    expect(await bench.account(id)).not.to.have.property('sealedPassword');
    expect((await bench.onboarding(id)).status).to.equal('expired');
    await bench.keys.renew(tenant, token);
    const [newer] = await bench.deliver();
    expect(await stateOf(token)).to.equal('superseded');
    expect((await shown(tokenOf(newer!))).password).not.to.equal(given);
  });

  it('issues nothing where the expiry is 0', async () => {
    bench = new ProvisioningBench({
      onboarding: { mailedPassword: 'reveal', expiryMinutes: { emailLink: 0, emailOtp: 1440, smsOtp: 10 } },
    });
    const id = await bench.createUser(userBody('io4711', { sendPassword: true }, { password: given }));
    expect(await bench.deliver()).to.deep.equal([]);
    expect((await bench.onboarding(id)).status).to.equal('expired');
    expect(await bench.account(id)).not.to.have.property('sealedPassword');
  });

  it('a resend supersedes, and still shows the password that was given', async () => {
    const { id, token } = await mailed({ password: given });
    await bench.setOnboarding(id, { resend: '1' });
    const [newer] = await bench.deliver();
    expect(await stateOf(token)).to.equal('superseded');
    expect((await shown(tokenOf(newer!))).password).to.equal(given);
  });

  it('once shown, its holder can have a new one sent, before and after they have a password of their own', async () => {
    const { id, token } = await mailed();
    const { password } = await shown(token);
    await bench.keys.renew(tenant, token);
    const [again] = await bench.deliver();
    expect(again).to.have.property('template', 'passwordReveal');
    const renewed = await shown(tokenOf(again!));
    expect((await bench.keys.signIn(tenant, 'io4711', password)).outcome).to.equal('invalid');
    const signedIn = await bench.keys.signIn(tenant, 'io4711', renewed.password);
    if (signedIn.outcome !== 'changeRequired') throw new Error(signedIn.outcome);
    await bench.keys.setPassword(tenant, { ticket: signedIn.ticket }, own);
    bench.passMinutes(2);
    await bench.keys.renew(tenant, token);
    expect((await bench.deliver()).map(({ template }) => template)).to.include('recovery');
    await bench.patchUser(id, [{ op: 'replace', path: 'active', value: false }]);
    bench.passMinutes(2);
    await bench.keys.renew(tenant, token);
    expect(await bench.deliver()).to.deep.equal([]);
  });

  const endings: Record<string, (id: string) => Promise<unknown>> = {
    'a password that a client sets': (id) =>
      bench.patchUser(id, [{ op: 'replace', path: 'password', value: 'Another-One-88' }]),
    'deactivating the user': (id) => bench.patchUser(id, [{ op: 'replace', path: 'active', value: false }]),
    'lowering the flag': (id) => bench.setOnboarding(id, { sendPassword: false }),
    'signing in with it already and choosing another': async () => {
      const signedIn = await bench.keys.signIn(tenant, 'io4711', given);
      if (signedIn.outcome !== 'changeRequired') throw new Error(signedIn.outcome);
      await bench.keys.setPassword(tenant, { ticket: signedIn.ticket }, own);
    },
  };
  for (const [what, end] of Object.entries(endings)) {
    it(`is called off by ${what}`, async () => {
      const { id, token } = await mailed({ password: given });
      await end(id);
      expect(await reveal(token)).to.have.nested.property('right.state', 'cancelled');
      expect(await bench.account(id)).not.to.have.any.keys('sealedPassword', 'invitation');
    });
  }

  it('is called off by a sign-in that needs no change, and gone with the user', async () => {
    bench = new ProvisioningBench({ onboarding: { mailedPassword: 'reveal', changeMailedPassword: false } });
    const { id, token } = await mailed({ password: given });
    expect((await bench.keys.signIn(tenant, 'io4711', given)).outcome).to.equal('ok');
    expect(await stateOf(token)).to.equal('cancelled');
    expect(await bench.account(id)).not.to.have.property('sealedPassword');
    await bench.service.remove(bench.context(), userType, id, {});
    expect(await stateOf(token)).to.equal('unknown');
  });

  it('a password that comes before the mail has gone takes the place of the first; a nightly repetition changes nothing', async () => {
    const id = await bench.createUser(userBody('io4711', { sendPassword: true }, { ...told, password: given }));
    await bench.patchUser(id, [{ op: 'replace', path: 'password', value: 'Another-One-88' }]);
    const [mail] = await bench.deliver();
    await bench.replaceUser(id, userBody('io4711', { sendPassword: true }, { ...told, password: 'Another-One-88' }));
    expect(await bench.deliver()).to.deep.equal([]);
    expect((await shown(tokenOf(mail!))).password).to.equal('Another-One-88');
  });

  it('waits for the start date', async () => {
    const { id, token } = await mailed();
    await bench.setOnboarding(id, { startDate: '2031-06-01T08:00:00Z' });
    expect(await reveal(token)).to.deep.nested.include({
      'right.state': 'notYet',
      'right.at': '2031-06-01T08:00:00.000Z',
    });
  });

  it('proves the address the link went to', async () => {
    bench = new ProvisioningBench({ onboarding: { mailedPassword: 'reveal', verifyEmail: true } });
    const { id, token } = await mailed();
    await shown(token);
    expect((await bench.account(id)).verifiedEmail).to.equal('ines@private.example');
  });

  describe('Forgot password, while the link to a password is open,', () => {
    it('sends a link that sets one; the other stays good until it is used, and is called off then', async () => {
      const { id, token } = await mailed({ password: given });
      const { invitationExpiresAt } = await bench.onboarding(id);
      bench.now += 120_000;
      await bench.keys.forgotPassword(tenant, 'io4711');
      await bench.keys.settled();
      const [mail] = await bench.deliver();
      expect(mail).to.include({ template: 'recovery', to: 'ines@private.example' });
      expect(mail!.values).not.to.have.any.keys('password', 'code');
      const recovery = tokenOf(mail!);
      expect(await stateOf(token)).to.equal('valid');
      expect(await stateOf(recovery), 'it shows nothing').to.equal('unknown');
      expect((await bench.keys.lookUp(tenant, { token })).state, 'and the other sets nothing').to.equal('unknown');
      const { invitationExpiresAt: later } = await bench.onboarding(id);
      expect(later! >= invitationExpiresAt!, 'no time is taken from it').to.equal(true);
      expect((await bench.keys.setPassword(tenant, { token: recovery }, own)).outcome).to.equal('done');
      expect(await stateOf(token)).to.be.oneOf(['cancelled', 'replaced']);
      expect((await bench.keys.lookUp(tenant, { token: recovery })).state).to.equal('used');
      expect(await bench.account(id)).not.to.have.any.keys('sealedPassword', 'invitation');
      expect((await bench.keys.signIn(tenant, 'io4711', own)).outcome).to.equal('ok');
      expect((await bench.keys.signIn(tenant, 'io4711', given)).outcome).to.equal('invalid');
    });

    it('sends a code where the tenant invites by code, which sets one too', async () => {
      bench = new ProvisioningBench({ onboarding: { mailedPassword: 'reveal', invitationMethod: 'emailOtp' } });
      const { token } = await mailed();
      bench.now += 120_000;
      await bench.keys.forgotPassword(tenant, 'io4711');
      await bench.keys.settled();
      const [mail] = await bench.deliver();
      expect(mail).to.have.property('template', 'recoveryCode');
      expect(await stateOf(token)).to.equal('valid');
      const entered = await bench.keys.signIn(tenant, 'io4711', String(mail!.values['code']));
      expect(entered.outcome).to.equal('codeAccepted');
    });

    it('dies with the shown password', async () => {
      const { token } = await mailed();
      bench.now += 120_000;
      await bench.keys.forgotPassword(tenant, 'io4711');
      await bench.keys.settled();
      const [mail] = await bench.deliver();
      await shown(token);
      expect((await bench.keys.lookUp(tenant, { token: tokenOf(mail!) })).state).to.equal('used');
    });

    it('sends the holder of such a link, who asks by its page, another of its kind', async () => {
      const { id, token } = await mailed();
      bench.now += 120_000;
      await bench.setOnboarding(id, { resend: 'again' });
      const [second] = await bench.deliver();
      bench.now += 120_000;
      expect(await stateOf(token)).to.equal('superseded');
      await bench.keys.renew(tenant, token);
      const [third] = await bench.deliver();
      expect(third).to.have.property('template', 'passwordReveal');
      expect(await stateOf(tokenOf(second!))).to.equal('valid');
    });

    it('takes no time from a link, and no SMS, where people are else invited by text message', async () => {
      bench = new ProvisioningBench({ onboarding: { mailedPassword: 'reveal', invitationMethod: 'smsOtp' } });
      const { token } = await mailed(phone);
      bench.now += 120_000;
      await bench.keys.forgotPassword(tenant, 'io4711');
      await bench.keys.settled();
      expect((await bench.deliver())[0]).to.have.property('template', 'recovery');
      bench.now += 60 * 60_000;
      expect(await stateOf(token)).to.equal('valid');
    });
  });
});
