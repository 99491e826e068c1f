import { expect } from 'chai';
import type { Delivery } from '../../../src/notify/delivery/delivery.ts';
import { Bounces, type BounceNotice } from '../../../src/provisioning/messages/bounces.ts';
import { RecordWriter } from '../../../src/provisioning/records/record-writer.ts';
import { userType } from '../../support/resource-types.ts';
import { ProvisioningBench, tenant, userBody } from '../../support/provisioning-bench.ts';
import { createChangeUser } from '../../../src/provisioning/user/change-user.ts';

const origin = { triggeredBy: 'system', client: 'ses' } as const;

describe('Bounces', () => {
  let bench: ProvisioningBench;
  let bounces: Bounces;
  let outbox: Map<string, Delivery>;

  beforeEach(() => {
    bench = new ProvisioningBench();
    outbox = new Map();
    const clock = { now: () => new Date(bench.now), newId: () => `b-${bench.store.events.length}` };
    bounces = new Bounces({
      changeUser: createChangeUser({
        writer: new RecordWriter(bench.store, clock),
        clock,
        settingsOf: () => bench.settings,
        userType,
      }),
      findDelivery: async (_tenant, id) => outbox.get(id),
    });
  });

  /** Sends what is due, and remembers it as the outbox would. */
  const send = async (): Promise<Delivery[]> => {
    const sent: Delivery[] = [];
    for (const delivery of bench.due()) {
      const prepared = await bench.addressee.prepare(delivery);
      await bench.conclude(delivery, prepared);
      if (prepared.outcome !== 'send') continue;
      const done: Delivery = {
        ...delivery,
        to: prepared.to,
        state: 'sent',
        attempts: 1,
        endedAt: new Date(bench.now).toISOString(),
        lastReply: '250 OK',
      };
      outbox.set(done.id, done);
      sent.push(done);
    }
    return sent;
  };
  const invite = async (more = {}): Promise<{ id: string; delivery: Delivery }> => {
    const id = await bench.createUser(userBody('ines', { preRegistration: true }, more));
    return { id, delivery: (await send())[0]! };
  };
  const take = (delivery: Delivery, kind: BounceNotice['kind'] = 'bounced') =>
    bounces.take(tenant, { deliveries: ['nobody', delivery.id], kind, reply: '550 5.1.1 user unknown' }, origin);
  const withEmail = (value: string) => [{ op: 'replace' as const, path: 'emails', value: [{ value, primary: true }] }];

  it('takes news of a mail that is still being sent once it is known what became of that', async () => {
    const { id, delivery } = await invite();
    const { to, endedAt, ...leased } = { ...delivery, state: 'leased' as const, attempts: 0 };
    void [to, endedAt];
    outbox.set(delivery.id, leased);
    for (const kind of ['bounced', 'softBounced', 'complained'] as const)
      expect(await take(delivery, kind), kind).to.equal('tooEarly');
    outbox.set(delivery.id, delivery);
    expect(await take(delivery)).to.equal('noted');
    expect((await bench.onboarding(id)).status).to.equal('bounced');
  });

  for (const kind of ['bounced', 'complained'] as const) {
    it(`makes the user bounced, with the reason in the timeline (${kind})`, async () => {
      const { id, delivery } = await invite();
      expect(await take(delivery, kind)).to.equal('noted');
      const { status, deliveries } = await bench.onboarding(id);
      expect(status).to.equal('bounced');
      expect(deliveries?.[0]).to.include({ id: delivery.id, state: kind, reply: '550 5.1.1 user unknown' });
      expect(bench.store.events.at(-1)).to.deep.include({
        type: `delivery.${kind}`,
        triggeredBy: 'system',
        client: 'ses',
      });
    });
  }

  it('is not moved by repetition, nor by late news of the sending', async () => {
    const { id, delivery } = await invite();
    await take(delivery);
    const version = await bench.version(id);
    expect(await take(delivery)).to.equal('known');
    expect(await take(delivery, 'softBounced')).to.equal('known');
    await bench.addressee.report(delivery);
    expect(await bench.version(id)).to.equal(version);
    expect((await bench.onboarding(id)).status).to.equal('bounced');
  });

  it('can come before the news of the sending', async () => {
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [delivery] = bench.due();
    await bench.addressee.prepare(delivery!);
    outbox.set(delivery!.id, { ...delivery!, state: 'leased', to: 'ines@mail.example' });
    await take(delivery!);
    await bench.addressee.report({
      ...delivery!,
      state: 'sent',
      attempts: 1,
      endedAt: new Date(bench.now).toISOString(),
    });
    expect(await bench.onboarding(id))
      .to.include({ status: 'bounced' })
      .and.have.nested.property('deliveries[0].state', 'bounced');
  });

  it('does not block an address for a soft bounce', async () => {
    const { id, delivery } = await invite();
    expect(await take(delivery, 'softBounced')).to.equal('noted');
    // The mail is lost for good, so the invitation is in nobody's hands: the user is shown as failed, with the reason.
    expect((await bench.onboarding(id)).status).to.equal('failed');
    expect((await bench.onboarding(id)).deliveries?.[0]?.state).to.equal('softBounced');
    await bench.addressee.report(delivery);
    expect((await bench.onboarding(id)).status, 'late news of the sending').to.equal('failed');
    expect((await bench.account(id)).undeliverable).to.equal(undefined);
    expect(await take(delivery, 'bounced'), 'until it is final').to.equal('noted');
    expect((await bench.onboarding(id)).status).to.equal('bounced');
  });

  describe('of mail that comes back for a trouble of our own account', () => {
    const ours = (delivery: Delivery) =>
      bounces.take(
        tenant,
        {
          deliveries: [delivery.id],
          kind: 'softBounced',
          reply: '554 5.7.1 blocked using zen',
          ours: 'Have it delisted.',
        },
        origin,
      );

    for (const wish of ['preRegistration', 'sendPassword'] as const) {
      it(`sends the key anew an hour later: nothing is wrong with the user (${wish})`, async () => {
        const id = await bench.createUser(userBody('ines', { [wish]: true }));
        const [delivery] = await send();
        expect(await ours(delivery!)).to.equal('noted');
        expect(await bench.onboarding(id)).to.include({ status: 'queued' });
        expect((await bench.onboarding(id)).deliveries?.map(({ state }) => state)).to.include('softBounced');
        bench.passMinutes(59);
        expect(await send()).to.deep.equal([]);
        bench.passMinutes(2);
        expect((await send()).map(({ template }) => template)).to.deep.equal([delivery!.template]);
        expect(await ours(delivery!), 'told again').to.equal('known');
      });
    }

    it('goes on at growing gaps, and gives up after a week', async () => {
      const id = await bench.createUser(userBody('ines', { preRegistration: true }));
      const gaps: number[] = [];
      let [delivery] = await send();
      for (let times = 0; delivery !== undefined && times < 20; times += 1) {
        await ours(delivery);
        if ((await bench.onboarding(id)).status === 'failed') break;
        let hours = 0;
        do {
          bench.passMinutes(60);
          hours += 1;
          [delivery] = await send();
        } while (delivery === undefined && hours < 100);
        gaps.push(hours);
      }
      expect(gaps.slice(0, 5)).to.deep.equal([1, 4, 12, 24, 24]);
      expect(gaps).to.have.length.within(8, 10);
      expect((await bench.onboarding(id)).status).to.equal('failed');
    });

    it('is told from a mail that is lost for another reason: that is final', async () => {
      const id = await bench.createUser(userBody('ines', { sendPassword: true }));
      const [delivery] = await send();
      await take(delivery!, 'softBounced');
      expect((await bench.onboarding(id)).status).to.equal('failed');
    });

    it('leaves alone who is in', async () => {
      const { id, delivery } = await invite();
      await bench.setOnboarding(id, { resend: '1' });
      const [message] = await bench.deliver();
      await bench.keys.setPassword(
        tenant,
        { token: new URL(String(message?.values['link'])).searchParams.get('token') ?? '' },
        'lamplight drifting over harbours',
      );
      await ours(delivery);
      expect((await bench.onboarding(id)).status).to.equal('active');
      bench.passMinutes(600);
      expect(await send()).to.deep.equal([]);
    });
  });

  it('notes that a request was withheld, tries again after a day, and at once after a resend', async () => {
    const { id, delivery } = await invite();
    await take(delivery);
    const ask = async (): Promise<void> => {
      await bench.keys.forgotPassword(tenant, 'ines');
      await bench.keys.settled();
    };
    for (let times = 0; times < 3; times += 1) {
      bench.passMinutes(10);
      await ask();
    }
    expect(await send()).to.deep.equal([]);
    const lines = ((await bench.onboarding(id)).deliveries ?? []).filter(({ state }) => state === 'withheld');
    expect(lines).to.have.length(1);
    expect(lines[0])
      .to.include({ count: 3 })
      .and.have.property('reply')
      .that.matches(/^Asked, withheld/);
    bench.passMinutes(24 * 60);
    await ask();
    expect((await send()).length).to.equal(1);
  });

  it('sends nothing more to that address, whoever asks as the user', async () => {
    const { id, delivery } = await invite();
    await take(delivery);
    bench.passMinutes(10);
    await bench.keys.forgotPassword(tenant, 'ines');
    await bench.keys.settled();
    expect(bench.errors).to.deep.equal([]);
    await bench.setOnboarding(id, { preRegistration: false });
    await bench.setOnboarding(id, { preRegistration: true });
    expect(await send()).to.deep.equal([]);
    expect((await bench.onboarding(id)).status).to.equal('bounced');
  });

  it('holds back what is queued to that address already', async () => {
    const { id, delivery } = await invite();
    await bench.setOnboarding(id, { resend: '1' });
    const [queued] = bench.due();
    await take(delivery);
    const prepared = await bench.addressee.prepare(queued!);
    expect(prepared.outcome).to.equal('fail');
    await bench.conclude(queued!, prepared);
    expect((await bench.onboarding(id)).status).to.equal('bounced');
  });

  it('sends again as soon as the address changes', async () => {
    const { id, delivery } = await invite();
    await take(delivery);
    await bench.patchUser(id, withEmail('INES@mail.example'));
    expect(await send(), 'the same address in other letters').to.deep.equal([]);
    await bench.patchUser(id, withEmail('ines@new.example'));
    expect((await bench.onboarding(id)).status).to.equal('queued');
    expect((await send()).map(({ to }) => to)).to.deep.equal(['ines@new.example']);
    expect((await bench.onboarding(id)).status).to.equal('invited');
    expect(await take(delivery), 'old news of the old address').to.equal('known');
  });

  it('sends again when a resend asks for it', async () => {
    const { id, delivery } = await invite();
    await take(delivery);
    await bench.setOnboarding(id, { resend: 'again' });
    expect((await send()).map(({ to }) => to)).to.deep.equal(['ines@mail.example']);
    expect((await bench.onboarding(id)).status).to.equal('invited');
  });

  it('believes a password that was set by the mailed link all the same', async () => {
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [delivery] = bench.due();
    const prepared = await bench.addressee.prepare(delivery!);
    if (prepared.outcome !== 'send') throw new Error(prepared.outcome);
    outbox.set(delivery!.id, { ...delivery!, state: 'sent', to: prepared.to });
    await take(delivery!);
    await bench.keys.setPassword(
      tenant,
      { token: new URL(String(prepared.values['link'])).searchParams.get('token') ?? '' },
      'lamplight drifting over harbours',
    );
    expect((await bench.onboarding(id)).status).to.equal('active');
    bench.passMinutes(10);
    await bench.keys.forgotPassword(tenant, 'ines');
    await bench.keys.settled();
    expect((await send()).map(({ template }) => template)).to.deep.equal(['recovery']);
  });

  it('leaves the status of who is in alone, and sends them nothing either', async () => {
    const { id, delivery } = await invite();
    await bench.setOnboarding(id, { resend: '1' });
    const [message] = await bench.deliver();
    await bench.keys.setPassword(
      tenant,
      { token: new URL(String(message?.values['link'])).searchParams.get('token') ?? '' },
      'lamplight drifting over harbours',
    );
    await take(delivery, 'complained');
    expect((await bench.onboarding(id)).status).to.equal('active');
    bench.passMinutes(10);
    await bench.keys.forgotPassword(tenant, 'ines');
    await bench.keys.settled();
    expect(await send()).to.deep.equal([]);
  });

  it('makes bounced who was sent a password', async () => {
    const id = await bench.createUser(userBody('ines', { sendPassword: true }));
    const [delivery] = await send();
    await take(delivery!);
    expect((await bench.onboarding(id)).status).to.equal('bounced');
    await bench.patchUser(id, withEmail('ines@new.example'));
    expect((await send()).map(({ to, template }) => [to, template])).to.deep.equal([['ines@new.example', 'password']]);
  });

  it('knows nothing of other deliveries, of deleted users, of what was never tried', async () => {
    const { id, delivery } = await invite();
    expect(await bounces.take(tenant, { deliveries: ['x', 'y'], kind: 'bounced', reply: '' }, origin)).to.equal(
      'unknown',
    );
    expect(await bounces.take(tenant, { deliveries: [], kind: 'bounced', reply: '' }, origin)).to.equal('unknown');
    outbox.set('w', { ...delivery, id: 'w', channel: 'webhook' });
    const { to, ...untried } = delivery;
    expect(to).to.be.a('string');
    outbox.set('u', { ...untried, id: 'u' });
    expect(await bounces.take(tenant, { deliveries: ['w', 'u'], kind: 'bounced', reply: '' }, origin)).to.equal(
      'unknown',
    );
    await bench.service.remove(bench.context(), userType, id, {});
    expect(await take(delivery)).to.equal('unknown');
  });
});

describe('the end of a delivery', () => {
  it('is told once, however often it is reported', async () => {
    const bench = new ProvisioningBench();
    await bench.createUser(userBody('ines', { preRegistration: true }));
    const [delivery] = bench.due();
    const sent: Delivery = {
      ...delivery!,
      state: 'sent',
      attempts: 1,
      endedAt: new Date(bench.now).toISOString(),
      lastReply: '250 OK',
    };
    await bench.addressee.report(sent);
    await bench.addressee.report(sent);
    const told = bench.store.events.filter(({ type }) => type.startsWith('delivery.'));
    expect(told.map(({ type, triggeredBy, data }) => [type, triggeredBy, data])).to.deep.equal([
      [
        'delivery.sent',
        'system',
        { delivery: sent.id, channel: 'email', template: 'invitation', attempts: 1, reply: '250 OK' },
      ],
    ]);
  });

  for (const [state, type] of [
    ['dead', 'delivery.failed'],
    ['cancelled', 'delivery.cancelled'],
  ] as const) {
    it(`is ${type} when it is ${state}`, async () => {
      const bench = new ProvisioningBench();
      await bench.createUser(userBody('ines', { preRegistration: true }));
      await bench.addressee.report({ ...bench.due()[0]!, state, endedAt: new Date(bench.now).toISOString() });
      expect(bench.eventTypes()).to.include(type);
    });
  }
});
