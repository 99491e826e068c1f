import { expect } from 'chai';
import type { Access } from '../../../src/provisioning/access/access.ts';
import type { SessionGrant } from '../../../src/provisioning/access/session-grant.ts';
import { codeTries } from '../../../src/provisioning/access/sign-in-limits.ts';
import { ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';
import type { BrowserGrant } from '../../../src/domain/browser-grant.ts';

const password = 'Right-Password-1';
const own = 'lamplight drifting over harbours';
const stranger = '203.0.113.7';

describe('limits of failed sign-ins', () => {
  let bench: ProvisioningBench;
  beforeEach(() => {
    bench = new ProvisioningBench();
  });

  const signIn = async (secret: string, address?: string, browsers: readonly BrowserGrant[] = [], name = 'ines') => {
    const result = await bench.keys.signIn(tenant, name, secret, address, browsers);
    await bench.keys.settled();
    return result;
  };
  const outcome = async (...args: Parameters<typeof signIn>) => (await signIn(...args)).outcome;
  const browserOf = (ownerId: string, { id, validFrom }: SessionGrant): BrowserGrant => ({ ownerId, id, validFrom });

  /** One wrong post a second for so many minutes. @returns how many were looked at */
  async function guess(minutes: number, address?: string, name = 'ines'): Promise<number> {
    let looked = 0;
    for (let second = 0; second < minutes * 60; second += 1) {
      if ((await outcome('wrong password', address, [], name)) === 'invalid') looked += 1;
      bench.now += 1_000;
    }
    return looked;
  }

  it('are the same for names with and without an account, in every process and after a restart', async () => {
    await bench.createUser(userBody('ines', {}, { password }));
    const walk = async (name: string): Promise<string[]> => {
      const processes: readonly Access[] = [bench.keys, bench.anotherProcess()];
      const outcomes: string[] = [];
      for (let tries = 0; tries < 60; tries += 1) {
        const keys = processes[tries % 2]!;
        outcomes.push((await keys.signIn(tenant, name, 'wrong password', stranger)).outcome);
        await keys.settled();
        bench.now += 1_000;
      }
      outcomes.push((await bench.anotherProcess().signIn(tenant, name, 'wrong password')).outcome);
      bench.passMinutes(14);
      outcomes.push((await bench.anotherProcess().signIn(tenant, name, 'wrong password')).outcome);
      bench.passMinutes(1);
      outcomes.push((await bench.anotherProcess().signIn(tenant, name, 'wrong password')).outcome);
      return outcomes;
    };
    const known = await walk('ines');
    expect(await walk('nobody')).to.deep.equal(known);
    expect(known.slice(-3)).to.deep.equal(['locked', 'locked', 'invalid']);
    expect(known.filter((one) => one === 'invalid')).to.have.length(11);
  });

  it('keep nothing in the store that names anybody', async () => {
    await signIn('wrong password', stranger, [], 'somebody-with-a-name');
    expect([...bench.tallies.tallies.keys()].join()).not.to.match(/somebody|203/);
  });

  it('decay: a lock that has run its time leaves no failures behind', async () => {
    await bench.createUser(userBody('ines', {}, { password }));
    expect(await guess(1)).to.equal(10);
    bench.passMinutes(15);
    expect(await outcome('wrong password')).to.equal('invalid');
    expect(await outcome(password)).to.equal('ok');
  });

  it('keep nobody locked out by one post in 15 minutes', async () => {
    await bench.createUser(userBody('ines', {}, { password }));
    await guess(1);
    for (let day = 0; day < 96; day += 1) {
      bench.passMinutes(15);
      expect(await outcome('wrong password')).to.equal('invalid');
    }
    expect(await outcome(password)).to.equal('ok');
  });

  it('let the owner in by their own browser while a stranger guesses each second', async () => {
    const id = await bench.createUser(userBody('ines', {}, { password }));
    const first = await signIn(password, '198.51.100.2');
    if (first.outcome !== 'ok') throw new Error(first.outcome);
    const mine = browserOf(id, first.session);
    for (let quarter = 0; quarter < 4; quarter += 1) {
      await guess(4, stranger);
      expect(await outcome(password, stranger, [mine])).to.equal('ok');
    }
    expect(await outcome(password, stranger)).to.equal('locked');
    expect(await outcome(password, stranger, [{ ...mine, ownerId: 'another' }])).to.equal('locked');
    expect(await outcome(password, stranger, [{ ...mine, validFrom: 'before' }])).to.equal('locked');
  });

  it("pause the owner's browser by its own wrong tries alone, and strangers not by them", async () => {
    const id = await bench.createUser(userBody('ines', {}, { password }));
    const first = await signIn(password);
    if (first.outcome !== 'ok') throw new Error(first.outcome);
    const mine = [browserOf(id, first.session)];
    const outcomes: string[] = [];
    for (let second = 0; second < 60; second += 1) {
      outcomes.push(await outcome('wrong password', undefined, mine));
      bench.now += 1_000;
    }
    expect(outcomes.filter((one) => one === 'invalid')).to.have.length(10);
    expect(await outcome(password, undefined, mine)).to.equal('locked');
    expect((await bench.account(id)).failedSignIns).to.equal(0);
    expect(await outcome(password)).to.equal('ok');
  });

  it('end with a proved reset', async () => {
    await bench.createUser(userBody('ines', {}, { password }));
    await guess(1, stranger);
    await bench.keys.forgotPassword(tenant, 'ines');
    await bench.keys.settled();
    const mail = (await bench.deliver()).find(({ template }) => template === 'recovery');
    expect((await bench.keys.setPassword(tenant, { token: tokenOf(mail!) }, own)).outcome).to.equal('done');
    expect(await outcome(own, stranger)).to.equal('ok');
  });

  it('keep a guesser at one place away for longer and longer, and the account open to others meanwhile', async () => {
    await bench.createUser(userBody('ines', {}, { password }));
    let looked = 0;
    let open = 0;
    for (let quarter = 0; quarter < 48; quarter += 1) {
      looked += await guess(1, stranger);
      bench.passMinutes(14);
      if ((await outcome(password, '198.51.100.2')) === 'ok') open += 1;
    }
    expect(looked).to.be.at.most(40);
    expect(open).to.be.at.least(43);
  }).timeout(60_000);

  it('take a right code after any number of wrong ones by strangers, and spend nothing', async () => {
    bench = new ProvisioningBench({ onboarding: { invitationMethod: 'emailOtp' } });
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [mail] = await bench.deliver();
    const code = String(mail!.values['code']);
    const wrong = code.startsWith('A') ? `B${code.slice(1)}` : `A${code.slice(1)}`;
    for (let second = 0; second < 300; second += 1) {
      expect(await outcome(wrong, stranger)).to.be.oneOf(['invalid', 'locked']);
      bench.now += 1_000;
    }
    expect((await bench.onboarding(id)).status).to.equal('invited');
    expect(await outcome(code, stranger)).to.equal('codeAccepted');
    expect(await outcome(code)).to.equal('codeAccepted');
  });

  it('let one place try a short code five times, and all places together a hundred times', async () => {
    const code = { length: 6, uppercase: false, lowercase: false, digits: true };
    bench = new ProvisioningBench({ onboarding: { invitationMethod: 'emailOtp', code } });
    const id = await bench.createUser(userBody('ines', { preRegistration: true }));
    const [mail] = await bench.deliver();
    const right = String(mail!.values['code']);
    const wrong = right.startsWith('1') ? `2${right.slice(1)}` : `1${right.slice(1)}`;
    const tryFrom = async (address: string, secret: string): Promise<string> => {
      bench.now += 1_000;
      return outcome(secret, address);
    };
    for (let tries = 0; tries < 5; tries += 1) await tryFrom(stranger, wrong);
    expect(await tryFrom(stranger, right)).to.be.oneOf(['invalid', 'locked']);
    expect(await tryFrom('198.51.100.2', right)).to.equal('codeAccepted');
    for (let tries = 0; tries < 93; tries += 1) await tryFrom(`192.0.2.${tries}`, wrong);
    expect((await bench.onboarding(id)).status).to.equal('invited');
    await tryFrom('192.0.2.200', wrong);
    await tryFrom('192.0.2.201', right);
    expect((await bench.onboarding(id)).status).to.equal('expired');
    expect(await tryFrom('198.51.100.2', right)).not.to.equal('codeAccepted');
    await bench.setOnboarding(id, { resend: 'again' });
    const [second] = await bench.deliver();
    expect(await tryFrom(stranger, String(second!.values['code']))).to.equal('codeAccepted');
  });

  it('give a code as many tries as keep a guess improbable', () => {
    expect(codeTries(Math.log2(1e6))).to.deep.equal({ everywhere: 100, atOnePlace: 5 });
    expect(codeTries(40)).to.deep.equal({ everywhere: 109_951_162, atOnePlace: 1_099_511 });
  });

  it('refuse nobody of 300 who sign in behind one address within ten minutes, each after a wrong try', async () => {
    for (let person = 0; person < 300; person += 1) {
      await bench.createUser(userBody(`person${person}`, {}, { password }));
      expect(await outcome('wrong password', stranger, [], `person${person}`)).to.equal('invalid');
      expect(await outcome(password, stranger, [], `person${person}`)).to.equal('ok');
      bench.now += 2_000;
    }
  }).timeout(30_000);

  it('count an IPv6 network of /64 as one address', async () => {
    for (let tries = 0; tries < 105; tries += 1)
      await outcome('wrong password', `2001:db8::${tries + 1}`, [], `nobody${tries}`);
    expect(await outcome('wrong password', '2001:db8::ffff', [], 'nobody')).to.equal('locked');
    expect(await outcome('wrong password', '2001:db8:0:1::1', [], 'nobody')).to.equal('invalid');
  });
});
