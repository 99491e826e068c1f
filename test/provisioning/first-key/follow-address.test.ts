import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import type { PatchOperation } from '../../../src/scim/patch/patch-op.ts';
import type { Account } from '../../../src/provisioning/records/account.ts';
import { bySelf } from '../../../src/provisioning/records/origin.ts';
import { write } from '../../../src/provisioning/user/change-user.ts';
import { latchkeyUrn } from '../../../src/provisioning/user/latchkey-extension.ts';
import { type Message, ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';

const wrong = 'ines@tpyo.example';
const right = 'ines@mail.example';
const own = 'lamplight drifting over harbours';
const smsSettings = { sms: { gatewayUrl: 'https://sms.example', countries: ['DE'] } } as const;

const emails = (...list: object[]): JsonObject => ({ emails: list as JsonObject[] });
const workAt = (value: string): JsonObject => emails({ value, type: 'work', primary: true });
const body = (onboarding: JsonObject, more: JsonObject = workAt(wrong)): JsonObject =>
  userBody('ines', onboarding, more);

describe('a key belongs to the address it went to', () => {
  const corrections: readonly [
    string,
    (bench: ProvisioningBench, id: string, onboarding: JsonObject) => Promise<unknown>,
  ][] = [
    ['PUT', (bench, id, onboarding) => bench.replaceUser(id, body(onboarding, workAt(right)))],
    ['PUT without the extension', (bench, id) => bench.replaceUser(id, body({}, workAt(right)))],
    ['path-less PATCH', (bench, id) => patch(bench, id, { op: 'replace', value: workAt(right) })],
    [
      'PATCH by value path',
      (bench, id) => patch(bench, id, { op: 'replace', path: 'emails[type eq "work"].value', value: right }),
    ],
    [
      'PATCH of the list',
      (bench, id) => patch(bench, id, { op: 'replace', path: 'emails', value: [{ value: right, type: 'work' }] }),
    ],
    [
      'PATCH that adds another primary one',
      (bench, id) => patch(bench, id, { op: 'add', path: 'emails', value: [{ value: right, primary: true }] }),
    ],
  ];

  async function patch(bench: ProvisioningBench, id: string, ...operations: PatchOperation[]): Promise<void> {
    await bench.patchUser(id, operations);
  }
  const lookUp = async (bench: ProvisioningBench, mail: Message | undefined): Promise<string> =>
    (await bench.keys.lookUp(tenant, { token: tokenOf(mail!) })).state;

  for (const [title, correct] of corrections) {
    it(`an invitation by link: ${title}`, async () => {
      const bench = new ProvisioningBench();
      const id = await bench.createUser(body({ preRegistration: true }));
      const [old] = await bench.deliver();
      await correct(bench, id, { preRegistration: true });
      expect(await lookUp(bench, old)).to.equal('superseded');
      const mails = await bench.deliver();
      expect(mails.map(({ to, template }) => [to, template])).to.deep.equal([[right, 'invitation']]);
      expect(await lookUp(bench, mails[0])).to.equal('valid');
      const { status, deliveries = [] } = await bench.onboarding(id);
      expect(status).to.equal('invited');
      expect(deliveries.find(({ state }) => state === 'superseded')?.reply).to.match(/address was changed/);
      const version = await bench.version(id);
      await correct(bench, id, { preRegistration: true });
      expect(await bench.version(id), 'the nightly sync').to.equal(version);
      expect(await bench.deliver()).to.deep.equal([]);
    });

    it(`a generated password nobody has used: ${title}`, async () => {
      const bench = new ProvisioningBench();
      const id = await bench.createUser(body({ sendPassword: true }));
      const [old] = await bench.deliver();
      await correct(bench, id, { sendPassword: true });
      expect((await bench.keys.signIn(tenant, 'ines', String(old?.values['password']))).outcome).to.equal('invalid');
      const [mail, ...others] = await bench.deliver();
      expect(others).to.deep.equal([]);
      expect(mail).to.deep.include({ to: right, template: 'password' });
      expect((await bench.keys.signIn(tenant, 'ines', String(mail?.values['password']))).outcome).to.equal(
        'changeRequired',
      );
      await correct(bench, id, { sendPassword: true });
      expect(await bench.deliver()).to.deep.equal([]);
    });
  }

  it('a given password, and the ticket that signing in with it gave', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(
      userBody('ines', { sendPassword: true }, { ...workAt(wrong), password: 'Given-Once-77' }),
    );
    await bench.deliver();
    const signedIn = await bench.keys.signIn(tenant, 'ines', 'Given-Once-77');
    if (signedIn.outcome !== 'changeRequired') throw new Error(signedIn.outcome);
    await bench.replaceUser(id, body({}, workAt(right)));
    expect((await bench.keys.signIn(tenant, 'ines', 'Given-Once-77')).outcome).to.equal('invalid');
    expect((await bench.keys.setPassword(tenant, { ticket: signedIn.ticket }, own)).outcome).to.equal('void');
    const [mail] = await bench.deliver();
    expect(mail?.to).to.equal(right);
    expect(mail?.values['password']).not.to.equal('Given-Once-77');
  });

  it('a code by mail, a code by SMS', async () => {
    const methods: readonly [string, JsonObject, JsonObject][] = [
      ['emailOtp', workAt(wrong), workAt(right)],
      ['smsOtp', { phoneNumbers: [{ value: '+4915112345678' }] }, { phoneNumbers: [{ value: '+4915112345679' }] }],
    ];
    for (const [method, before, after] of methods) {
      const bench = new ProvisioningBench(smsSettings);
      const id = await bench.createUser(body({ preRegistration: true, invitationMethod: method }, before));
      const [old] = await bench.deliver();
      await bench.replaceUser(id, body({}, after));
      expect((await bench.keys.signIn(tenant, 'ines', String(old?.values['code']))).outcome, method).to.equal(
        'invalid',
      );
      const mails = await bench.deliver();
      expect(mails, method).to.have.length(1);
      expect((await bench.keys.signIn(tenant, 'ines', String(mails[0]?.values['code']))).outcome).to.equal(
        'codeAccepted',
      );
    }
  });

  it('open recovery ends, and a link to a password is sent anew', async () => {
    const bench = new ProvisioningBench({ onboarding: { mailedPassword: 'reveal' } });
    const id = await bench.createUser(userBody('ines', {}, { ...workAt(wrong), password: 'Sent-By-The-Idp-1' }));
    await bench.keys.forgotPassword(tenant, 'ines');
    await bench.keys.settled();
    const [recovery] = await bench.deliver();
    await bench.replaceUser(id, body({}, workAt(right)));
    expect(await lookUp(bench, recovery)).to.equal('moved');
    expect(await bench.deliver()).to.deep.equal([]);
    expect((await bench.keys.signIn(tenant, 'ines', 'Sent-By-The-Idp-1')).outcome).to.equal('ok');

    const other = await bench.createUser(userBody('olu', { sendPassword: true }, workAt('olu@tpyo.example')));
    const [old] = await bench.deliver();
    await bench.replaceUser(other, userBody('olu', {}, workAt('olu@mail.example')));
    expect((await bench.reveals.lookUp(tenant, tokenOf(old!))).state).to.equal('superseded');
    const [mail] = await bench.deliver();
    expect(mail).to.deep.include({ to: 'olu@mail.example', template: 'passwordReveal' });
  });

  it('the proof of an address', async () => {
    const bench = new ProvisioningBench({ onboarding: { verifyEmail: true } });
    const id = await bench.createUser(userBody('ines', {}, { ...workAt(wrong), password: 'Sent-By-The-Idp-1' }));
    const [old] = await bench.deliver();
    await bench.replaceUser(id, body({}, workAt(right)));
    expect((await bench.keys.lookUpProof(tenant, tokenOf(old!))).state).to.equal('superseded');
    expect(await bench.keys.verifyEmail(tenant, tokenOf(old!))).to.equal(false);
    const [mail, ...others] = await bench.deliver();
    expect([mail?.to, others]).to.deep.equal([right, []]);
    expect((await bench.keys.lookUpProof(tenant, tokenOf(mail!))).state).to.equal('valid');
    expect(await bench.keys.verifyEmail(tenant, tokenOf(mail!))).to.equal(true);
    expect((await bench.keys.lookUpProof(tenant, tokenOf(mail!))).state).to.equal('used');
  });

  it('notificationEmail corrected, removed, added', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(
      body({ preRegistration: true, notificationEmail: 'me@hmoe.example' }, workAt(right)),
    );
    const [first] = await bench.deliver();
    expect(first?.to).to.equal('me@hmoe.example');
    await bench.setOnboarding(id, { notificationEmail: 'me@home.example' });
    const [second] = await bench.deliver();
    expect([await lookUp(bench, first), second?.to]).to.deep.equal(['superseded', 'me@home.example']);
    await patch(bench, id, { op: 'remove', path: `${latchkeyUrn}:notificationEmail` });
    const [third] = await bench.deliver();
    expect([await lookUp(bench, second), third?.to]).to.deep.equal(['superseded', right]);
    await bench.setOnboarding(id, { notificationEmail: 'me@home.example' });
    const [fourth] = await bench.deliver();
    expect([await lookUp(bench, third), fourth?.to]).to.deep.equal(['superseded', 'me@home.example']);
  });

  it('an address that is removed: the key is worth nothing, status failed with the reason, sent once there is one', async () => {
    for (const flag of ['preRegistration', 'sendPassword']) {
      const bench = new ProvisioningBench();
      const id = await bench.createUser(body({ [flag]: true }));
      const [old] = await bench.deliver();
      await patch(bench, id, { op: 'remove', path: 'emails' });
      const { status, deliveries = [] } = await bench.onboarding(id);
      expect(status).to.equal('failed');
      expect(deliveries[0]).to.include({ state: 'failed', reply: 'There is no e-mail address to send to.' });
      if (old?.template === 'invitation') expect(await lookUp(bench, old)).to.equal('superseded');
      else
        expect((await bench.keys.signIn(tenant, 'ines', String(old?.values['password']))).outcome).to.equal('invalid');
      expect(await bench.deliver()).to.deep.equal([]);
      await patch(bench, id, { op: 'add', path: 'emails', value: [{ value: right }] });
      expect((await bench.deliver()).map(({ to }) => to)).to.deep.equal([right]);
    }
  });

  it('an unused mailed password dies though the user is deactivated; nothing is sent before they are back', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(body({ sendPassword: true }));
    const [old] = await bench.deliver();
    await patch(bench, id, { op: 'replace', value: { active: false } });
    await bench.replaceUser(id, body({}, { ...workAt(right), active: false }));
    expect(await bench.deliver()).to.deep.equal([]);
    await patch(bench, id, { op: 'replace', value: { active: true } });
    expect((await bench.keys.signIn(tenant, 'ines', String(old?.values['password']))).outcome).to.equal('invalid');
    expect((await bench.deliver()).map(({ to }) => to)).to.deep.equal([right]);
  });

  it('a message on its way when the address is corrected goes to the new one', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(body({ preRegistration: true }));
    await bench.replaceUser(id, body({}, workAt(right)));
    expect((await bench.deliver()).map(({ to }) => to)).to.deep.equal([right]);
  });

  const silent: readonly [string, JsonObject, JsonObject, JsonObject?][] = [
    ['letter case', workAt(right), workAt('Ines@Mail.EXAMPLE')],
    ['type', emails({ value: right, type: 'work' }), emails({ value: right, type: 'other' })],
    [
      'order',
      emails({ value: right, type: 'home' }, { value: 'b@mail.example', type: 'other' }),
      emails({ value: 'b@mail.example', type: 'other' }, { value: right, type: 'home' }),
    ],
    [
      'a second address that is not where mail goes',
      workAt(right),
      emails({ value: right, primary: true }, { value: 'x@y.example' }),
    ],
    ['a work address beside notificationEmail', emails(), workAt(right), { notificationEmail: 'me@home.example' }],
    [
      'another work address beside notificationEmail',
      workAt(wrong),
      workAt(right),
      { notificationEmail: 'me@home.example' },
    ],
  ];
  for (const [title, before, after, onboarding = {}] of silent) {
    it(`stays as it is on a change of ${title}`, async () => {
      for (const flag of ['preRegistration', 'sendPassword']) {
        const bench = new ProvisioningBench();
        const id = await bench.createUser(body({ [flag]: true, ...onboarding }, before));
        const [mail] = await bench.deliver();
        await bench.replaceUser(id, body({ [flag]: true, ...onboarding }, after));
        await bench.replaceUser(id, body({}, after));
        expect(await bench.deliver()).to.deep.equal([]);
        if (flag === 'preRegistration') expect(await lookUp(bench, mail)).to.equal('valid');
        else
          expect((await bench.keys.signIn(tenant, 'ines', String(mail?.values['password']))).outcome).to.equal(
            'changeRequired',
          );
      }
    });
  }

  it('a work address that comes after the start date leaves what went to notificationEmail alone', async () => {
    const bench = new ProvisioningBench({ onboarding: { leadDays: 7, reminderHours: [] } });
    const onboarding = {
      preRegistration: true,
      notificationEmail: 'me@home.example',
      startDate: '2031-05-10T00:00:00Z',
    };
    const id = await bench.createUser(body(onboarding, emails()));
    const [mail] = await bench.deliver();
    bench.settings = {
      ...bench.settings,
      onboarding: { ...bench.settings.onboarding, expiryMinutes: { emailLink: -1, emailOtp: -1, smsOtp: -1 } },
    };
    bench.now = Date.parse('2031-05-11T00:00:00Z');
    await bench.replaceUser(id, body(onboarding, workAt(right)));
    expect(await bench.deliver()).to.deep.equal([]);
    expect(['valid', 'expired']).to.include(await lookUp(bench, mail));
  });

  it('records from before addresses were remembered are taken by where their mail went', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(body({ preRegistration: true }));
    const [old] = await bench.deliver();
    await bench.changeUser({ tenant, id }, bySelf, (draft) => {
      const older = JSON.stringify(draft.account, (key, value: unknown) => (key === 'to' ? undefined : value));
      draft.account = JSON.parse(older) as Account;
      return write(undefined);
    });
    await bench.replaceUser(id, body({}, workAt(right)));
    expect(await lookUp(bench, old)).to.equal('superseded');
    expect((await bench.deliver()).map(({ to }) => to)).to.deep.equal([right]);
  });

  it('whoever has chosen a password keeps it', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(body({ preRegistration: true }));
    const [mail] = await bench.deliver();
    await bench.keys.setPassword(tenant, { token: tokenOf(mail!) }, own);
    await bench.replaceUser(id, body({}, workAt(right)));
    expect(await bench.deliver()).to.deep.equal([]);
    expect((await bench.keys.signIn(tenant, 'ines', own)).outcome).to.equal('ok');
  });
});
