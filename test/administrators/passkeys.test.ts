import { expect } from 'chai';
import { accountPage } from '../../src/console/account/account-page.ts';
import { benchPassword, ConsoleBench, hiddenOf } from '../support/console-bench.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';

const site = 'https://keys.example';
type Options = { challenge: string; rp: { id: string }; rpId: string };

async function holderOf(bench: ConsoleBench, role: 'owner' | 'helpdesk' = 'owner', over: object = {}) {
  const made = await bench.administrator(role, over);
  const place = { address: '192.0.2.1', browser: 'test' };
  const { session } = await bench.sessions.begin(made, 'full', ['password'], place);
  const again = async () => ({ administrator: (await bench.records.find('default', made.id))!, session });
  return { me: { administrator: made, session }, again, place };
}

const optionsIn = (page: string): Options =>
  JSON.parse((/data-options="([^"]*)"/.exec(page)?.[1] ?? '').replaceAll('&quot;', '"')) as Options;

describe('a passkey of the console', () => {
  it('is registered once, proves its account, and counts on', async () => {
    const bench = new ConsoleBench();
    const { me, again } = await holderOf(bench);
    const device = new SoftwarePasskey(site);
    const offer = (await bench.passkeys.offer(me)) as Options;
    expect(offer.rp.id).to.equal('keys.example');
    const answer = device.create(offer);
    expect(await bench.passkeys.register(me, answer, 'Laptop')).to.have.length(8);
    expect(await bench.passkeys.register(await again(), answer, 'Laptop'), 'a challenge works once').to.equal(
      undefined,
    );
    const asked = (await bench.passkeys.ask(await again())) as Options;
    const proof = device.get(asked);
    expect(await bench.passkeys.prove(await again(), proof)).to.equal(true);
    expect(await bench.passkeys.prove(await again(), proof), 'replayed').to.equal(false);
    const [kept] = (await again()).administrator.passkeys;
    expect(kept).to.include({ name: 'Laptop', counter: 1, lastUsedAt: '2026-11-30T10:00:00.000Z' });
  });

  it('is taken for this site, this session and this challenge alone, from a device that verifies its holder', async () => {
    const bench = new ConsoleBench();
    const { me, again } = await holderOf(bench);
    const device = new SoftwarePasskey(site);
    await bench.passkeys.register(me, device.create((await bench.passkeys.offer(me)) as Options), 'Laptop');
    const ask = async () => (await bench.passkeys.ask(await again())) as Options;
    const prove = async (text: string) => bench.passkeys.prove(await again(), text);
    const elsewhere = new SoftwarePasskey('https://evil.example');
    Object.assign(elsewhere, { id: device.id });
    expect(await prove(elsewhere.get(await ask())), 'another site, another key').to.equal(false);
    expect(await prove(device.get({ ...(await ask()), rpId: 'evil.example' })), 'another RP').to.equal(false);
    await ask();
    expect(await prove(device.get({ challenge: 'AAAA', rpId: 'keys.example' })), 'another challenge').to.equal(false);
    device.verifies = false;
    expect(await prove(device.get(await ask())), 'holder not verified').to.equal(false);
    device.verifies = true;
    const late = await ask();
    bench.now += 5 * 60_000;
    expect(await prove(device.get(late)), 'after five minutes').to.equal(false);
    const own = await ask();
    const other = await bench.sessions.begin(me.administrator, 'full', ['password'], { address: '', browser: '' });
    const { administrator } = await again();
    expect(await bench.passkeys.prove({ administrator, session: other.session }, device.get(own))).to.equal(false);
    device.counter = 50;
    expect(await prove(device.get(await ask()))).to.equal(true);
    device.counter = 3;
    expect(await prove(device.get(await ask())), 'a copy counts from before').to.equal(false);
    for (const text of ['', '{', '[]', 'null', '{"id":5}', 'x'.repeat(30_000), '{"id":"a","response":{}}'])
      expect(await prove(text), text.slice(0, 20)).to.equal(false);
  });

  it('is removed, but not where it is the last second factor of an account that needs one', async () => {
    const bench = new ConsoleBench();
    const { me, again } = await holderOf(bench, 'owner', { totp: undefined });
    const device = new SoftwarePasskey(site);
    await bench.passkeys.register(me, device.create((await bench.passkeys.offer(me)) as Options), 'Laptop');
    const id = device.id.toString('base64url');
    expect(await bench.passkeys.remove(await again(), id)).to.equal(false);
    const second = new SoftwarePasskey(site);
    await bench.passkeys.register(await again(), second.create((await bench.passkeys.offer(me)) as Options), 'Phone');
    expect(await bench.passkeys.remove(await again(), id)).to.equal(true);
    expect((await again()).administrator.passkeys.map(({ name }) => name)).to.deep.equal(['Phone']);
  });

  it('is not offered where the site is known by a number', () => {
    expect(new ConsoleBench(undefined, {}, 'http://127.0.0.1:8080').passkeys.areOffered('default')).to.equal(false);
    expect(new ConsoleBench(undefined, {}, 'http://localhost:8080').passkeys.areOffered('default')).to.equal(true);
  });

  it('takes the place of the code at sign-in, is set up at the first one, and is added and removed in the account', async () => {
    const bench: ConsoleBench = new ConsoleBench((console) =>
      accountPage(console, { list: (...who) => bench.sessions.list(...who), end: async () => false }),
    );
    const { email } = await bench.administrator('owner', { totp: undefined });
    const device = new SoftwarePasskey(site);
    const browser = bench.browser();
    await browser.submit('/sign-in', { email, password: benchPassword });
    const page = (await browser.get('/sign-in/enrol')).text;
    const enrolled = await browser.post('/sign-in/enrol', {
      ...hiddenOf(page, '/console/sign-in/enrol'),
      passkey: device.create(optionsIn(page)),
    });
    expect([enrolled.status, enrolled.text.includes('class="codes"')]).to.deep.equal([200, true]);
    const again = bench.browser();
    await again.submit('/sign-in', { email, password: benchPassword });
    const second = (await again.get('/sign-in/second')).text;
    const form = hiddenOf(second, '/console/sign-in/second');
    const wrong = await again.post('/sign-in/second', { ...form, passkey: '{}' });
    expect(wrong.status).to.equal(401);
    const proved = await again.post('/sign-in/second', { ...form, passkey: device.get(optionsIn(wrong.text)) });
    expect([proved.status, proved.headers['location']]).to.deep.equal([303, '/console']);
    const account = (await again.get('/account')).text;
    expect(account).to.include('/console/account/passkey/remove');
    expect(account, 'there is no app to be removed').not.to.include('/console/account/app/remove');
  });
});
