import { expect } from 'chai';
import { latchkeyUrn } from '../../../src/provisioning/user/latchkey-extension.ts';
import { InvalidValueError } from '../../../src/scim/model/scim-error.ts';
import { omit } from '../../../src/base/omit.ts';
import { userType } from '../../support/resource-types.ts';
import { ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';

const own = 'lamplight drifting over harbours';

describe('onboarding', () => {
  it('stores a password that comes with no flag and mails nothing', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', {}, { password: 'Sent-By-The-Idp-1' }));
    expect(await bench.deliver()).to.deep.equal([]);
    const account = await bench.account(id);
    expect(account.passwordHash).to.match(/^\$argon2id\$/);
    expect(JSON.stringify(await bench.store.get(tenant, 'User', id))).not.to.include('Sent-By-The-Idp-1');
    expect((await bench.keys.signIn(tenant, 'INES', 'Sent-By-The-Idp-1')).outcome).to.equal('ok');
    expect(bench.eventTypes()).not.to.include('password.changed');
  });

  it('invites every new user where the tenant says so, unless the client says otherwise', async () => {
    const bench = new ProvisioningBench({ onboarding: { inviteEveryone: true } });
    const invited = await bench.createUser(userBody('ines'));
    expect((await bench.onboarding(invited)).preRegistration).to.equal(true);
    const saysNo = await bench.createUser(userBody('tove', { preRegistration: false }));
    expect((await bench.onboarding(saysNo)).status).to.equal('none');
    const mailed = await bench.createUser(userBody('uma', { sendPassword: true }));
    expect((await bench.onboarding(mailed)).preRegistration).to.equal(undefined);
    expect(bench.eventTypes().filter((type) => type === 'invitation.requested')).to.have.length(1);
  });

  it('drops the passwords of clients where the tenant says so, and the placeholder of an Okta create', async () => {
    const dropping = new ProvisioningBench({ passwords: { fromClients: 'drop' } });
    const one = await dropping.createUser(userBody('one', {}, { password: 'placeholder-1' }));
    expect((await dropping.account(one)).passwordHash).to.equal(undefined);
    const bench = new ProvisioningBench();
    const two = await bench.createUser(userBody('two', {}, { password: 'placeholder-1' }), { profile: 'okta' });
    expect((await bench.account(two)).passwordHash).to.equal(undefined);
    await bench.patchUser(two, [{ op: 'replace', value: { password: 'synchronised-2' } }], { profile: 'okta' });
    expect((await bench.keys.signIn(tenant, 'two', 'synchronised-2')).outcome).to.equal('ok');
  });

  it('mails a given password once, sealed until then, and asks for another at the first sign-in', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { sendPassword: true }, { password: 'Given-Once-77' }));
    expect((await bench.onboarding(id)).status).to.equal('queued');
    expect((await bench.account(id)).sealedPassword).to.match(/^v1\./);
    const [mail, ...others] = await bench.deliver();
    expect(others).to.deep.equal([]);
    expect(mail).to.deep.include({ template: 'password', to: 'ines@mail.example' });
    expect(mail?.values).to.include({
      password: 'Given-Once-77',
      mustChange: true,
      userName: 'ines',
      displayName: 'Ines Okoro',
    });
    expect(await bench.account(id)).not.to.have.any.keys('sealedPassword', 'passwordMail');
    expect(await bench.onboarding(id)).to.include({ status: 'delivered', locked: false });
    const signedIn = await bench.keys.signIn(tenant, 'ines', 'Given-Once-77');
    if (signedIn.outcome !== 'changeRequired') throw new Error(signedIn.outcome);
    expect(await bench.keys.setPassword(tenant, { ticket: signedIn.ticket }, own)).to.deep.include({ outcome: 'done' });
    expect((await bench.onboarding(id)).status).to.equal('active');
    expect((await bench.keys.signIn(tenant, 'ines', own)).outcome).to.equal('ok');
    expect((await bench.keys.signIn(tenant, 'ines', 'Given-Once-77')).outcome).to.equal('invalid');
    expect((await bench.keys.setPassword(tenant, { ticket: signedIn.ticket }, `${own} again`)).outcome).to.equal(
      'void',
    );
  });

  it('lets a mailed password be kept where the tenant says so', async () => {
    const bench = new ProvisioningBench({ onboarding: { changeMailedPassword: false } });
    const id = await bench.createUser(userBody('ines', { sendPassword: true }));
    const [mail] = await bench.deliver();
    expect((await bench.keys.signIn(tenant, 'ines', String(mail?.values['password']))).outcome).to.equal('ok');
    expect((await bench.onboarding(id)).status).to.equal('active');
  });

  it('generates a password at send time, the same for each attempt, and keeps nothing in clear', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { sendPassword: true }));
    expect(await bench.account(id)).not.to.have.any.keys('passwordHash', 'sealedPassword');
    const [delivery] = bench.due();
    const first = await bench.addressee.prepare(delivery!);
    const second = await bench.addressee.prepare(delivery!);
    if (first.outcome !== 'send' || second.outcome !== 'send') throw new Error('not sent');
    expect(first.values['password']).to.equal(second.values['password']);
    expect(JSON.stringify(await bench.store.get(tenant, 'User', id))).not.to.include(String(second.values['password']));
    expect((await bench.keys.signIn(tenant, 'ines', String(second.values['password']))).outcome).to.equal(
      'changeRequired',
    );
  });

  it('invites, locks until the password is set, and never acts again on what a nightly sync repeats', async () => {
    const bench = new ProvisioningBench();
    const body = userBody('ines', { preRegistration: true });
    const id = await bench.createUser(body);
    expect(await bench.onboarding(id)).to.include({ status: 'queued', locked: true, lockedReason: 'pendingPassword' });
    const [mail] = await bench.deliver();
    expect(mail?.template).to.equal('invitation');
    expect(await bench.onboarding(id)).to.include({
      status: 'invited',
      invitedAt: '2031-05-06T07:08:09.000Z',
      invitationExpiresAt: '2031-05-07T07:08:09.000Z',
    });
    const version = await bench.version(id);
    for (let night = 0; night < 3; night += 1) {
      await bench.replaceUser(id, body);
      await bench.replaceUser(id, userBody('ines'));
      await bench.setOnboarding(id, { preRegistration: true });
    }
    expect(await bench.version(id)).to.equal(version);
    expect(await bench.deliver()).to.deep.equal([]);
    expect(await bench.keys.setPassword(tenant, { token: tokenOf(mail!) }, own)).to.deep.include({ outcome: 'done' });
    expect(await bench.onboarding(id)).to.include({ status: 'active', locked: false, preRegistration: true });
    await bench.replaceUser(id, body);
    expect(await bench.deliver()).to.deep.equal([]);
  });

  it('keeps pending flags, and everything else it was told, through a profile sync that does not name them', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(
      userBody('ines', {
        forcePasswordReset: true,
        startDate: '2031-06-01T00:00:00Z',
        notificationEmail: 'me@home.example',
      }),
    );
    await bench.replaceUser(id, userBody('ines', {}, { title: 'Captain' }));
    expect(await bench.onboarding(id)).to.include({
      forcePasswordReset: true,
      startDate: '2031-06-01T00:00:00Z',
      notificationEmail: 'me@home.example',
    });
  });

  it('lowers forcePasswordReset when obeyed; a sync that repeats it does not raise it again, a PATCH does', async () => {
    const bench = new ProvisioningBench();
    const body = userBody('ines', { forcePasswordReset: true });
    const id = await bench.createUser({ ...body, password: 'Sent-By-The-Idp-1' });
    const result = await bench.keys.signIn(tenant, 'ines', 'Sent-By-The-Idp-1');
    if (result.outcome !== 'changeRequired') throw new Error(result.outcome);
    await bench.keys.setPassword(tenant, { ticket: result.ticket }, own);
    expect((await bench.onboarding(id)).forcePasswordReset).to.equal(false);
    const version = await bench.version(id);
    await bench.replaceUser(id, body);
    expect(await bench.version(id)).to.equal(version);
    await bench.setOnboarding(id, { forcePasswordReset: true });
    expect((await bench.keys.signIn(tenant, 'ines', own)).outcome).to.equal('changeRequired');
  });

  it('does not bring a former password back with a full sync that repeats it', async () => {
    const bench = new ProvisioningBench();
    const body = userBody('ines', {}, { password: 'First-Of-All-1' });
    const id = await bench.createUser(body);
    await bench.keys.changePassword(tenant, id, 'First-Of-All-1', own);
    const version = await bench.version(id);
    await bench.replaceUser(id, body);
    expect(await bench.version(id)).to.equal(version);
    expect((await bench.keys.signIn(tenant, 'ines', own)).outcome).to.equal('ok');
  });

  it('invites, and mails no password, where both are asked for', async () => {
    const bench = new ProvisioningBench();
    await bench.createUser(userBody('ines', { preRegistration: true, sendPassword: true }));
    expect((await bench.deliver()).map(({ template }) => template)).to.deep.equal(['invitation']);
  });

  it('holds everything until the start date less the lead days, follows the date when it moves', async () => {
    const bench = new ProvisioningBench({ onboarding: { leadDays: 1, reminderHours: [] } });
    const id = await bench.createUser(
      userBody('ines', {
        preRegistration: true,
        startDate: '2031-05-10T08:00:00Z',
        notificationEmail: 'me@home.example',
      }),
    );
    expect(await bench.onboarding(id)).to.include({ status: 'held', lockedReason: 'notStarted' });
    expect(bench.lastEvent('invitation.requested')?.data['notBefore']).to.equal('2031-05-09T08:00:00.000Z');
    expect(await bench.deliver()).to.deep.equal([]);
    await bench.setOnboarding(id, { startDate: '2031-05-08T08:00:00Z' });
    bench.now = Date.parse('2031-05-07T07:59:59Z');
    expect(await bench.deliver()).to.deep.equal([]);
    bench.now = Date.parse('2031-05-07T08:00:00Z');
    const mails = await bench.deliver();
    expect(mails.map(({ to }) => to)).to.deep.equal(['me@home.example']);
    expect(await bench.onboarding(id)).to.include({ status: 'invited', lockedReason: 'pendingPassword' });
    bench.now = Date.parse('2031-05-10T08:00:00Z');
    expect(await bench.deliver()).to.deep.equal([]);
  });

  it('writes to the work address once the start date has come', async () => {
    const bench = new ProvisioningBench();
    await bench.createUser(
      userBody('ines', {
        preRegistration: true,
        startDate: '2031-05-01T08:00:00Z',
        notificationEmail: 'me@home.example',
      }),
    );
    expect((await bench.deliver())[0]?.to).to.equal('ines@mail.example');
  });

  it('refuses sign-in before the start date', async () => {
    const bench = new ProvisioningBench();
    await bench.createUser(userBody('ines', { startDate: '2031-06-01T08:00:00Z' }, { password: 'Sent-By-The-Idp-1' }));
    expect(await bench.keys.signIn(tenant, 'ines', 'Sent-By-The-Idp-1')).to.deep.equal({
      outcome: 'notStarted',
      startsAt: '2031-06-01T08:00:00.000Z',
    });
    expect((await bench.keys.signIn(tenant, 'ines', 'wrong')).outcome).to.equal('invalid');
  });

  it('mails to the address inside what a client wrote, and keeps what was written', async () => {
    for (const [userName, written, to] of [
      ['ines', ' ines@mail.example\r\n', 'ines@mail.example'],
      ['jo', 'Okoro, Jo <jo@mail.example>', 'jo@mail.example'],
      ['kim', 'mailto:kim@mail.example', 'kim@mail.example'],
    ] as const) {
      const bench = new ProvisioningBench();
      const emails = [{ value: written, type: 'work' }];
      const id = await bench.createUser(userBody(userName, { preRegistration: true }, { emails }));
      expect((await bench.deliver()).map((mail) => mail.to)).to.deep.equal([to]);
      expect((await bench.store.get(tenant, 'User', id))?.resource['emails']).to.deep.equal(emails);
    }
    const bench = new ProvisioningBench();
    await bench.createUser(
      userBody('lee', { preRegistration: true, notificationEmail: 'Lee <mailto:lee@home.example>' }),
    );
    await bench.createUser(userBody('max', { preRegistration: true, notificationEmail: '\tMax <max@home.example> ' }));
    expect((await bench.deliver()).map((mail) => mail.to)).to.deep.equal(['lee@mail.example', 'max@home.example']);
  });

  it('says which address cannot be used and why, without repeating it', async () => {
    const bench = new ProvisioningBench();
    const emails = [{ value: 'a@mail.example, b@mail.example' }, { value: 'ines' }];
    const id = await bench.createUser(userBody('ines', { preRegistration: true }, { emails }));
    const { status, deliveries } = await bench.onboarding(id);
    expect([status, deliveries?.[0]?.state]).to.deep.equal(['failed', 'failed']);
    expect(deliveries?.[0]?.reply).to.equal(
      'The address cannot be used: emails[0].value: it is not one address, but several; emails[1].value: it has no @.',
    );
    expect(await bench.deliver()).to.deep.equal([]);
    const refusing = new ProvisioningBench({ onboarding: { noAddress: 'refuse' } });
    await expectRefused(
      refusing.createUser(userBody('ines', { preRegistration: true }, { emails })),
      /emails: the user is to get a message\. The address cannot be used: emails\[0\]/,
    );
  });

  it('refuses controls in a new user name by every write, and lets a name that has them be', async () => {
    const bench = new ProvisioningBench();
    for (const userName of ['ines\n', 'a\r\nSubject: x', 'a\u0007b', 'a\u0085b', 'a\u2028b', 'a\u202eb', 'a\tb'])
      await expectRefused(
        bench.createUser(userBody('x', {}, { userName })),
        /userName: character \d+ is U\+[0-9A-F]{4}/,
      );
    const id = await bench.createUser(userBody('ines'));
    await expectRefused(bench.replaceUser(id, userBody('x', {}, { userName: 'in\nes' })), /character 3 is U\+000A/);
    for (const operation of [
      { op: 'replace', path: 'userName', value: 'in\nes' },
      { op: 'replace', value: { userName: 'in\nes' } },
      { op: 'add', path: 'userName', value: 'in\nes' },
    ] as const)
      await expectRefused(bench.patchUser(id, [operation]), /character 3 is U\+000A/);
    const old = (await bench.store.get(tenant, 'User', id))!;
    await bench.store.commit({
      kind: 'put',
      record: { ...old, version: old.version + 1, resource: { ...old.resource, userName: 'in\nes' } },
      expectedVersion: old.version,
      search: {},
      uniqueKeys: [],
      lookupKeys: [],
      events: [],
    });
    await bench.patchUser(id, [{ op: 'replace', path: 'title', value: 'Engineer' }]);
    expect((await bench.store.get(tenant, 'User', id))?.resource).to.include({ userName: 'in\nes', title: 'Engineer' });
  });

  it('accepts a user without an address as failed, with the reason, and sends once there is one', async () => {
    const bench = new ProvisioningBench();
    const body = omit(userBody('ines', { preRegistration: true }), 'emails');
    const id = await bench.createUser(body);
    expect((await bench.onboarding(id)).status).to.equal('failed');
    expect((await bench.onboarding(id)).deliveries?.[0]).to.include({
      state: 'failed',
      reply: 'There is no e-mail address to send to.',
    });
    expect(await bench.deliver()).to.deep.equal([]);
    await bench.patchUser(id, [{ op: 'add', path: 'emails', value: [{ value: 'late@mail.example' }] }]);
    expect((await bench.deliver())[0]?.to).to.equal('late@mail.example');
  });

  it('refuses a user without an address where the tenant says so', async () => {
    const bench = new ProvisioningBench({ onboarding: { noAddress: 'refuse' } });
    const body = omit(userBody('ines', { preRegistration: true }), 'emails');
    const error = await bench.createUser(body).then(
      () => undefined,
      (caught: Error) => caught,
    );
    expect(error).to.include({ status: 400, scimType: 'invalidValue' });
    expect(error?.message).to.match(/^emails:/);
    expect(bench.store.events).to.deep.equal([]);
  });

  it('sends nothing usable where the expiry is 0, and never lets it run out where it is -1', async () => {
    const none = new ProvisioningBench({ onboarding: { expiryMinutes: { emailLink: 0, emailOtp: 0, smsOtp: 0 } } });
    const id = await none.createUser(userBody('ines', { preRegistration: true }));
    expect((await none.onboarding(id)).status).to.equal('expired');
    expect(await none.deliver()).to.deep.equal([]);
    const ever = new ProvisioningBench({ onboarding: { expiryMinutes: { emailLink: -1, emailOtp: -1, smsOtp: -1 } } });
    await ever.createUser(userBody('ines', { preRegistration: true }));
    const [mail] = await ever.deliver();
    ever.passMinutes(60 * 24 * 4000);
    expect(await ever.keys.lookUp(tenant, { token: tokenOf(mail!) })).to.include({ state: 'valid', expiresAt: null });
  });

  it('restarts on a new resend, not on the same, and waits a minute between two', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [first] = await bench.deliver();
    expect(await bench.setOnboarding(id, { resend: 'a' })).to.equal(true);
    const [second, ...others] = await bench.deliver();
    expect(others).to.deep.equal([]);
    expect((await bench.keys.lookUp(tenant, { token: tokenOf(first!) })).state).to.equal('superseded');
    expect((await bench.keys.lookUp(tenant, { token: tokenOf(second!) })).state).to.equal('valid');
    expect(await bench.setOnboarding(id, { resend: 'a' })).to.equal(false);
    await bench.setOnboarding(id, { resend: 'b' });
    await bench.setOnboarding(id, { resend: 'c' });
    bench.passMinutes(0.5);
    expect(await bench.deliver()).to.deep.equal([]);
    bench.passMinutes(0.5);
    expect(await bench.deliver()).to.have.length(1);
  });

  it('resends from every state: never asked for, expired, spent', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines'));
    await bench.setOnboarding(id, { resend: '1' });
    const [mail] = await bench.deliver();
    bench.passMinutes(1441);
    expect((await bench.keys.lookUp(tenant, { token: tokenOf(mail!) })).state).to.equal('expired');
    expect(await bench.sweep.run(tenant)).to.equal(1);
    expect((await bench.onboarding(id)).status).to.equal('expired');
    await bench.setOnboarding(id, { resend: '2' });
    expect((await bench.keys.lookUp(tenant, { token: tokenOf((await bench.deliver())[0]!) })).state).to.equal('valid');
  });

  it('calls everything off when the user is deactivated, and begins anew when reactivated without a key', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [mail] = await bench.deliver();
    const from = bench.store.events.length;
    await bench.patchUser(id, [{ op: 'replace', value: { active: false } }]);
    expect(bench.eventTypes(from)).to.include.members(['user.deactivated', 'deliveries.cancelled']);
    expect(await bench.onboarding(id)).to.include({ status: 'none' });
    expect((await bench.keys.lookUp(tenant, { token: tokenOf(mail!) })).state).to.equal('cancelled');
    expect((await bench.account(id)).sessionsValidFrom).to.equal('2031-05-06T07:08:09.000Z');
    await bench.patchUser(id, [{ op: 'replace', value: { active: true } }]);
    expect(await bench.deliver()).to.have.length(1);
  });

  it('cancels what is queued for a user who is removed, and the name is free again', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [delivery] = bench.due();
    await bench.service.remove(bench.context(), userType, id, {});
    expect(bench.eventTypes().slice(-2)).to.deep.equal(['user.deleted', 'deliveries.cancelled']);
    expect(await bench.addressee.prepare(delivery!)).to.deep.equal({
      outcome: 'cancel',
      reason: 'the user is deleted',
    });
    expect(await bench.createUser(userBody('INES'))).not.to.equal(id);
  });

  it('does not invite a user created inactive until they are activated', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { preRegistration: true }, { active: false }));
    expect(await bench.deliver()).to.deep.equal([]);
    await bench.patchUser(id, [{ op: 'replace', path: 'active', value: true }]);
    expect(await bench.deliver()).to.have.length(1);
  });

  it('undoes an invitation when the flag is lowered by name', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    await bench.setOnboarding(id, { preRegistration: false });
    expect(await bench.onboarding(id)).to.include({ status: 'none', locked: false });
    expect(await bench.deliver()).to.deep.equal([]);
  });

  it('asks for proof of the address before sign-in', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { verifyEmail: true }, { password: 'Sent-By-The-Idp-1' }));
    const [mail] = await bench.deliver();
    expect(mail?.template).to.equal('verifyEmail');
    expect((await bench.keys.signIn(tenant, 'ines', 'Sent-By-The-Idp-1')).outcome).to.equal('locked');
    expect((await bench.keys.lookUp(tenant, { token: tokenOf(mail!) })).state).to.equal('unknown');
    expect(await bench.keys.verifyEmail(tenant, tokenOf(mail!))).to.equal(true);
    expect(await bench.keys.verifyEmail(tenant, tokenOf(mail!))).to.equal(false);
    expect((await bench.keys.signIn(tenant, 'ines', 'Sent-By-The-Idp-1')).outcome).to.equal('ok');
    await bench.patchUser(id, [{ op: 'replace', path: 'emails', value: [{ value: 'new@mail.example' }] }]);
    expect((await bench.deliver()).map(({ to }) => to)).to.deep.equal(['new@mail.example']);
  });

  it('shows neither the writeOnly flags nor any secret', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(
      userBody('ines', { sendPassword: true, resend: 'x' }, { password: 'Given-Once-77' }),
    );
    const shown = await bench.service.read(bench.context(), userType, id, { members: false, groups: true });
    expect(shown.resource).not.to.have.any.keys('password');
    expect(shown.resource[latchkeyUrn]).not.to.have.any.keys('sendPassword', 'resend');
    expect(JSON.stringify(bench.store.events)).not.to.include('Given-Once-77');
  });
});

async function expectRefused(write: Promise<unknown>, detail: RegExp): Promise<void> {
  const error: unknown = await write.catch((caught: unknown) => caught);
  expect(error).to.be.instanceOf(InvalidValueError);
  expect(error).to.include({ status: 400, scimType: 'invalidValue' });
  expect((error as InvalidValueError).message).to.match(detail);
}
