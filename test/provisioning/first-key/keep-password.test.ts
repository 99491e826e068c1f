import { expect } from 'chai';
import { type Message, ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';

const first = 'Sent-By-The-Idp-1';
const second = 'Sent-By-The-Idp-2';
const own = 'lamplight drifting over harbours';

describe('a password that a client sets', () => {
  const writes: readonly [string, (bench: ProvisioningBench, id: string, password: string) => Promise<unknown>][] = [
    ['PUT', async (bench, id, password) => bench.replaceUser(id, userBody('ines', {}, { password }))],
    [
      'PATCH',
      async (bench, id, password) => bench.patchUser(id, [{ op: 'replace', path: 'password', value: password }]),
    ],
    [
      'PATCH without a path',
      async (bench, id, password) => bench.patchUser(id, [{ op: 'replace', value: { password } }]),
    ],
  ];

  async function forgot(bench: ProvisioningBench): Promise<Message> {
    await bench.keys.forgotPassword(tenant, 'ines');
    await bench.keys.settled();
    const mail = (await bench.deliver()).find(({ template }) => template.startsWith('recovery'));
    if (mail === undefined) throw new Error('no way back was sent');
    return mail;
  }
  const lookUp = async (bench: ProvisioningBench, mail: Message): Promise<string> =>
    (await bench.keys.lookUp(tenant, { token: tokenOf(mail) })).state;

  for (const [title, set] of writes) {
    it(`ends an open recovery link: ${title}`, async () => {
      const bench = new ProvisioningBench();
      const id = await bench.createUser(userBody('ines', {}, { password: first }));
      const mail = await forgot(bench);
      await set(bench, id, first);
      expect(await lookUp(bench, mail), 'the same password once more').to.equal('valid');
      await set(bench, id, second);
      expect(await lookUp(bench, mail)).to.equal('superseded');
      expect((await bench.keys.setPassword(tenant, { token: tokenOf(mail) }, own)).outcome).to.equal('void');
      expect((await bench.keys.signIn(tenant, 'ines', second)).outcome).to.equal('ok');
      bench.passMinutes(2);
      expect(await lookUp(bench, await forgot(bench)), 'asked for afterwards').to.equal('valid');
    });

    it(`ends a recovery code, and the ticket that it gave: ${title}`, async () => {
      const bench = new ProvisioningBench({ onboarding: { invitationMethod: 'emailOtp' } });
      const id = await bench.createUser(userBody('ines', {}, { password: first }));
      const code = String((await forgot(bench)).values['code']);
      const accepted = await bench.keys.signIn(tenant, 'ines', code);
      if (accepted.outcome !== 'codeAccepted') throw new Error(accepted.outcome);
      await set(bench, id, second);
      expect((await bench.keys.setPassword(tenant, { ticket: accepted.ticket }, own)).outcome).to.equal('void');
      expect((await bench.keys.signIn(tenant, 'ines', code)).outcome).to.equal('invalid');
    });

    it(`ends the way back that was sent while an address is to be proved, and not that proof: ${title}`, async () => {
      const bench = new ProvisioningBench();
      const id = await bench.createUser(userBody('ines', { verifyEmail: true }, { password: first }));
      const [proof] = await bench.deliver();
      const mail = await forgot(bench);
      await set(bench, id, second);
      expect(await lookUp(bench, mail)).to.equal('superseded');
      expect((await bench.keys.setPassword(tenant, { token: tokenOf(mail) }, own)).outcome).to.equal('void');
      expect(await bench.keys.verifyEmail(tenant, tokenOf(proof!))).to.equal(true);
      expect((await bench.keys.signIn(tenant, 'ines', second)).outcome).to.equal('ok');
    });
  }

  it('leaves the invitation of who was never to sign in with it', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [mail] = await bench.deliver();
    await bench.patchUser(id, [{ op: 'replace', path: 'password', value: second }]);
    expect(await lookUp(bench, mail!)).to.equal('valid');
  });
});
