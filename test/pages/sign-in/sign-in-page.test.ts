import { expect } from 'chai';
import request from 'supertest';
import { accountSite, hiddenFields } from '../../support/account-site.ts';
import { grant, person } from '../../support/fake-keys.ts';

const at = '2026-11-20T15:04:00.000Z';
const good = 'correct horse battery staple';

async function signIn(site: ReturnType<typeof accountSite>, password: string) {
  const fields = hiddenFields((await request(site.app).get('/sign-in')).text);
  return request(site.app)
    .post('/sign-in')
    .type('form')
    .send({ ...fields, userName: 'ines', password });
}

async function signedIn(site: ReturnType<typeof accountSite>): Promise<string> {
  site.keys.signIns.set('ines right', { outcome: 'ok', person: person(), lastSignInAt: at, session: grant('s1') });
  site.keys.holders.set('u1', person());
  const [cookie = ''] = [(await signIn(site, 'right')).headers['set-cookie'] ?? []].flat();
  return cookie.split(';', 1)[0] ?? '';
}

describe('/sign-in', () => {
  it('signs in with a cookie that scripts and other sites never get', async () => {
    const site = accountSite();
    const cookie = await signedIn(site);
    const answer = await signIn(site, 'right');
    expect(answer.status).to.equal(303);
    expect(answer.headers['location']).to.equal('/signed-in');
    expect([answer.headers['set-cookie']].flat()[0])
      .to.match(/; HttpOnly; Secure; SameSite=Strict$/)
      .and.include('Path=/');
    const page = await request(site.app).get('/signed-in').set('Cookie', cookie);
    expect(page.text).to.include('Ines Okoro').and.include('November 20, 2026');
  });

  for (const [outcome, words] of [
    [{ outcome: 'invalid' }, 'User name and password do not match'],
    [{ outcome: 'locked', until: '2026-11-21T10:01:00.000Z' }, 'You can try again <bdi>in about a minute</bdi>.'],
    [{ outcome: 'locked', until: '2026-11-21T10:14:01.000Z' }, 'You can try again <bdi>in 15 minutes</bdi>.'],
    [{ outcome: 'locked', until: undefined }, 'blocked for the moment'],
    [{ outcome: 'notStarted', startsAt: at }, 'Your account opens on'],
    [{ outcome: 'notStarted', startsAt: undefined }, 'not open yet'],
  ] as const) {
    it(`says "${words}" when ${JSON.stringify(outcome)}`, async () => {
      const site = accountSite();
      site.keys.signIns.set('ines pw', outcome);
      const answer = await signIn(site, 'pw');
      expect(answer.status).to.equal(422);
      expect(answer.text)
        .to.include(words)
        .and.include('role="alert"')
        .and.include('value="ines"')
        .and.not.include('value="pw"');
      expect(answer.headers['set-cookie']).to.equal(undefined);
    });
  }

  it('leads to a new password where one is due, by a ticket that is in no URL', async () => {
    const site = accountSite();
    site.keys.signIns.set('ines old', {
      outcome: 'changeRequired',
      person: person(),
      ticket: 'tick',
      expiresAt: '2026-11-21T10:15:00.000Z',
    });
    site.keys.rights.set('tick', { state: 'valid', person: person(), expiresAt: null });
    const page = await signIn(site, 'old');
    expect(page.status).to.equal(200);
    expect(page.text).to.include('choose a password of your own').and.include('action="/change-password"');
    expect(page.headers['set-cookie']).to.equal(undefined);
    const done = await request(site.app)
      .post('/change-password')
      .type('form')
      .send({ ...hiddenFields(page.text), newPassword: good, repeatPassword: good });
    expect(done.headers['location']).to.equal('/change-password/done');
    expect(site.keys.calls.at(-1)).to.deep.equal({ name: 'setPassword', args: ['tick', good] });
  });

  it('leads a one-time code to the choice of a password', async () => {
    const site = accountSite();
    site.keys.signIns.set('ines ABCD2345', {
      outcome: 'codeAccepted',
      person: person(),
      ticket: 'tick',
      expiresAt: '2026-11-21T10:15:00.000Z',
    });
    const page = await signIn(site, 'ABCD2345');
    expect(page.text).to.include('action="/set-password"').and.include('autocomplete="new-password"');
  });

  it('asks nobody when a field is empty', async () => {
    const site = accountSite();
    const answer = await signIn(site, '');
    expect(answer.text).to.include('id="password-fault"');
    expect(site.keys.calls).to.deep.equal([]);
  });
});

describe('a session', () => {
  it('ends by time, by forgery, and in the store by signing out', async () => {
    const site = accountSite();
    const cookie = await signedIn(site);
    const status = async (sent = cookie) => (await request(site.app).get('/signed-in').set('Cookie', sent)).status;
    expect(await status()).to.equal(200);
    expect(await status(`${cookie}x`)).to.equal(303);
    expect(await status('')).to.equal(303);
    const page = await request(site.app).get('/signed-in').set('Cookie', cookie);
    const out = await request(site.app)
      .post('/sign-out')
      .type('form')
      .set('Cookie', cookie)
      .send(hiddenFields(page.text, '/sign-out'));
    expect(out.headers['location']).to.equal('/signed-out');
    expect([out.headers['set-cookie']].flat()[0]).to.match(/^__Host-latchkey-session=;.*Path=\/;.*Secure/);
    expect(out.headers['clear-site-data']).to.equal('"cache", "storage"');
    expect([...site.keys.ended]).to.deep.equal(['s1']);
    expect(await status()).to.equal(303);
    site.keys.ended.clear();
    expect(await status()).to.equal(200);
    site.time.now = new Date(site.time.now.getTime() + 15 * 60_000);
    expect(await status()).to.equal(303);
  });

  it('that cannot be ended in the store is not told to have ended', async () => {
    const site = accountSite();
    const cookie = await signedIn(site);
    const page = await request(site.app).get('/signed-in').set('Cookie', cookie);
    site.keys.failure = new Error('the store is away');
    const out = await request(site.app)
      .post('/sign-out')
      .type('form')
      .set('Cookie', cookie)
      .send(hiddenFields(page.text, '/sign-out'));
    expect(out.status).to.equal(500);
    expect(out.headers['set-cookie']).to.equal(undefined);
  });

  it('gives way to the next one that the same browser begins', async () => {
    const site = accountSite();
    const cookie = await signedIn(site);
    const form = await request(site.app).get('/sign-in');
    site.keys.signIns.set('ines right', { outcome: 'ok', person: person(), lastSignInAt: at, session: grant('s2') });
    await request(site.app)
      .post('/sign-in')
      .type('form')
      .set('Cookie', cookie)
      .send({ ...hiddenFields(form.text), userName: 'ines', password: 'right' });
    expect([...site.keys.ended]).to.deep.equal(['s1']);
  });

  it('changes the password with the present one, and lives on', async () => {
    const site = accountSite();
    const cookie = await signedIn(site);
    const page = await request(site.app).get('/change-password').set('Cookie', cookie);
    expect(page.text).to.include('autocomplete="current-password"');
    const fields = { ...hiddenFields(page.text), currentPassword: 'right', newPassword: good, repeatPassword: good };
    const post = (body: Record<string, string>) =>
      request(site.app).post('/change-password').type('form').set('Cookie', cookie).send(body);
    expect((await post({ ...fields, currentPassword: '' })).text).to.include('id="currentPassword-fault"');
    site.keys.changePasswordResult = { outcome: 'wrongPassword' };
    expect((await post(fields)).text).to.include('This is not your current password.');
    site.keys.changePasswordResult = { outcome: 'refused', faults: [{ rule: 'reused' }] };
    expect((await post(fields)).text).to.include('You have used this password before.');
    site.keys.changePasswordResult = { outcome: 'done', session: grant('s2') };
    site.time.now = new Date(site.time.now.getTime() + 1000);
    const done = await post(fields);
    expect(done.headers['location']).to.equal('/change-password/done');
    site.keys.ended.add('s1');
    const renewed = [done.headers['set-cookie']].flat()[0]?.split(';', 1)[0] ?? '';
    expect((await request(site.app).get('/signed-in').set('Cookie', renewed)).status).to.equal(200);
  });

  it('takes no form that was shown to somebody else', async () => {
    const site = accountSite();
    const cookie = await signedIn(site);
    const other = accountSite();
    other.keys.signIns.set('ines right', {
      outcome: 'ok',
      person: person({ userId: 'u2' }),
      lastSignInAt: undefined,
      session: grant('s9'),
    });
    other.keys.holders.set('u2', person({ userId: 'u2' }));
    const otherCookie = [(await signIn(other, 'right')).headers['set-cookie']].flat()[0]?.split(';', 1)[0] ?? '';
    const fields = hiddenFields((await request(other.app).get('/change-password').set('Cookie', otherCookie)).text);
    const answer = await request(site.app)
      .post('/change-password')
      .type('form')
      .set('Cookie', cookie)
      .send({ ...fields, currentPassword: 'right', newPassword: good, repeatPassword: good });
    expect(answer.status).to.equal(403);
    expect(site.keys.calls.filter(({ name }) => name === 'changePassword')).to.deep.equal([]);
  });
});

describe('/forgot-password', () => {
  it('answers alike for every name', async () => {
    const { app, keys } = accountSite();
    const fields = hiddenFields((await request(app).get('/forgot-password')).text);
    const answers = await Promise.all(
      ['ines', 'nobody'].map((userName) =>
        request(app)
          .post('/forgot-password')
          .type('form')
          .send({ ...fields, userName }),
      ),
    );
    expect(
      new Set(answers.map(({ status, headers, text }) => `${status} ${headers['location']} ${text}`)).size,
    ).to.equal(1);
    expect(answers[0]?.headers['location']).to.equal('/forgot-password/sent');
    expect(keys.calls.map(({ name }) => name)).to.deep.equal(['forgotPassword', 'forgotPassword']);
    expect(
      (
        await request(app)
          .post('/forgot-password')
          .type('form')
          .send({ ...fields, userName: ' ' })
      ).status,
    ).to.equal(422);
  });
});
