import { expect } from 'chai';
import type { Delivery } from '../../../src/notify/delivery/delivery.ts';
import { type Message, ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';
import { userType } from '../../support/resource-types.ts';

const own = 'lamplight drifting over harbours';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describe('what follows an invitation', () => {
  let bench: ProvisioningBench;
  const onboarding = (changes: Partial<ProvisioningBench['settings']['onboarding']>): void => {
    bench.settings = { ...bench.settings, onboarding: { ...bench.settings.onboarding, ...changes } };
  };
  const longLived = { expiryMinutes: { emailLink: 10_080, emailOtp: 10_080, smsOtp: 10 } };
  /** Lets hours pass one by one, as a worker sees them. */
  const hours = async (count: number): Promise<Message[]> => {
    const got: Message[] = [];
    for (let hour = 0; hour < count; hour += 1) {
      bench.passMinutes(60);
      got.push(...(await bench.deliver()));
    }
    return got;
  };
  const invited = async (more = {}, body = {}): Promise<{ id: string; first: Message }> => {
    const id = await bench.createUser(userBody('ines', { preRegistration: true, ...more }, body));
    const [first] = await bench.deliver();
    return { id, first: first! };
  };
  beforeEach(() => {
    bench = new ProvisioningBench({ onboarding: longLived });
  });

  it('reminds once at each hour asked for, with a link of the same invitation; the older links stay good', async () => {
    const { id, first } = await invited();
    const invitation = (await bench.account(id)).invitation?.id;
    const reminders = await hours(200);
    expect(reminders.map(({ template }) => template)).to.deep.equal(['reminder', 'reminder']);
    expect((await bench.account(id)).invitation?.id).to.equal(invitation);
    const links = [first, ...reminders].map(tokenOf);
    expect(new Set(links).size).to.equal(3);
    bench.passMinutes(-200 * 60 + 73 * 60);
    for (const token of links) expect((await bench.keys.lookUp(tenant, { token })).state).to.equal('valid');
    expect((await bench.onboarding(id)).deliveries?.map(({ template, state }) => `${template} ${state}`)).to.deep.equal(
      ['reminder sent', 'reminder sent', 'invitation sent'],
    );
  });

  it('reminds after 24 and after 72 hours also where a link lives for a day: each reminder renews the invitation', async () => {
    onboarding({ expiryMinutes: { emailLink: 1440, emailOtp: 1440, smsOtp: 10 } });
    const { id } = await invited();
    const reminders = await hours(73);
    expect(reminders).to.have.lengthOf(2);
    expect((await bench.keys.lookUp(tenant, { token: tokenOf(reminders[1]!) })).state).to.equal('valid');
    await hours(30);
    await bench.sweep.run(tenant);
    expect(await bench.onboarding(id)).to.include({ status: 'expired' });
    expect((await bench.onboarding(id)).deliveries).to.have.lengthOf(3);
  });

  it('brings an invitation that ran out while the reminder waited back to life', async () => {
    onboarding({ expiryMinutes: { emailLink: 1440, emailOtp: 1440, smsOtp: 10 } });
    const { id } = await invited();
    bench.passMinutes(31 * 60);
    await bench.sweep.run(tenant);
    expect((await bench.onboarding(id)).status).to.equal('expired');
    const [reminder] = await bench.deliver();
    expect((await bench.keys.lookUp(tenant, { token: tokenOf(reminder!) })).state).to.equal('valid');
    expect((await bench.onboarding(id)).status).to.equal('invited');
  });

  const quiet: Record<string, (id: string, first: Message) => Promise<unknown>> = {
    'the password is set': (_id, first) => bench.keys.setPassword(tenant, { token: tokenOf(first) }, own),
    'the invitation is called off': (id) => bench.setOnboarding(id, { preRegistration: false }),
    'the user is deactivated': (id) => bench.patchUser(id, [{ op: 'replace', path: 'active', value: false }]),
    'the user is deleted': (id) => bench.service.remove(bench.context(), userType, id, {}),
  };
  for (const [name, act] of Object.entries(quiet)) {
    it(`reminds nobody once ${name}, and says nothing of it in the timeline`, async () => {
      const { id, first } = await invited();
      await act(id, first);
      expect(await hours(100)).to.deep.equal([]);
      const record = await bench.store.get(tenant, 'User', id);
      if (record !== undefined)
        expect(new Set((await bench.onboarding(id)).deliveries?.map(({ template }) => template))).to.deep.equal(
          new Set(['invitation']),
        );
    });
  }

  it('counts anew from a resend', async () => {
    const { id } = await invited();
    await hours(20);
    await bench.setOnboarding(id, { resend: 'again' });
    expect((await bench.deliver()).map(({ template }) => template)).to.deep.equal(['invitation']);
    expect(await hours(23)).to.deep.equal([]);
    expect(await hours(1)).to.have.lengthOf(1);
  });

  it('sends one reminder, not two, when the clock jumps past both, and none is lost', async () => {
    await invited();
    bench.passMinutes(80 * 60);
    const jumped = [...(await bench.deliver()), ...(await bench.deliver()), ...(await hours(100))];
    expect(jumped.map(({ template }) => template)).to.deep.equal(['reminder']);
  });

  it('sends none again when the clock is set back', async () => {
    await invited();
    expect(await hours(25)).to.have.lengthOf(1);
    bench.passMinutes(-10 * 60);
    expect(await hours(30)).to.deep.equal([]);
    expect(await hours(60)).to.have.lengthOf(1);
  });

  it('plans reminders once, however often the invitation is reported', async () => {
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [delivery] = bench.due();
    await bench.addressee.prepare(delivery!);
    const sent: Delivery = { ...delivery!, state: 'sent', attempts: 1, endedAt: new Date(bench.now).toISOString() };
    await bench.addressee.report(sent);
    await bench.addressee.report(sent);
    expect(bench.eventTypes().filter((type) => type === 'invitation.sent')).to.have.lengthOf(1);
    expect((await bench.account(id)).invitation?.remindersPlanned).to.equal(true);
  });

  it('repeats a reminder whose first attempt failed', async () => {
    await invited();
    bench.passMinutes(24 * 60);
    const [reminder] = bench.due();
    expect((await bench.addressee.prepare(reminder!)).outcome).to.equal('send');
    bench.passMinutes(10);
    expect((await bench.addressee.prepare(reminder!)).outcome).to.equal('send');
  });

  it('tells the manager, who gets no secret, when the tenant wants it', async () => {
    onboarding({ managerNotice: true });
    const manager = await bench.createUser(userBody('mara', {}, { displayName: 'Mara' }));
    const { first } = await invited({}, { displayName: 'Ines', [enterprise]: { manager: { value: manager } } });
    const token = tokenOf(first);
    const rest = [...(await bench.deliver()), ...(await hours(120))];
    expect(rest.map(({ template, to }) => `${template} ${to}`)).to.deep.equal([
      'managerInvited mara@mail.example',
      'reminder ines@mail.example',
      'reminder ines@mail.example',
      'managerNotIn mara@mail.example',
    ]);
    const notices = rest.filter(({ template }) => template.startsWith('manager'));
    expect(notices.map(({ values }) => [values['displayName'], values['employee'], values['link']])).to.deep.equal([
      ['Mara', 'Ines', undefined],
      ['Mara', 'Ines', undefined],
    ]);
    expect(JSON.stringify(notices)).not.to.include(token);
  });

  it('gives the user a day after a late reminder before the manager hears of it', async () => {
    onboarding({ managerNotice: true });
    const manager = await bench.createUser(userBody('mara'));
    await invited({}, { [enterprise]: { manager: { value: manager } } });
    await bench.deliver();
    bench.passMinutes(160 * 60);
    expect((await bench.deliver()).map(({ template }) => template)).to.deep.equal(['reminder']);
    expect(await hours(23)).to.deep.equal([]);
    expect((await hours(2)).map(({ template }) => template)).to.deep.equal(['managerNotIn']);
  });

  it('tells no manager of somebody who is in, or where there is none', async () => {
    onboarding({ managerNotice: true });
    const { first } = await invited();
    expect(await bench.deliver()).to.deep.equal([]);
    await bench.keys.setPassword(tenant, { token: tokenOf(first) }, own);
    expect(await hours(120)).to.deep.equal([]);
  });
});

describe('messages that wait', () => {
  it('shows what holds a message, and who is held', async () => {
    const bench = new ProvisioningBench({
      onboarding: { workingDays: ['mon', 'tue', 'wed', 'thu', 'fri'], quietHours: { from: '20:00', to: '07:00' } },
    });
    bench.now = Date.parse('2031-05-10T12:00:00Z');
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    await bench.deliver();
    expect(await bench.onboarding(id)).to.deep.include({ status: 'held' });
    expect((await bench.onboarding(id)).deliveries?.[0]).to.include({
      state: 'held',
      reply: 'no working day',
      at: '2031-05-12T07:00:00.000Z',
    });
    bench.now = Date.parse('2031-05-12T07:00:00Z');
    expect(await bench.deliver()).to.have.lengthOf(1);
    expect((await bench.onboarding(id)).deliveries?.map(({ state, reply }) => [state, reply])).to.deep.equal([
      ['sent', '250 OK'],
      ['held', 'no working day'],
    ]);
    expect((await bench.onboarding(id)).status).to.equal('invited');
  });

  it('writes to the other address until the start date, then to the work address', async () => {
    const bench = new ProvisioningBench({
      onboarding: { leadDays: 3, expiryMinutes: { emailLink: -1, emailOtp: -1, smsOtp: 10 } },
    });
    const startDate = new Date(bench.now + 5 * 86_400_000).toISOString();
    const id = await bench.createUser(
      userBody('ines', { preRegistration: true, startDate, notificationEmail: 'ines@home.example' }),
    );
    const [delivery] = bench.due();
    expect(delivery).to.equal(undefined);
    expect(await bench.onboarding(id)).to.include({ status: 'held' });
    bench.passMinutes(2 * 1440);
    expect((await bench.deliver()).map(({ to }) => to)).to.deep.equal(['ines@home.example']);
    bench.passMinutes(1440);
    expect((await bench.deliver()).map(({ template, to }) => [template, to])).to.deep.equal([
      ['reminder', 'ines@home.example'],
    ]);
    bench.passMinutes(2 * 1440);
    expect((await bench.deliver()).map(({ template, to }) => [template, to])).to.deep.equal([
      ['reminder', 'ines@mail.example'],
    ]);
  });

  it('waits for the mailbox of somebody who starts about now, and of nobody else', async () => {
    const bench = new ProvisioningBench({ onboarding: { leadDays: 10 } });
    const startDate = new Date(bench.now + 86_400_000).toISOString();
    await bench.createUser(userBody('ines', { preRegistration: true, startDate }));
    await bench.createUser(userBody('uma', { preRegistration: true }));
    const prepared = await Promise.all(bench.due().map((delivery) => bench.addressee.prepare(delivery)));
    expect(
      prepared.map((one) => (one.outcome === 'send' ? one.mailboxExpectedBy?.toISOString() : one.outcome)),
    ).to.deep.equal([new Date(bench.now + 15 * 86_400_000).toISOString(), undefined]);
  });
});

describe('the notice of a changed password', () => {
  it('goes out at once, quiet hours or not, when users change their own, and not with their first', async () => {
    const bench = new ProvisioningBench();
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [first] = await bench.deliver();
    await bench.keys.setPassword(tenant, { token: tokenOf(first!) }, own);
    expect(await bench.deliver()).to.deep.equal([]);
    bench.settings = {
      ...bench.settings,
      onboarding: { ...bench.settings.onboarding, quietHours: { from: '00:00', to: '23:59' } },
    };
    expect((await bench.keys.changePassword(tenant, id, own, `${own} again`)).outcome).to.equal('done');
    const notices = await bench.deliver();
    expect(notices.map(({ template, to }) => [template, to])).to.deep.equal([['passwordChanged', 'ines@mail.example']]);
    expect(JSON.stringify(notices)).not.to.include(own);
    bench.settings = { ...bench.settings, passwords: { ...bench.settings.passwords, changeNotice: false } };
    expect((await bench.keys.changePassword(tenant, id, `${own} again`, `${own} and again`)).outcome).to.equal('done');
    expect(await bench.deliver()).to.deep.equal([]);
    expect((await bench.onboarding(id)).deliveries?.[0]).to.include({ template: 'passwordChanged', state: 'sent' });
  });
});
