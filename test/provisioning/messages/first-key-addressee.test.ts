import { expect } from 'chai';
import type { Delivery } from '../../../src/notify/delivery/delivery.ts';
import { ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';

const own = 'lamplight drifting over harbours';

describe('FirstKeyAddressee', () => {
  let bench: ProvisioningBench;
  beforeEach(() => {
    bench = new ProvisioningBench();
  });

  const invite = async (onboarding = {}, more = {}): Promise<{ id: string; delivery: Delivery }> => {
    const id = await bench.createUser(userBody('ines', { preRegistration: true, ...onboarding }, more));
    return { id, delivery: bench.due()[0]! };
  };

  it('gives each attempt a link of its own, and the older ones stay good', async () => {
    const { delivery } = await invite();
    const prepared = [await bench.addressee.prepare(delivery), await bench.addressee.prepare(delivery)];
    for (const one of prepared) {
      if (one.outcome !== 'send') throw new Error(one.outcome);
      expect(
        (await bench.keys.lookUp(tenant, { token: tokenOf({ template: '', to: '', values: one.values }) })).state,
      ).to.equal('valid');
    }
  });

  for (const [what, onboarding, value] of [
    ['code', { invitationMethod: 'emailOtp' }, 'code'],
    ['generated password', { preRegistration: false, sendPassword: true }, 'password'],
  ] as const) {
    it(`sends the same ${what} again where a try was cut off, and both mails are good; a new delivery has another`, async () => {
      const { id, delivery } = await invite(onboarding);
      const secretOf = async (of: Delivery): Promise<string> => {
        const prepared = await bench.addressee.prepare(of);
        if (prepared.outcome !== 'send') throw new Error(prepared.outcome);
        return String(prepared.values[value]);
      };
      const first = await secretOf(delivery);
      expect(JSON.stringify(await bench.account(id))).not.to.include(first);
      expect(await secretOf(delivery), 'the next try').to.equal(first);
      expect((await bench.keys.signIn(tenant, 'ines', first)).outcome).to.match(/codeAccepted|changeRequired/);
      await bench.addressee.report({
        ...delivery,
        state: 'sent',
        attempts: 2,
        endedAt: new Date(bench.now).toISOString(),
      });
      expect(await bench.account(id), 'nothing that could be opened is kept').not.to.have.property('minted');
      expect((await bench.keys.signIn(tenant, 'ines', first)).outcome).to.match(/codeAccepted|changeRequired/);
      bench.passMinutes(2);
      await bench.setOnboarding(id, { resend: 'again' });
      expect(await secretOf(bench.due().at(-1)!)).not.to.equal(first);
    });
  }

  it("speaks the user's languages first, then the tenant's, then English, and tells the time of their place", async () => {
    bench.settings = { ...bench.settings, locale: 'de' };
    const { delivery } = await invite(
      {},
      { preferredLanguage: 'fr;q=0.5, pt-BR', locale: 'es_MX', timezone: 'America/Bahia', displayName: 'Inês' },
    );
    const prepared = await bench.addressee.prepare(delivery);
    expect(prepared).to.deep.include({ outcome: 'send', locales: ['pt-BR', 'fr', 'es-MX', 'de', 'en'] });
    expect(prepared)
      .to.have.property('values')
      .that.includes({ timezone: 'America/Bahia', displayName: 'Inês', productName: 'Latchkey' });
  });

  it('calls off what is superseded, done, or for someone deactivated', async () => {
    const { id, delivery } = await invite();
    await bench.setOnboarding(id, { resend: '1' });
    expect((await bench.addressee.prepare(delivery)).outcome).to.equal('cancel');
    const [newer] = bench.due();
    const prepared = await bench.addressee.prepare(newer!);
    if (prepared.outcome !== 'send') throw new Error(prepared.outcome);
    await bench.keys.setPassword(tenant, { token: tokenOf({ template: '', to: '', values: prepared.values }) }, own);
    expect((await bench.addressee.prepare(newer!)).outcome).to.equal('cancel');
  });

  it('holds until the start date', async () => {
    const { id, delivery } = await invite();
    await bench.setOnboarding(id, { startDate: '2031-06-01T08:00:00Z' });
    expect(await bench.addressee.prepare(delivery)).to.deep.include({
      outcome: 'hold',
      until: new Date('2031-06-01T08:00:00Z'),
    });
  });

  it("waits for the end of quiet hours by the user's clock, but not with what the user asked for", async () => {
    bench.settings = {
      ...bench.settings,
      onboarding: { ...bench.settings.onboarding, quietHours: { from: '20:00', to: '07:00' } },
    };
    const { delivery } = await invite({}, { timezone: 'America/New_York' });
    expect(await bench.addressee.prepare(delivery)).to.deep.include({
      outcome: 'hold',
      until: new Date('2031-05-06T11:00:00Z'),
    });
    bench.now = Date.parse('2031-05-06T11:00:00Z');
    expect((await bench.addressee.prepare(delivery)).outcome).to.equal('send');
  });

  it('reports as often as it is told with one line and one version', async () => {
    const { id, delivery } = await invite();
    await bench.addressee.prepare(delivery);
    const sent: Delivery = {
      ...delivery,
      state: 'sent',
      attempts: 2,
      endedAt: '2031-05-06T07:09:00.000Z',
      lastReply: '250 OK',
      reported: false,
    };
    await bench.addressee.report(sent);
    const version = await bench.version(id);
    await bench.addressee.report(sent);
    expect(await bench.version(id)).to.equal(version);
    expect((await bench.onboarding(id)).deliveries).to.deep.equal([
      {
        id: delivery.id,
        channel: 'email',
        template: 'invitation',
        state: 'sent',
        attempts: 2,
        at: '2031-05-06T07:09:00.000Z',
        reply: '250 OK',
        queuedAt: '2031-05-06T07:08:09.000Z',
        leasedAt: '2031-05-06T07:08:09.000Z',
      },
    ]);
    await bench.addressee.report({
      ...delivery,
      state: 'queued',
      attempts: 1,
      lastReply: '451 later',
      reported: false,
    });
    expect((await bench.onboarding(id)).deliveries?.[0]?.state).to.equal('sent');
  });

  it('does not disturb a user who has gone on meanwhile', async () => {
    const { id, delivery } = await invite();
    const prepared = await bench.addressee.prepare(delivery);
    if (prepared.outcome !== 'send') throw new Error(prepared.outcome);
    await bench.keys.setPassword(tenant, { token: tokenOf({ template: '', to: '', values: prepared.values }) }, own);
    await bench.patchUser(id, [{ op: 'replace', path: 'title', value: 'Captain' }]);
    await bench.addressee.report({
      ...delivery,
      state: 'dead',
      endedAt: '2031-05-06T07:09:00.000Z',
      lastReply: '550 no',
      reported: false,
    });
    expect((await bench.onboarding(id)).status).to.equal('active');
    expect((await bench.store.get(tenant, 'User', id))?.resource['title']).to.equal('Captain');
    await bench.addressee.report({ ...delivery, userId: 'gone', state: 'sent', reported: false });
  });

  it('wipes a sealed password when its mail is dead, and generates one if it is queued again', async () => {
    const id = await bench.createUser(userBody('ines', { sendPassword: true }, { password: 'Given-Once-77' }));
    const [delivery] = bench.due();
    await bench.addressee.prepare(delivery!);
    await bench.addressee.report({
      ...delivery!,
      state: 'dead',
      endedAt: '2031-05-06T07:09:00.000Z',
      lastReply: '550 no such user',
      reported: false,
    });
    expect(await bench.account(id)).not.to.have.property('sealedPassword');
    expect((await bench.onboarding(id)).status).to.equal('failed');
    const again = await bench.addressee.prepare(delivery!);
    expect(again).to.have.property('outcome', 'send');
    expect(again).to.have.nested.property('values.password').that.does.not.equal('Given-Once-77');
  });

  it('keeps the newest twenty messages of the timeline', async () => {
    const { id, delivery } = await invite();
    for (let index = 0; index < 25; index += 1)
      await bench.addressee.report({ ...delivery, id: `d${index}`, state: 'cancelled', reported: false });
    const lines = (await bench.onboarding(id)).deliveries ?? [];
    expect(lines.map(({ id: line }) => line)).to.deep.equal(Array.from({ length: 20 }, (_, index) => `d${24 - index}`));
  });
});
