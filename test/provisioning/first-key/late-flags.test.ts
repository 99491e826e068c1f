import { expect } from 'chai';
import { latchkeyUrn } from '../../../src/provisioning/user/latchkey-extension.ts';
import { ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';

const own = 'lamplight drifting over harbours';
const given = 'Sent-By-The-Idp-1';
const flags = ['preRegistration', 'sendPassword'] as const;
const said = (bench: ProvisioningBench, name: string, secret: string) =>
  bench.keys.signIn(tenant, name, secret).then(({ outcome }) => outcome);

describe('a flag that comes after the create', () => {
  for (const flag of flags)
    for (const manner of ['PUT', 'PATCH'] as const) {
      const raise = (bench: ProvisioningBench, id: string): Promise<unknown> =>
        manner === 'PUT'
          ? bench.replaceUser(id, userBody('ines', { [flag]: true }))
          : bench.setOnboarding(id, { [flag]: true });

      it(`${flag} by ${manner}: does nothing to who has chosen a password, or signed in`, async () => {
        for (const way of ['chosen', 'signedIn'] as const) {
          const bench = new ProvisioningBench();
          const id = await bench.createUser(
            userBody(
              'ines',
              way === 'chosen' ? { preRegistration: true } : {},
              way === 'chosen' ? {} : { password: given },
            ),
          );
          if (way === 'chosen') {
            const [mail] = await bench.deliver();
            await bench.keys.setPassword(tenant, { token: tokenOf(mail!) }, own);
            await bench.setOnboarding(id, { preRegistration: false });
          } else expect(await said(bench, 'ines', given)).to.equal('ok');
          await raise(bench, id);
          expect(await bench.deliver()).to.deep.equal([]);
          expect(await bench.onboarding(id)).to.include({ [flag]: true, status: 'active', locked: false });
          expect(await said(bench, 'ines', way === 'chosen' ? own : given)).to.equal('ok');
        }
      });

      it(`${flag} by ${manner}: invites who has a password nobody has used, which goes on working`, async () => {
        const bench = new ProvisioningBench();
        const id = await bench.createUser(userBody('ines', {}, { password: given }));
        await raise(bench, id);
        expect((await bench.deliver()).map(({ template }) => template)).to.deep.equal(['invitation']);
        expect(await bench.onboarding(id)).to.include({ status: 'invited', locked: false });
        await bench.replaceUser(id, userBody('ines', { [flag]: true }));
        expect(await bench.deliver()).to.deep.equal([]);
        expect(await said(bench, 'ines', given)).to.equal('ok');
        expect((await bench.onboarding(id)).status).to.equal('active');
      });
    }

  it('a lock until a password is set outlives being deactivated', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { preRegistration: true }, { password: given }));
    expect(await said(bench, 'ines', given)).to.equal('locked');
    for (const active of [false, true]) await bench.patchUser(id, [{ op: 'replace', value: { active } }]);
    expect(await said(bench, 'ines', given)).to.equal('locked');
  });

  it('a dry run says that it does nothing', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', {}, { password: given }));
    await said(bench, 'ines', given);
    const { dryRun } = await bench.replaceUser(id, userBody('ines', { preRegistration: true }), { dryRun: true });
    expect(dryRun?.deliveries).to.deep.equal([]);
    expect(dryRun?.rules.join('\n')).to.match(
      /preRegistration: it comes late; .*nothing is sent and nothing is locked/,
    );
  });
});

describe('a password with sendPassword', () => {
  async function mailed(): Promise<{ bench: ProvisioningBench; id: string }> {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { sendPassword: true }, { password: given }));
    await bench.deliver();
    return { bench, id };
  }
  const path = `${latchkeyUrn}:sendPassword`;
  const secret = { op: 'replace', path: 'password', value: 'Another-One-2' } as const;
  const again: readonly [string, Parameters<ProvisioningBench['patchUser']>[1]][] = [
    ['true', [secret, { op: 'replace', path, value: true }]],
    ['true, first', [{ op: 'replace', path, value: true }, secret]],
    ['path-less', [{ op: 'replace', value: { password: 'Another-One-2', [latchkeyUrn]: { sendPassword: true } } }]],
    ['false, then true', [{ op: 'replace', path, value: false }, secret, { op: 'replace', path, value: true }]],
    ['resend', [secret, { op: 'replace', path: `${latchkeyUrn}:resend`, value: 'r1' }]],
  ];
  for (const [title, operations] of again) {
    it(`a new one is mailed though one was mailed before: ${title}`, async () => {
      const { bench, id } = await mailed();
      await bench.patchUser(id, operations);
      const mails = await bench.deliver();
      expect(mails.map(({ values }) => values['password'])).to.deep.equal(['Another-One-2']);
      expect(await said(bench, 'ines', given)).to.equal('invalid');
      expect(await said(bench, 'ines', 'Another-One-2')).to.equal('changeRequired');
    });
  }

  it('resets somebody who has chosen a password, when it is new; a sync that repeats the old one is silent', async () => {
    for (const history of [0, 5]) {
      const bench = new ProvisioningBench({ passwords: { history } });
      const body = userBody('ines', { sendPassword: true }, { password: given });
      const id = await bench.createUser(body);
      await bench.deliver();
      await bench.replaceUser(id, body);
      const signedIn = await bench.keys.signIn(tenant, 'ines', given);
      if (signedIn.outcome !== 'changeRequired') throw new Error(signedIn.outcome);
      await bench.keys.setPassword(tenant, { ticket: signedIn.ticket }, own);
      const version = await bench.version(id);
      await bench.replaceUser(id, body);
      expect(await bench.version(id)).to.equal(version);
      expect(await bench.deliver()).to.deep.equal([]);
      expect(await said(bench, 'ines', own)).to.equal('ok');
      await bench.replaceUser(id, { ...body, password: 'Another-One-2' });
      expect((await bench.deliver()).map(({ template }) => template)).to.deep.equal(['password']);
      expect(await said(bench, 'ines', 'Another-One-2')).to.equal('changeRequired');
    }
  });

  it('a synchronised password is not mailed because sendPassword was said long ago', async () => {
    const { bench, id } = await mailed();
    await bench.patchUser(id, [secret]);
    expect(await bench.deliver()).to.deep.equal([]);
    expect(await said(bench, 'ines', 'Another-One-2')).to.equal('ok');
  });

  it('reads back that a mailed password must be changed, whatever was said, until it is', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { sendPassword: true, forcePasswordReset: false }));
    const reads = async () => (await bench.onboarding(id)).forcePasswordReset;
    expect(await reads()).to.equal(true);
    const [mail] = await bench.deliver();
    await bench.setOnboarding(id, { forcePasswordReset: false });
    await bench.replaceUser(id, userBody('ines', { forcePasswordReset: false }));
    expect(await reads()).to.equal(true);
    const signedIn = await bench.keys.signIn(tenant, 'ines', String(mail?.values['password']));
    if (signedIn.outcome !== 'changeRequired') throw new Error(signedIn.outcome);
    await bench.keys.setPassword(tenant, { ticket: signedIn.ticket }, own);
    expect(await reads()).to.equal(false);
    const other = await bench.createUser(userBody('olu', { sendPassword: true }));
    await bench.setOnboarding(other, { sendPassword: false });
    expect((await bench.onboarding(other)).forcePasswordReset).to.equal(false);
  });
});

describe("a client's password", () => {
  it('that is used makes the user active', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', {}, { password: given }));
    expect((await bench.onboarding(id)).status).to.equal('none');
    await said(bench, 'ines', given);
    expect((await bench.onboarding(id)).status).to.equal('active');
    expect(bench.eventTypes()).to.include('user.activated');
  });

  it('that nobody has used is a placeholder: the first own password brings the notice, not the alarm', async () => {
    for (const [activationNotice, mails] of [
      [true, ['activated']],
      [false, []],
    ] as const) {
      const bench = new ProvisioningBench({ onboarding: { activationNotice } });
      await bench.createUser(userBody('ines', { forcePasswordReset: true }, { password: given }));
      const signedIn = await bench.keys.signIn(tenant, 'ines', given);
      if (signedIn.outcome !== 'changeRequired') throw new Error(signedIn.outcome);
      await bench.keys.setPassword(tenant, { ticket: signedIn.ticket }, own);
      expect((await bench.deliver()).map(({ template }) => template)).to.deep.equal(mails);
    }
  });
});
