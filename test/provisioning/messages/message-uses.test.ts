import { expect } from 'chai';
import type { SeenVisit } from '../../../src/provisioning/messages/message-uses.ts';
import { ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';
import { userType } from '../../support/resource-types.ts';

const own = 'lamplight drifting over harbours';
const phone: SeenVisit = {
  method: 'GET',
  userAgent: 'Mozilla/5.0 (iPhone) Safari/604.1',
  accept: 'text/html',
  acceptLanguage: 'de',
  address: '192.0.2.7',
};
const head: SeenVisit = { ...phone, method: 'HEAD', userAgent: 'MailScanner/5.4' };

describe('what is done with messages', () => {
  let bench: ProvisioningBench;
  beforeEach(() => {
    bench = new ProvisioningBench();
  });
  const uses = async (id: string) =>
    ((await bench.onboarding(id)).deliveries ?? [])
      .filter(({ state }) => state === 'opened' || state === 'codeTried' || state === 'passwordSet')
      .map(({ state, verdict, count = 1, reply }) =>
        [state, verdict, count, ...(reply === undefined ? [] : [reply])].join(' ').replaceAll('  ', ' '),
      );
  const invited = async (onboarding = {}) => {
    const id = await bench.createUser(userBody('ines', { preRegistration: true, ...onboarding }));
    const [mail] = await bench.deliver();
    bench.passMinutes(5);
    return { id, mail: mail!, token: tokenOf(mail!), code: String(mail!.values['code']) };
  };

  it("writes ten thousand openings of a link in two writes, and tells a scanner's from a person's", async () => {
    const { id, token } = await invited();
    const version = await bench.version(id);
    for (let time = 0; time < 10_000; time += 1) await bench.keys.noteOpening(tenant, token, head);
    await bench.keys.noteOpening(tenant, token, phone);
    expect(await bench.version(id), 'nothing is written by the opening itself').to.equal(version);
    await bench.uses.flush();
    expect(await uses(id)).to.deep.equal([
      'opened person 1',
      'opened scanner 10000 asked for by HEAD; no browser; a program by its own account',
    ]);
    expect(await bench.version(id)).to.equal(version + 2);
    expect(await bench.account(id)).to.have.nested.property('invitation.state', 'pending');
  });

  it('writes what repeats itself a quarter of an hour later, or when the process ends', async () => {
    const { id, token } = await invited();
    await bench.keys.noteOpening(tenant, token, head);
    await bench.uses.flush();
    const version = await bench.version(id);
    for (let second = 0; second < 600; second += 1) {
      bench.now += 1000;
      await bench.keys.noteOpening(tenant, token, head);
      await bench.uses.flush();
    }
    expect(await bench.version(id)).to.equal(version);
    bench.passMinutes(5);
    await bench.uses.flush();
    expect((await uses(id))[0]).to.match(/^opened scanner 601/);
    expect(await bench.version(id)).to.equal(version + 1);
    await bench.keys.noteOpening(tenant, token, head);
    await bench.uses.flush(true);
    expect((await uses(id))[0]).to.match(/^opened scanner 602/);
  });

  it('says which message it was: the reminder, or the first', async () => {
    bench = new ProvisioningBench({
      onboarding: { expiryMinutes: { emailLink: 10_080, emailOtp: 10_080, smsOtp: 10 } },
    });
    const { id, token } = await invited();
    bench.passMinutes(24 * 60);
    const [reminder] = await bench.deliver();
    bench.passMinutes(1);
    await bench.keys.noteOpening(tenant, token, phone);
    await bench.keys.setPassword(tenant, { token: tokenOf(reminder!) }, own);
    await bench.uses.flush();
    const { deliveries = [] } = await bench.onboarding(id);
    expect(deliveries.map(({ template, state }) => `${template} ${state}`)).to.deep.equal([
      'reminder sent',
      'reminder passwordSet',
      'invitation sent',
      'invitation opened',
    ]);
    await bench.keys.noteOpening(tenant, token, phone);
    await bench.uses.flush(true);
    expect(await uses(id), 'a link that is worth nothing any more').to.include('opened person 2');
  });

  it('counts wrong codes with the failures, and the right one', async () => {
    const { id, code } = await invited({ invitationMethod: 'emailOtp' });
    const wrong = code.startsWith('A') ? `B${code.slice(1)}` : `A${code.slice(1)}`;
    for (let tries = 0; tries < 3; tries += 1) await bench.keys.signIn(tenant, 'ines', wrong);
    expect(await uses(id)).to.deep.equal(['codeTried wrong 3']);
    const accepted = await bench.keys.signIn(tenant, 'ines', code);
    if (accepted.outcome !== 'codeAccepted') throw new Error(accepted.outcome);
    await bench.keys.setPassword(tenant, { ticket: accepted.ticket }, own);
    await bench.uses.flush();
    expect(await uses(id)).to.deep.equal(['codeTried right 1', 'passwordSet 1', 'codeTried wrong 3']);
    expect(JSON.stringify((await bench.onboarding(id)).deliveries))
      .not.to.include(code)
      .and.not.to.include(wrong);
  });

  it('does not spend a link by passwords that look like codes', async () => {
    const { id, token } = await invited();
    for (let tries = 0; tries < 8; tries += 1) {
      await bench.keys.signIn(tenant, 'ines', 'ABCD2345');
      bench.passMinutes(1);
    }
    expect((await bench.keys.lookUp(tenant, { token })).state).to.equal('valid');
    expect(await uses(id)).to.deep.equal([]);
  });

  it('knows that the password replaced the one that was mailed', async () => {
    const id = await bench.createUser(userBody('ines', { sendPassword: true }));
    const [mail] = await bench.deliver();
    const changed = await bench.keys.signIn(tenant, 'ines', String(mail!.values['password']));
    if (changed.outcome !== 'changeRequired') throw new Error(changed.outcome);
    await bench.keys.setPassword(tenant, { ticket: changed.ticket }, own);
    expect(await uses(id)).to.deep.equal(['passwordSet 1']);
  });

  it('takes a message that no server has answered for yet as just sent', async () => {
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const prepared = await bench.addressee.prepare(bench.due()[0]!);
    if (prepared.outcome !== 'send') throw new Error(prepared.outcome);
    await bench.keys.noteOpening(tenant, tokenOf({ template: '', to: '', values: prepared.values }), phone);
    await bench.uses.flush();
    expect(await uses(id)).to.deep.equal(['opened scanner 1 sooner than anybody reads']);
  });

  it("takes an address that opens many people's links in one second for a scanner", async () => {
    const tokens: string[] = [];
    for (const name of ['ada', 'ben', 'cleo', 'dora']) {
      await bench.createUser(userBody(name, { preRegistration: true }));
      tokens.push(...(await bench.deliver()).map(tokenOf));
    }
    bench.passMinutes(5);
    for (const token of tokens)
      for (let twice = 0; twice < 2; twice += 1) await bench.keys.noteOpening(tenant, token, phone);
    await bench.keys.noteOpening(tenant, tokens[3]!, { ...phone, address: '198.51.100.9' });
    await bench.uses.flush();
    const id = (await bench.store.findByKey(tenant, 'User', 'username:dora'))!.id;
    expect(await uses(id)).to.deep.equal(['opened person 1', 'opened scanner 2 one of many links at once']);
  });

  it('knows no link that is none of ours, and nobody who is gone', async () => {
    const { token } = await invited();
    await bench.keys.noteOpening(tenant, 'made-up', phone);
    await bench.keys.noteOpening(tenant, token, phone);
    const { id } = (await bench.store.findByKey(tenant, 'User', 'username:ines'))!;
    await bench.service.remove(bench.context(), userType, id, {});
    await bench.uses.flush();
    expect(bench.errors).to.deep.equal([]);
  });
});
