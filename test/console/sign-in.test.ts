import { expect } from 'chai';
import { benchPassword, ConsoleBench, hiddenOf } from '../support/console-bench.ts';
import type { ConsoleSite } from '../../src/console/console-site.ts';
import { signToken } from '../../src/base/signed-token.ts';
import { omit } from '../../src/base/omit.ts';
import { html } from '../../src/page-kit/html.ts';

const home = (site: ConsoleSite) =>
  site.page('/', {}, (visit) => ({ title: 'Home', body: html`<p>hello ${visit.me.administrator.name}</p>` }));

const owner = { name: 'Ines Okoro', email: 'ines@company.example', password: benchPassword };

async function signIn(bench: ConsoleBench, email: string, password = benchPassword) {
  const browser = bench.browser();
  return { browser, answer: await browser.submit('/sign-in', { email, password }) };
}

describe('signing in to the console', () => {
  describe('the first owner', () => {
    it('is made by the link of a start: opening it changes nothing, it works once, and a second factor follows', async () => {
      const bench = new ConsoleBench(home);
      const token = await bench.first.newToken('default');
      const path = `/start?token=${token}`;
      const browser = bench.browser();
      for (let look = 0; look < 3; look += 1) expect((await browser.get(path)).status).to.equal(200);
      expect(await bench.records.list('default')).to.have.length(0);
      const made = await browser.submit(path, owner);
      expect([made.status, made.headers['location']]).to.deep.equal([303, '/console/sign-in/enrol']);
      expect(await bench.records.list('default')).to.have.length(1);
      expect((await bench.records.list('default'))[0]).to.include({ role: 'owner', operator: true });
      expect((await browser.get('/')).headers['location'], 'not in yet').to.equal('/console/sign-in/enrol');
      expect((await bench.browser().get(path)).status).to.equal(410);
      expect(await bench.first.newToken('default'), 'no further link').to.equal(undefined);
    });

    it('is not made by a token that was never told, nor after seven days', async () => {
      const bench = new ConsoleBench(home);
      expect((await bench.browser().get('/start?token=guess')).status).to.equal(410);
      const token = await bench.first.newToken('default');
      bench.now += 7 * 86_400_000;
      expect((await bench.browser().get(`/start?token=${token}`)).status).to.equal(410);
    });

    it('is one, of two who post links of two starts at once', async () => {
      const bench = new ConsoleBench(home);
      const [one, two] = [await bench.first.newToken('default'), await bench.first.newToken('default')];
      const made = await Promise.all([
        bench.first.make('default', one!, owner, true),
        bench.first.make('default', one!, owner, true),
      ]);
      expect(made.filter((each) => each !== undefined)).to.have.length(1);
      expect(await bench.first.make('default', two!, owner, true)).to.equal(undefined);
    });

    it('says what is wrong with what was typed, and keeps it', async () => {
      const bench = new ConsoleBench(home);
      const path = `/start?token=${await bench.first.newToken('default')}`;
      const answer = await bench.browser().submit(path, { name: '', email: 'ines', password: 'ines' });
      expect(answer.status).to.equal(422);
      expect(answer.text)
        .to.include('Enter your name.')
        .and.include('at least 15 characters')
        .and.include('value="ines"');
      expect(answer.text).not.to.include('value="seven');
    });
  });

  it('takes password and code, and gives a new session at each step, so that none can be fixed before', async () => {
    const bench = new ConsoleBench(home);
    await bench.administrator('owner');
    const { browser, answer } = await signIn(bench, 'OWNER-1@company.example');
    expect(answer.headers['location']).to.equal('/console/sign-in/second');
    const half = browser.cookie;
    expect((await browser.get('/')).headers['location']).to.equal('/console/sign-in/second');
    const done = await browser.submit('/sign-in/second', { code: bench.code() });
    expect(done.headers['location']).to.equal('/console');
    expect(browser.cookie).not.to.equal(half);
    expect((await browser.get('/')).text).to.include('hello Ines owner');
    const old = bench.browser();
    old.cookie = half;
    expect((await old.get('/')).headers['location'], 'the half session is gone').to.equal('/console/sign-in');
    expect(done.headers['set-cookie']?.[0]).to.match(/^__Host-.*Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  });

  it('takes a code once, whatever the session', async () => {
    const bench = new ConsoleBench(home);
    await bench.administrator('owner');
    const code = bench.code();
    const { browser } = await signIn(bench, 'owner-1@company.example');
    expect((await browser.submit('/sign-in/second', { code })).status).to.equal(303);
    const again = await signIn(bench, 'owner-1@company.example');
    expect((await again.browser.submit('/sign-in/second', { code })).status).to.equal(401);
  });

  it('takes a recovery code in place of the app, once', async () => {
    const bench = new ConsoleBench(home);
    const administrator = await bench.administrator('owner');
    const [code = ''] = await bench.access.renewRecoveryCodes(administrator);
    const { browser } = await signIn(bench, administrator.email);
    expect((await browser.submit('/sign-in/second', { code: code.toUpperCase() })).status).to.equal(303);
    const again = await signIn(bench, administrator.email);
    expect((await again.browser.submit('/sign-in/second', { code })).status).to.equal(401);
  });

  it('demands a second factor of owners and admins, and none of helpdesk and auditors', async () => {
    for (const role of ['owner', 'admin', 'helpdesk', 'auditor'] as const) {
      const bench = new ConsoleBench(home);
      await bench.administrator(role, { id: 'x' });
      await bench.records.change('default', 'x', (before) => omit(before, 'totp'));
      const { answer } = await signIn(bench, 'x@company.example');
      const isDemanded = role === 'owner' || role === 'admin';
      expect(answer.headers['location'], role).to.equal(isDemanded ? '/console/sign-in/enrol' : '/console');
    }
  });

  it('answers an unknown address as it answers a wrong password, and refuses after many tries', async () => {
    const bench = new ConsoleBench(home);
    await bench.administrator('owner');
    const texts = [];
    for (const email of ['owner-1@company.example', 'nobody@company.example']) {
      const { answer } = await signIn(bench, email, 'wrong');
      expect(answer.status).to.equal(401);
      texts.push(answer.text.replaceAll(email, '').replace(/name="form" value="[^"]*"/, ''));
      for (let wrong = 0; wrong < 10; wrong += 1) {
        bench.now += 600_000 * Number(wrong === 9);
        await bench.access.signIn('default', email, 'wrong', { address: `198.51.100.${wrong}`, browser: '' });
      }
      expect((await signIn(bench, email)).answer.text).to.include('too many wrong tries');
    }
    expect(texts[0]).to.equal(texts[1]);
  });

  it('reads little of what a visitor sends, and sends less back', async () => {
    const bench = new ConsoleBench(home);
    await bench.administrator('owner');
    const password = 'wrong';
    const whole = await bench.browser().submit('/sign-in', { email: '"'.repeat(60_000), password });
    expect(whole.status).to.equal(413);
    expect(whole.text).to.have.length.below(20_000);
    const long = await bench.browser().submit('/sign-in', { email: '"'.repeat(5_000), password });
    expect(long.status).to.equal(401);
    expect(long.text).to.include('&quot;').and.have.length.below(20_000);
    const start = `/start?token=${await new ConsoleBench(home).first.newToken('default')}`;
    for (const path of ['/forgot-password', start, `/sign-in?next=/console/${'"'.repeat(2_000)}`]) {
      const { status, text } = await bench.browser().submit(path, { email: '"'.repeat(60_000), password });
      expect(status, path).to.be.oneOf([401, 410, 413]);
      expect(text, path).to.have.length.below(20_000);
    }
    expect((await bench.browser().get(`/sign-in?next=${'"'.repeat(2_000)}`)).text).to.have.length.below(20_000);
  });

  it('ends a session that is idle for an hour, and any after twelve', async () => {
    const bench = new ConsoleBench(home);
    const browser = await bench.signedIn('owner');
    for (let minutes = 0; minutes < 11 * 60; minutes += 50) {
      bench.now += 50 * 60_000;
      expect((await browser.get('/')).status, `after ${minutes} minutes`).to.equal(200);
    }
    bench.now += 59 * 60_000;
    expect((await browser.get('/')).headers['location']).to.equal('/console/sign-in');
    const other = await bench.signedIn('owner', { id: 'other' });
    bench.now += 61 * 60_000;
    expect((await other.get('/')).status).to.equal(303);
  });

  it('goes on to the page that was asked for, of the console alone', async () => {
    for (const [next, goesTo] of [
      ['/console/people?state=failed', '/console/people?state=failed'],
      ['https://evil.example/', '/console'],
      ['//evil.example/console', '/console'],
      ['/console/../sign-out', '/console'],
      ['/console/\\evil.example', '/console'],
      ['/consolex', '/console'],
    ] as const) {
      const bench = new ConsoleBench(home);
      await bench.administrator('auditor', { id: 'x' });
      await bench.records.change('default', 'x', (before) => omit(before, 'totp'));
      const answer = await bench
        .browser()
        .submit(`/sign-in?next=${encodeURIComponent(next)}`, { email: 'x@company.example', password: benchPassword });
      expect(answer.headers['location'], next).to.equal(goesTo);
    }
  });

  it('signs out: the session is dead, not only its cookie', async () => {
    const bench = new ConsoleBench(home);
    const browser = await bench.signedIn('owner');
    const { cookie } = browser;
    await browser.submit('/', {}, '/sign-out');
    browser.cookie = cookie;
    expect((await browser.get('/')).status).to.equal(303);
  });
});

describe('a form of the console', () => {
  const withForm = (site: ConsoleSite) => {
    home(site);
    site.page('/thing', {}, (visit) => ({ title: 'Thing', body: visit.form('/thing', html`<button>Do</button>`) }));
    site.act('/thing', {}, (visit) =>
      visit.goOn('/', { key: 'administrators.invited', values: { email: '<b>Ines</b>' } }),
    );
  };

  it('does its work and says so once, escaped', async () => {
    const bench = new ConsoleBench(withForm);
    const browser = await bench.signedIn('owner');
    const { headers } = await browser.submit('/thing', {});
    const next = headers['location'] as string;
    expect((await browser.get(next.slice('/console'.length))).text).to.include('&lt;b&gt;Ines');
    const other = await bench.signedIn('owner', { id: 'other' });
    expect((await other.get(next.slice('/console'.length))).text, 'of another session').not.to.include('&lt;b&gt;Ines');
  });

  it('is refused without its token, with that of another session or path, and from another site', async () => {
    const bench = new ConsoleBench(withForm);
    const browser = await bench.signedIn('owner');
    const other = await bench.signedIn('owner', { id: 'other' });
    const own = hiddenOf((await browser.get('/thing')).text, '/console/thing');
    const foreign = hiddenOf((await other.get('/thing')).text, '/console/thing');
    const signOut = hiddenOf((await browser.get('/thing')).text, '/console/sign-out');
    expect(own['form']).to.be.a('string');
    for (const fields of [{}, { form: 'x' }, foreign, signOut])
      expect((await browser.post('/thing', fields)).status).to.equal(403);
    expect((await browser.post('/thing', own, { 'Sec-Fetch-Site': 'cross-site' })).status).to.equal(403);
    expect((await browser.post('/thing', own, { Origin: 'https://evil.example' })).status).to.equal(403);
    expect((await browser.post('/thing', own)).status).to.equal(303);
  });

  it('changes nothing once the session has ended, and says so', async () => {
    const bench = new ConsoleBench(withForm);
    const browser = await bench.signedIn('owner');
    const own = hiddenOf((await browser.get('/thing')).text, '/console/thing');
    await bench.records.remove('default', 'owner-1');
    const answer = await browser.post('/thing', own);
    expect(answer.status).to.equal(401);
    expect(answer.text).to.include('You are signed out');
  });
});

describe('two links of two starts', () => {
  it('that are posted at the same moment make one owner', async () => {
    const bench = new ConsoleBench();
    const tokens = [await bench.first.newToken('default'), await bench.first.newToken('default')];
    const made = await Promise.all(
      tokens.map((token, n) =>
        bench.first.make('default', token!, { email: `o${n}@x.example`, name: 'O', password: benchPassword }, true),
      ),
    );
    expect(made.filter((one) => one !== undefined)).to.have.length(1);
    expect(await bench.records.list('default')).to.have.length(1);
  });
});

describe('the console of a suspended tenant', () => {
  it('shows and changes nothing for its own administrators, and is open to the operator', async () => {
    const bench = new ConsoleBench();
    const owner = await bench.signedIn('owner');
    const operator = await bench.signedIn('owner', { id: 'operator-1', operator: true });
    const { text } = await owner.get('/confirm');
    bench.isServed = false;
    for (const path of ['/', '/confirm', '/sign-in', '/nowhere']) {
      const answer = await owner.get(path);
      expect([answer.status, answer.headers['retry-after']], path).to.deep.equal([503, '300']);
      expect(answer.text).to.include('suspended');
    }
    const fields = { ...hiddenOf(text, '/console/confirm'), secret: bench.code() };
    expect((await owner.post('/confirm', fields)).status).to.equal(503);
    expect((await operator.get('/confirm')).status).to.equal(200);
    bench.isServed = true;
    expect((await owner.get('/confirm')).status).to.equal(200);
  });
});

describe('strangers who guess at the password of an administrator', () => {
  const guessedAt = 'owner-1@company.example';
  const right = { email: guessedAt, password: benchPassword };

  /** Eleven wrong tries from as many places: the account is locked for strangers. */
  const lockOut = async (bench: ConsoleBench) => {
    for (let wrong = 0; wrong < 12; wrong += 1) {
      bench.now += 600_000 * Number(wrong === 9);
      await bench.access.signIn('default', guessedAt, 'wrong', { address: `198.51.100.${wrong}`, browser: '' });
    }
  };

  /** Signs in to the end, and out: what the browser keeps is the cookie by which it is known. */
  const known = async (bench: ConsoleBench) => {
    const { browser } = await signIn(bench, guessedAt);
    expect(browser.known, 'a password alone makes no browser known').to.equal('');
    expect((await browser.submit('/sign-in/second', { code: bench.code() })).status).to.equal(303);
    await browser.submit('/', {}, '/sign-out');
    expect(browser.known).to.match(/^\w+/);
    return browser;
  };

  it('keep them out of new browsers, and not out of one in which they had signed in', async () => {
    const bench = new ConsoleBench(home);
    await bench.administrator('owner');
    const browser = await known(bench);
    await lockOut(bench);
    expect((await signIn(bench, guessedAt)).answer.status, 'a new browser').to.equal(401);
    const answer = await browser.submit('/sign-in', right);
    expect(answer.headers['location']).to.equal('/console/sign-in/second');
    expect((await signIn(bench, guessedAt)).answer.status, 'strangers are locked out as before').to.equal(401);
    bench.now += 30_000;
    expect((await browser.submit('/sign-in/second', { code: bench.code() })).headers['location']).to.equal('/console');
    await lockOut(bench);
    expect((await browser.submit('/sign-in', right)).status, 'and again').to.equal(303);
  });

  it('gain nothing by the known browser: wrong tries in it count, and lock it as any other', async () => {
    const bench = new ConsoleBench(home);
    await bench.administrator('owner');
    const browser = await known(bench);
    const texts = [];
    for (let wrong = 0; wrong < 12; wrong += 1)
      texts.push((await browser.submit('/sign-in', { ...right, password: 'wrong' })).text);
    expect(texts.filter((text) => text.includes('do not belong together'))).to.have.length.below(7);
    expect((await browser.submit('/sign-in', right)).status).to.equal(401);
    expect((await signIn(bench, guessedAt)).answer.status, 'other browsers are free').to.equal(303);
  });

  it('gain nothing by a cookie of another account, of the user pages, or that is forged', async () => {
    const bench = new ConsoleBench(home);
    await bench.administrator('owner');
    await bench.administrator('auditor', { id: 'other' });
    const other = bench.browser();
    await other.submit('/sign-in', { email: 'other@company.example', password: benchPassword });
    await other.submit('/sign-in/second', { code: bench.code() });
    await lockOut(bench);
    expect(other.known).to.match(/^\w+/);
    expect((await other.submit('/sign-in', right)).status).to.equal(401);
    const grants = JSON.stringify(['default', [['owner-1', 'x', '']]]);
    for (const [key, purpose] of [
      [bench.formKeys[0]!, 'browser'],
      [Buffer.alloc(32, 77), 'console browser'],
    ] as const) {
      other.known = signToken(key, purpose, grants, new Date(bench.now + 60_000));
      expect((await other.submit('/sign-in', right)).status, purpose).to.equal(401);
    }
  });

  it('keep them out again once the password has changed elsewhere, until they have signed in anew', async () => {
    const bench = new ConsoleBench(home);
    await bench.administrator('owner');
    const browser = await known(bench);
    bench.now += 30_000;
    const elsewhere = await signIn(bench, guessedAt);
    await elsewhere.browser.submit('/sign-in/second', { code: bench.code() });
    const me = await bench.access.current(elsewhere.browser.cookie);
    expect(await bench.access.changePassword(me!, benchPassword, 'nine quiet herons by the weir')).to.deep.equal([]);
    await lockOut(bench);
    const now = { ...right, password: 'nine quiet herons by the weir' };
    expect((await browser.submit('/sign-in', now)).status).to.equal(401);
  });
});

describe('many guesses at once', () => {
  it('at a password of the console are judged as few as one after another, known name or not', async () => {
    const bench = new ConsoleBench();
    const owner = await bench.administrator('owner');
    for (const email of [owner.email, 'nobody@company.example']) {
      const browser = bench.browser();
      const hidden = hiddenOf((await browser.get('/sign-in')).text, '/console/sign-in');
      const tries = Array.from({ length: 40 }, (_, n) => ({
        email,
        password: n === 25 ? benchPassword : `guess ${n}`,
      }));
      const answers = await Promise.all(
        tries.map((fields) => bench.browser().post('/sign-in', { ...hidden, ...fields })),
      );
      expect(
        answers.filter(({ status }) => status === 303),
        email,
      ).to.deep.equal([]);
      const judged = answers.filter(({ text }) => text.includes('do not belong together')).length;
      expect(judged, email).to.be.at.most(6);
    }
    bench.now += 60 * 60_000;
    const browser = bench.browser();
    const answer = await browser.submit('/sign-in', { email: owner.email, password: benchPassword });
    expect(answer.status).to.equal(303);
  });

  it('at the proof of a session, and at the present password, neither', async () => {
    const bench = new ConsoleBench();
    const owner = await bench.administrator('helpdesk');
    const place = { address: '192.0.2.1', browser: 'test' };
    const { session } = await bench.sessions.begin(owner, 'full', ['password'], place);
    const me = { administrator: { ...owner, totp: undefined } as never, session };
    const proofs = await Promise.all(
      Array.from({ length: 40 }, (_, n) => bench.access.prove(me, n === 25 ? benchPassword : `guess ${n}`)),
    );
    expect(proofs.filter((one) => one === 'done')).to.deep.equal([]);
    bench.now += 60 * 60_000;
    const chosen = 'nine quiet herons by the weir';
    const changes = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        bench.access.changePassword(me, n === 25 ? benchPassword : `guess ${n}`, chosen),
      ),
    );
    expect(changes.filter((one) => one !== 'wrong')).to.deep.equal([]);
  });
});

describe('a form of the console while keys are rotated', () => {
  it('is taken where it was made with a key before, and no more once that key is gone', async () => {
    const bench = new ConsoleBench();
    const [before] = bench.formKeys;
    const browser = await bench.signedIn('owner');
    const { text } = await browser.get('/confirm');
    const fields = { ...hiddenOf(text, '/console/confirm'), secret: 'wrong' };
    bench.formKeys = [Buffer.alloc(32, 11), before!];
    expect((await browser.post('/confirm', fields)).status).to.equal(401);
    bench.formKeys = [Buffer.alloc(32, 11)];
    expect((await browser.post('/confirm', fields)).status).to.equal(403);
    const again = (await browser.get('/confirm')).text;
    expect((await browser.post('/confirm', { ...hiddenOf(again, '/console/confirm'), secret: 'x' })).status).to.equal(
      401,
    );
  });
});
