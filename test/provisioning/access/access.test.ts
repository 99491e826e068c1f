import { expect } from 'chai';
import { userType } from '../../support/resource-types.ts';
import type { SessionGrant } from '../../../src/provisioning/access/session-grant.ts';
import { ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';

const own = 'lamplight drifting over harbours';

describe('KeyService', () => {
  let bench: ProvisioningBench;
  beforeEach(() => {
    bench = new ProvisioningBench();
  });

  const invited = async (
    settings: ConstructorParameters<typeof ProvisioningBench>[0] = {},
  ): Promise<{ id: string; token: string }> => {
    bench = new ProvisioningBench(settings);
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [mail] = await bench.deliver();
    return { id, token: tokenOf(mail!) };
  };
  const invitedByCode = async (): Promise<{ id: string; code: string }> => {
    bench = new ProvisioningBench({ onboarding: { invitationMethod: 'emailOtp' } });
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [mail] = await bench.deliver();
    return { id, code: String(mail!.values['code']) };
  };

  const signedIn = async (password: string): Promise<SessionGrant> => {
    const result = await bench.keys.signIn(tenant, 'ines', password);
    if (result.outcome !== 'ok') throw new Error(result.outcome);
    return result.session;
  };

  it('keeps only the SHA-256 of a token, and looking at a link changes nothing', async () => {
    const { id, token } = await invited();
    expect(Buffer.from(token, 'base64url')).to.have.length(32);
    expect(JSON.stringify(await bench.store.get(tenant, 'User', id))).not.to.include(token);
    const version = await bench.version(id);
    for (let look = 0; look < 3; look += 1)
      expect((await bench.keys.lookUp(tenant, { token })).state).to.equal('valid');
    expect(await bench.version(id)).to.equal(version);
  });

  it('takes a mailed password that was pasted with blanks around it, and counts no failure', async () => {
    for (const onboarding of [{}, { changeMailedPassword: false }]) {
      bench = new ProvisioningBench({ onboarding });
      const id = await bench.createUser(userBody('ines', { sendPassword: true }));
      const password = String((await bench.deliver())[0]!.values['password']);
      for (const pasted of [` ${password}`, `${password}\r\n`, `\u200b${password}\u00a0`, `\ufeff${password}\t`])
        expect((await bench.keys.signIn(tenant, 'ines', pasted)).outcome, JSON.stringify(pasted)).to.be.oneOf([
          'ok',
          'changeRequired',
        ]);
      expect((await bench.keys.signIn(tenant, 'ines', password.replace('-', ' -'))).outcome).to.equal('invalid');
      await bench.keys.settled();
      expect((await bench.account(id)).failedSignIns).to.equal(1);
    }
  });

  it('takes a given password that was mailed with blanks around it as well', async () => {
    await bench.createUser(userBody('ines', { sendPassword: true }, { password: ' Given-Once-77' }));
    await bench.deliver();
    expect((await bench.keys.signIn(tenant, 'ines', ' Given-Once-77')).outcome).to.equal('changeRequired');
    bench = new ProvisioningBench();
    await bench.createUser(userBody('ines', { sendPassword: true }, { password: 'Given-Once-77' }));
    await bench.deliver();
    expect((await bench.keys.signIn(tenant, 'ines', 'Given-Once-77 ')).outcome).to.equal('changeRequired');
  });

  it('takes the password that people chose themselves as it was chosen, blanks and all', async () => {
    const { token } = await invited();
    await bench.keys.setPassword(tenant, { token }, `${own} `);
    expect((await bench.keys.signIn(tenant, 'ines', own)).outcome).to.equal('invalid');
    expect((await bench.keys.signIn(tenant, 'ines', ` ${own} `)).outcome).to.equal('invalid');
    expect((await bench.keys.signIn(tenant, 'ines', `${own} `)).outcome).to.equal('ok');
    const byClient = await bench.createUser(userBody('jo', {}, { password: 'Sent-By-The-Idp-1' }));
    expect((await bench.account(byClient)).generatedPassword).to.equal(false);
    expect((await bench.keys.signIn(tenant, 'jo', 'Sent-By-The-Idp-1 ')).outcome).to.equal('invalid');
  });

  it('takes the number that a code was texted to in place of the user name, for that code alone', async () => {
    bench = new ProvisioningBench({ sms: { countries: ['DE'] } });
    const phones = { phoneNumbers: [{ value: '0170 1234567', type: 'mobile' }], password: 'Sent-By-The-Idp-1' };
    const id = await bench.createUser(
      userBody('ines', { preRegistration: true, invitationMethod: 'smsOtp', forcePasswordReset: true }, phones),
    );
    const [text] = await bench.deliver();
    expect(text).to.include({ to: '+491701234567' });
    expect(text!.values).to.include({ userName: 'ines' });
    const code = String(text!.values['code']);
    for (const typed of ['+491701234567', '0170 1234567', '0049 (170) 123-45-67', ' +49 170 1234567 ']) {
      expect((await bench.keys.signIn(tenant, typed, 'Sent-By-The-Idp-1')).outcome, typed).to.equal('invalid');
      expect((await bench.keys.signIn(tenant, typed, code)).outcome, typed).to.equal('codeAccepted');
      bench.passMinutes(1);
    }
    const opened = await bench.keys.signIn(tenant, '+491701234567', code);
    if (opened.outcome !== 'codeAccepted') throw new Error(opened.outcome);
    await bench.keys.setPassword(tenant, { ticket: opened.ticket }, own);
    expect((await bench.account(id)).invitation).to.equal(undefined);
    for (const secret of [code, own])
      expect((await bench.keys.signIn(tenant, '+491701234567', secret)).outcome).to.equal('invalid');
    expect((await bench.keys.signIn(tenant, 'ines', own)).outcome).to.equal('ok');
  });

  it('does not guess which of two users with one number is meant, and takes their user names', async () => {
    bench = new ProvisioningBench({ sms: { countries: ['DE'] } });
    const phones = { phoneNumbers: [{ value: '0170 1234567', type: 'mobile' }] };
    const ids: string[] = [];
    for (const name of ['ines', 'jo'])
      ids.push(await bench.createUser(userBody(name, { preRegistration: true, invitationMethod: 'smsOtp' }, phones)));
    const texts = await bench.deliver();
    for (const { values } of texts)
      expect((await bench.keys.signIn(tenant, '+491701234567', String(values['code']))).outcome).to.equal('invalid');
    await bench.keys.settled();
    for (const id of ids)
      expect((await bench.account(id)).invitation, 'nothing is counted against either').to.include({ wrongTries: 0 });
    for (const { values } of texts)
      expect((await bench.keys.signIn(tenant, String(values['userName']), String(values['code']))).outcome).to.equal(
        'codeAccepted',
      );
  });

  it('finds who forgot a password by an address that is stored with a name or with blanks', async () => {
    const stored = { ines: 'Ines Moor <Ines@Mail.example>', jo: ' jo@mail.example ', kim: 'mailto:kim@mail.example' };
    for (const [name, value] of Object.entries(stored)) {
      const id = await bench.createUser(userBody(name, {}, { emails: [{ value, type: 'work' }], password: own }));
      for (const typed of [`${name}@mail.example`, ` ${name.toUpperCase()}@mail.example`, `X <${name}@mail.example>`]) {
        await bench.keys.forgotPassword(tenant, typed);
        await bench.keys.settled();
        const sent = await bench.deliver();
        expect(
          sent.map(({ to, template }) => [to.toLowerCase(), template]),
          typed,
        ).to.deep.equal([[`${name}@mail.example`, 'recovery']]);
        bench.passMinutes(2);
      }
      await bench.patchUser(id, [{ op: 'replace', path: 'emails', value: [{ value: `${name}@new.example` }] }]);
      await bench.keys.forgotPassword(tenant, `${name}@mail.example`);
      await bench.keys.settled();
      expect(await bench.deliver(), 'the address they had').to.deep.equal([]);
    }
  });

  it('takes a code with blanks, dashes, invisible or full-width characters in it', async () => {
    const { code } = await invitedByCode();
    const fullWidth = [...code].map((one) => String.fromCodePoint(one.codePointAt(0)! + 0xfee0)).join('');
    for (const typed of [
      `${code.slice(0, 4)} ${code.slice(4)}`,
      `${code.slice(0, 4)}\u2013${code.slice(4)}`,
      [...code].join('\u200b'),
      `\u2068${code}\u2069`,
      `\u00ad${code.toLowerCase()}\ufeff`,
      fullWidth,
      `${fullWidth.slice(0, 4)}\u3000${fullWidth.slice(4)}`,
    ])
      expect((await bench.keys.signIn(tenant, 'ines', typed)).outcome, JSON.stringify(typed)).to.equal('codeAccepted');
  });

  it('says of each link what became of it', async () => {
    const { token } = await invited();
    const right = await bench.keys.lookUp(tenant, { token });
    expect(right).to.deep.include({ state: 'valid', expiresAt: '2031-05-07T07:08:09.000Z' });
    expect(await bench.keys.lookUp(tenant, { token: 'nonsense' })).to.deep.equal({ state: 'unknown' });
    expect(await bench.keys.lookUp('other', { token })).to.deep.equal({ state: 'unknown' });
    bench.passMinutes(1440);
    expect(await bench.keys.lookUp(tenant, { token })).to.deep.include({
      state: 'expired',
      at: '2031-05-07T07:08:09.000Z',
    });
    await bench.keys.renew(tenant, token);
    const [newer] = await bench.deliver();
    expect((await bench.keys.lookUp(tenant, { token })).state).to.equal('superseded');
    await bench.keys.setPassword(tenant, { token: tokenOf(newer!) }, own);
    expect((await bench.keys.lookUp(tenant, { token: tokenOf(newer!) })).state).to.equal('used');
  });

  it('takes a password once: of two at the same time one is done', async () => {
    const { token } = await invited();
    const results = await Promise.all([
      bench.keys.setPassword(tenant, { token }, own),
      bench.keys.setPassword(tenant, { token }, `${own}, twice`),
    ]);
    expect(results.map(({ outcome }) => outcome).sort()).to.deep.equal(['done', 'void']);
    const lost = results.find(({ outcome }) => outcome === 'void');
    expect(lost).to.have.nested.property('right.state', 'used');
  });

  it('takes no password for a right that ends while it is being stored', async () => {
    const { id, token } = await invited();
    bench.store.interfereOnce(async () => {
      await bench
        .writerOver(bench.store)
        .update(
          { tenant, type: userType, id },
          (record) => ({
            kind: 'put',
            change: { resource: { ...record!.resource, active: false }, account: record!.account!, events: [] },
            answer: () => undefined,
          }),
          { origin: { triggeredBy: 'system' } },
        );
    });
    expect(await bench.keys.setPassword(tenant, { token }, own)).to.have.nested.property('right.state', 'cancelled');
    expect(await bench.account(id)).not.to.have.property('passwordHash');
  });

  it('consumes nothing when the password is refused, and lists every fault', async () => {
    const { token } = await invited({ passwords: { composition: true } });
    const refused = await bench.keys.setPassword(tenant, { token }, 'short');
    expect(refused).to.deep.include({
      outcome: 'refused',
      faults: [{ rule: 'tooShort', min: 15 }, { rule: 'composition' }, { rule: 'common' }],
    });
    expect((await bench.keys.lookUp(tenant, { token })).state).to.equal('valid');
  });

  it('tells of the new password, and writes a notice where the tenant wants one', async () => {
    const { token } = await invited({ onboarding: { activationNotice: true } });
    const from = bench.store.events.length;
    await bench.keys.setPassword(tenant, { token }, own);
    expect(bench.eventTypes(from)).to.deep.equal(['password.changed', 'user.activated', 'activationNotice.requested']);
    const [notice] = await bench.deliver();
    expect(notice?.template).to.equal('activated');
    expect(JSON.stringify(notice?.values)).not.to.include(own);
  });

  it('keeps the password of a locked-in invitation from working until one is set', async () => {
    bench = new ProvisioningBench();
    await bench.createUser(userBody('ines', { preRegistration: true }, { password: 'Placeholder-77' }));
    expect(await bench.keys.signIn(tenant, 'ines', 'Placeholder-77')).to.deep.equal({
      outcome: 'locked',
      until: undefined,
    });
    bench = new ProvisioningBench({ onboarding: { lockUntilPasswordSet: false } });
    await bench.createUser(userBody('ines', { preRegistration: true }, { password: 'Placeholder-77' }));
    expect((await bench.keys.signIn(tenant, 'ines', 'Placeholder-77')).outcome).to.equal('ok');
  });

  it("takes a code in the password's place, however it is typed", async () => {
    const { id, code } = await invitedByCode();
    expect((await bench.account(id)).invitation?.code?.hash).to.match(/^\$argon2id\$/);
    const accepted = await bench.keys.signIn(tenant, 'ines', ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `);
    if (accepted.outcome !== 'codeAccepted') throw new Error(accepted.outcome);
    expect((await bench.keys.lookUp(tenant, { ticket: accepted.ticket })).state).to.equal('valid');
    expect((await bench.keys.setPassword(tenant, { ticket: accepted.ticket }, own)).outcome).to.equal('done');
    expect((await bench.keys.signIn(tenant, 'ines', code)).outcome).to.equal('invalid');
    expect((await bench.keys.setPassword(tenant, { ticket: accepted.ticket }, `${own} again`)).outcome).to.equal(
      'void',
    );
    expect(await bench.account(id)).to.have.nested.property('pastInvitations[0].state', 'used');
  });

  it('sends codes by SMS, good for ten minutes, and no password by SMS ever', async () => {
    bench = new ProvisioningBench();
    const phones = { phoneNumbers: [{ value: '+49 170 1234567', type: 'mobile' }] };
    await bench.createUser(userBody('ines', { preRegistration: true, invitationMethod: 'smsOtp' }, phones));
    const [delivery] = bench.due();
    expect(delivery).to.include({ channel: 'sms', template: 'invitationCode' });
    const prepared = await bench.addressee.prepare(delivery!);
    expect(prepared).to.deep.include({ outcome: 'send', to: '+491701234567' });
    expect(prepared).to.have.nested.property('values.expiresAt', '2031-05-06T07:18:09.000Z');
    await bench.createUser(userBody('rhea', { sendPassword: true, invitationMethod: 'smsOtp' }, phones));
    expect((await bench.deliver()).map(({ to }) => to)).to.deep.equal(['rhea@mail.example']);
  });

  it('pauses ever longer after failures and then locks, for names that do not exist just as for those that do', async () => {
    const id = await bench.createUser(userBody('ines', {}, { password: 'Right-Password-1' }));
    const walk = async (name: string): Promise<string[]> => {
      const outcomes: string[] = [];
      for (let tries = 0; tries < 40; tries += 1) {
        outcomes.push((await bench.keys.signIn(tenant, name, 'wrong password')).outcome);
        bench.now += 1_000;
      }
      return outcomes;
    };
    const known = await walk('ines');
    expect(await walk('nobody')).to.deep.equal(known);
    expect(known.filter((outcome) => outcome === 'invalid')).to.have.length(10);
    expect(await bench.onboarding(id)).to.include({ locked: true, lockedReason: 'failedAttempts' });
    expect((await bench.keys.signIn(tenant, 'ines', 'Right-Password-1')).outcome).to.equal('locked');
    expect(bench.eventTypes().filter((type) => type === 'account.locked')).to.have.length(1);
    bench.passMinutes(15);
    expect((await bench.keys.signIn(tenant, 'ines', 'Right-Password-1')).outcome).to.equal('ok');
    expect(await bench.onboarding(id)).to.include({ locked: false });
    expect(bench.eventTypes()).to.include('account.unlocked');
  });

  it('does not write for every sign-in', async () => {
    const id = await bench.createUser(userBody('ines', {}, { password: 'Right-Password-1' }));
    await bench.keys.signIn(tenant, 'ines', 'Right-Password-1');
    const version = await bench.version(id);
    for (let times = 0; times < 5; times += 1) await bench.keys.signIn(tenant, 'ines', 'Right-Password-1');
    expect(await bench.version(id)).to.equal(version);
    bench.passMinutes(15);
    expect(await bench.keys.signIn(tenant, 'ines', 'Right-Password-1')).to.include({
      lastSignInAt: '2031-05-06T07:08:09.000Z',
    });
    expect((await bench.onboarding(id)).lastSignInAt).to.equal('2031-05-06T07:23:09.000Z');
  });

  it('does not let in who is deactivated, and ends their sessions', async () => {
    const id = await bench.createUser(userBody('ines', {}, { password: 'Right-Password-1' }));
    const session = await signedIn('Right-Password-1');
    expect(await bench.keys.holder(tenant, id, session)).to.include({ userName: 'ines', displayName: 'Ines Okoro' });
    await bench.patchUser(id, [{ op: 'replace', path: 'active', value: false }]);
    expect(await bench.keys.holder(tenant, id, session)).to.equal(undefined);
    expect((await bench.keys.signIn(tenant, 'ines', 'Right-Password-1')).outcome).to.equal('invalid');
    await bench.patchUser(id, [{ op: 'replace', path: 'active', value: true }]);
    expect(await bench.keys.holder(tenant, id, session)).to.equal(undefined);
    await bench.service.remove(bench.context(), userType, id, {});
    expect(await bench.keys.holder(tenant, id, session)).to.equal(undefined);
  });

  it('ends one session at sign-out, and no other', async () => {
    const id = await bench.createUser(userBody('ines', {}, { password: 'Right-Password-1' }));
    const [one, other] = [await signedIn('Right-Password-1'), await signedIn('Right-Password-1')];
    await bench.keys.endSession(tenant, id, one);
    expect(await bench.keys.holder(tenant, id, one)).to.equal(undefined);
    expect(await bench.keys.holder(tenant, id, other)).to.include({ userName: 'ines' });
    const version = await bench.version(id);
    await bench.keys.endSession(tenant, id, one);
    expect(await bench.version(id)).to.equal(version);
  });

  it('ends every session with the password, whoever sets it and whatever their clock says', async () => {
    const id = await bench.createUser(userBody('ines', {}, { password: 'Right-Password-1' }));
    bench.now += 60_000;
    const ahead = await signedIn('Right-Password-1');
    bench.now -= 60_000;
    const changed = await bench.keys.changePassword(tenant, id, 'Right-Password-1', own);
    if (changed.outcome !== 'done') throw new Error(changed.outcome);
    expect(await bench.keys.holder(tenant, id, ahead)).to.equal(undefined);
    expect(await bench.keys.holder(tenant, id, changed.session)).to.include({ userName: 'ines' });
    bench.now += 1;
    await bench.patchUser(id, [{ op: 'replace', path: 'password', value: 'Right-Password-2' }]);
    expect(await bench.keys.holder(tenant, id, changed.session)).to.equal(undefined);
  });

  it('remembers a bounded number of sign-outs, each for half an hour', async () => {
    const id = await bench.createUser(userBody('ines', {}, { password: 'Right-Password-1' }));
    const still = await signedIn('Right-Password-1');
    for (let times = 0; times < 20; times += 1)
      await bench.keys.endSession(tenant, id, await signedIn('Right-Password-1'));
    expect((await bench.account(id)).endedSessions).to.have.length(20);
    expect(await bench.keys.holder(tenant, id, still)).not.to.equal(undefined);
    await bench.keys.endSession(tenant, id, await signedIn('Right-Password-1'));
    expect(await bench.account(id)).not.to.have.property('endedSessions');
    expect(await bench.keys.holder(tenant, id, still)).to.equal(undefined);
    await bench.keys.endSession(tenant, id, await signedIn('Right-Password-1'));
    bench.passMinutes(30);
    await bench.keys.endSession(tenant, id, await signedIn('Right-Password-1'));
    expect((await bench.account(id)).endedSessions).to.have.length(1);
  });

  it('asks for a new password when the old one is too old', async () => {
    bench = new ProvisioningBench({ passwords: { maxAgeDays: 90 } });
    await bench.createUser(userBody('ines', {}, { password: 'Right-Password-1' }));
    bench.passMinutes(90 * 24 * 60);
    expect((await bench.keys.signIn(tenant, 'ines', 'Right-Password-1')).outcome).to.equal('changeRequired');
  });

  it('sends a way back in by user name or address, once a minute, and says nothing about anybody', async () => {
    await bench.createUser(userBody('ines', {}, { password: 'Right-Password-1' }));
    for (const name of ['nobody', 'ines', 'INES@mail.example', 'ines'])
      expect(await bench.keys.forgotPassword(tenant, name)).to.equal(undefined);
    await bench.keys.settled();
    const mails = await bench.deliver();
    expect(mails.map(({ template }) => template)).to.deep.equal(['recovery']);
    expect((await bench.keys.setPassword(tenant, { token: tokenOf(mails[0]!) }, own)).outcome).to.equal('done');
    expect((await bench.keys.signIn(tenant, 'ines', 'Right-Password-1')).outcome).to.equal('invalid');
    bench.passMinutes(1);
    await bench.keys.forgotPassword(tenant, 'ines@MAIL.example');
    await bench.keys.settled();
    expect((await bench.deliver()).map(({ template }) => template)).to.deep.equal(['recovery']);
    expect(bench.errors).to.deep.equal([]);
  });

  it('sends another link of the same invitation to someone invited who has forgotten', async () => {
    const { token } = await invited();
    await bench.keys.forgotPassword(tenant, 'ines');
    await bench.keys.settled();
    expect((await bench.deliver()).map(({ template }) => template)).to.deep.equal(['invitation']);
    expect((await bench.keys.lookUp(tenant, { token })).state).to.equal('valid');
  });

  it('changes a password only with the present one, and takes none of the last ones again', async () => {
    const id = await bench.createUser(userBody('ines', {}, { password: 'Right-Password-1' }));
    expect(await bench.keys.changePassword(tenant, id, 'wrong', own)).to.deep.equal({ outcome: 'wrongPassword' });
    expect((await bench.account(id)).failedSignIns).to.equal(1);
    expect(await bench.keys.changePassword(tenant, id, 'Right-Password-1', own)).to.include({ outcome: 'done' });
    expect(await bench.keys.changePassword(tenant, id, own, `${own} again`)).to.include({ outcome: 'done' });
    for (const used of [own, `${own} again`]) {
      expect(await bench.keys.changePassword(tenant, id, `${own} again`, used)).to.deep.equal({
        outcome: 'refused',
        faults: [{ rule: 'reused' }],
      });
    }
  });

  it('hashes anew at sign-in when hashes have become dearer', async () => {
    const id = await bench.createUser(userBody('ines', {}, { password: 'Right-Password-1' }));
    const { passwordHash } = await bench.account(id);
    Object.defineProperty(bench.hasher, 'needsRehash', { value: () => true });
    await bench.keys.signIn(tenant, 'ines', 'Right-Password-1');
    expect((await bench.account(id)).passwordHash).not.to.equal(passwordHash);
    expect((await bench.keys.signIn(tenant, 'ines', 'Right-Password-1')).outcome).to.equal('ok');
  });
});
