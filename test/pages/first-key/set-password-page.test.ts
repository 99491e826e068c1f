import { expect } from 'chai';
import request from 'supertest';
import { accountSite, hiddenFields } from '../../support/account-site.ts';
import { person } from '../../support/fake-keys.ts';

const at = '2026-11-20T15:04:00.000Z';
const good = 'correct horse battery staple';

describe('/set-password by link', () => {
  it('shows the form for a valid link, with the user name beside the new password', async () => {
    const { app, keys } = accountSite();
    keys.rights.set('tok', { state: 'valid', person: person(), expiresAt: at });
    const { status, text, headers } = await request(app).get('/set-password?token=tok');
    expect(status).to.equal(200);
    expect(text)
      .to.include('Hello <bdi>Ines Okoro</bdi>')
      .and.include('November 20, 2026')
      .and.include('At least 15 characters.')
      .and.not.include('last 5 passwords');
    expect(text).to.match(
      /<input\s[^>]*id="userName"[^>]*autocomplete="username"[^>]*value="ines@entra.example"\s+readonly/s,
    );
    expect(text.match(/autocomplete="new-password"/g)).to.have.length(1);
    expect(text).not.to.match(/<script>|onpaste|javascript:/i);
    expect(headers['location']).to.equal(undefined);
  });

  it('stores the password and goes on to a page without secrets', async () => {
    const { app, keys } = accountSite();
    keys.rights.set('tok', { state: 'valid', person: person({ locales: ['de'] }), expiresAt: null });
    const fields = hiddenFields((await request(app).get('/set-password?token=tok')).text);
    const answer = await request(app)
      .post('/set-password')
      .type('form')
      .send({ ...fields, newPassword: good, repeatPassword: good });
    expect(answer.status).to.equal(303);
    expect(answer.headers['location']).to.equal('/set-password/done?lang=de');
    expect(keys.calls).to.deep.equal([{ name: 'setPassword', args: ['tok', good] }]);
    const done = await request(app).get('/set-password/done?lang=de');
    expect(done.text)
      .to.include('lang="de"')
      .and.include('Ihr Passwort ist gespeichert')
      .and.include('href="/sign-in?lang=de"');
  });

  it('consumes nothing when opened, by GET or HEAD, or posted empty', async () => {
    const { app, keys } = accountSite();
    keys.rights.set('tok', { state: 'valid', person: person(), expiresAt: null });
    const fields = hiddenFields((await request(app).get('/set-password?token=tok')).text);
    expect((await request(app).head('/set-password?token=tok')).status).to.equal(200);
    for (const body of [
      {},
      fields,
      { ...fields, newPassword: '', repeatPassword: '' },
      { token: 'tok' },
      { ...fields, repeatPassword: good },
    ]) {
      const { status, text } = await request(app).post('/set-password').type('form').send(body);
      expect(status).to.be.oneOf([403, 422]);
      expect(text).to.include('role="alert"');
    }
    expect(keys.calls).to.deep.equal([]);
  });

  it('says beside the field what is wrong, and never sends a password back', async () => {
    const { app, keys } = accountSite();
    keys.rights.set('tok', { state: 'valid', person: person(), expiresAt: null });
    keys.setPasswordResult = {
      outcome: 'refused',
      person: person(),
      faults: [{ rule: 'tooShort', min: 15 }, { rule: 'personal' }],
    };
    const fields = hiddenFields((await request(app).get('/set-password?token=tok')).text);
    const { status, text } = await request(app)
      .post('/set-password')
      .type('form')
      .send({ ...fields, newPassword: 'ines-secret', repeatPassword: 'ines-secret' });
    expect(status).to.equal(422);
    expect(text).to.match(
      /id="newPassword"[^>]*aria-describedby="newPassword-hint newPassword-fault"[^>]*aria-invalid="true"/s,
    );
    expect(text)
      .to.match(
        /id="newPassword-fault" role="alert"><span>Use at least 15 characters\. This password is mostly made of/,
      )
      .and.match(/id="newPassword"[^>]*autofocus/s);
    expect(text).not.to.include('ines-secret');
    const mismatch = await request(app)
      .post('/set-password')
      .type('form')
      .send({ ...fields, newPassword: good, repeatPassword: 'other' });
    expect(mismatch.text).to.match(/id="newPassword-fault"[^>]*><span>The two passwords are not the same\./);
    expect(keys.calls).to.have.length(1);
  });

  it('keeps its link in the address of a refused form, so that it can be reloaded', async () => {
    const { app, keys } = accountSite();
    keys.rights.set('tok', { state: 'valid', person: person({ locales: ['de'] }), expiresAt: null });
    const { text } = await request(app).get('/set-password?token=tok&lang=de');
    expect(text).to.include('action="/set-password?token=tok&amp;lang=de"');
    const refused = await request(app).post('/set-password?token=tok&lang=de').type('form').send(hiddenFields(text));
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('action="/set-password?token=tok&amp;lang=de"');
    // What is left of the form in a browser that lost its fields is still the link.
    const { status, text: again } = await request(app).post('/set-password?token=tok').type('form').send({});
    expect([status, again.includes('autocomplete="new-password"')]).to.deep.equal([403, true]);
  });

  it('speaks of earlier passwords only to people who have had one of their own', async () => {
    const { app, keys } = accountSite();
    for (const ownPasswordBefore of [true, false]) {
      keys.rights.set('tok', { state: 'valid', person: person(), expiresAt: null, ownPasswordBefore });
      const { text } = await request(app).get('/set-password?token=tok');
      expect(text.includes('Not one of your last 5 passwords.')).to.equal(ownPasswordBefore);
    }
  });

  for (const [state, status, words, way] of [
    ['expired', 410, 'This link has expired', 'Send me a new message'],
    ['superseded', 410, 'There is a newer message', 'Send me a new message'],
    ['used', 410, 'This link has been used', 'Go to sign-in'],
    ['cancelled', 410, 'This link was withdrawn', 'people who look after'],
    ['locked', 410, 'Too many wrong codes', 'Send me a new message'],
    ['notYet', 200, 'A little early', 'Need help?'],
  ] as const) {
    it(`has its own words, a date and a way on for a link that is ${state}`, async () => {
      const { app, keys } = accountSite();
      keys.rights.set('tok', { state, at, person: person({ timezone: 'Asia/Tokyo' }) });
      const answer = await request(app).get('/set-password?token=tok');
      expect(answer.status).to.equal(status);
      expect(answer.text)
        .to.include(`<h1>${words}</h1>`)
        .and.include(way)
        .and.match(/November 21, 2026 at 12:04\sAM GMT\+9/);
      expect(answer.text).not.to.include('new-password');
      expect(
        (
          await request(app)
            .post('/set-password')
            .type('form')
            .send({ token: 'tok', newPassword: good, repeatPassword: good })
        ).status,
      ).to.equal(status);
      expect(keys.calls).to.deep.equal([]);
    });
  }

  it('does not know unknown, empty and doubled tokens', async () => {
    const { app } = accountSite();
    for (const query of ['token=nope', 'token=', 'token=a&token=b', 'token[x]=a']) {
      const { status, text } = await request(app).get(`/set-password?${query}`);
      if (query.startsWith('token[')) expect(status).to.equal(200);
      else expect(status, query).to.equal(404);
      expect(text).to.include('<h1>');
    }
  });

  it('tells who lost a race what became of the link', async () => {
    const { app, keys } = accountSite();
    keys.rights.set('tok', { state: 'valid', person: person(), expiresAt: null });
    keys.setPasswordResult = { outcome: 'void', right: { state: 'used', person: person(), at } };
    const fields = hiddenFields((await request(app).get('/set-password?token=tok')).text);
    const answer = await request(app)
      .post('/set-password')
      .type('form')
      .send({ ...fields, newPassword: good, repeatPassword: good });
    expect(answer.status).to.equal(410);
    expect(answer.text).to.include('This link has been used');
  });

  it('escapes hostile names and tokens', async () => {
    const { app, keys } = accountSite();
    const hostile = '"><script>alert(1)</script>';
    keys.rights.set('tok', {
      state: 'valid',
      person: person({ displayName: hostile, userName: hostile }),
      expiresAt: null,
    });
    expect((await request(app).get('/set-password?token=tok')).text).not.to.include('<script>');
    keys.rights.set(hostile, { state: 'expired', person: person(), at });
    expect((await request(app).get(`/set-password?token=${encodeURIComponent(hostile)}`)).text).not.to.include(
      '<script>',
    );
    expect((await request(app).get(`/set-password/done?lang=${encodeURIComponent(hostile)}`)).text).not.to.include(
      '<script>',
    );
    expect((await request(app).post('/sign-in').type('form').send({ userName: hostile })).text).not.to.include(
      '<script>',
    );
  });
});

describe('/set-password by code', () => {
  it('asks for user name and code, then for the password, and never shows the code', async () => {
    const { app, keys } = accountSite();
    keys.signIns.set('ines ABCD2345', {
      outcome: 'codeAccepted',
      person: person(),
      ticket: 'tick',
      expiresAt: '2026-11-21T10:15:00.000Z',
    });
    keys.rights.set('tick', { state: 'valid', person: person(), expiresAt: null });
    const first = await request(app).get('/set-password');
    expect(first.text).to.include('autocomplete="username"').and.include('autocomplete="one-time-code"');
    const second = await request(app)
      .post('/set-password')
      .type('form')
      .send({ ...hiddenFields(first.text), userName: ' ines ', code: 'ABCD 2345' });
    expect(second.status).to.equal(200);
    expect(second.text).to.include('autocomplete="new-password"').and.not.include('ABCD');
    const third = await request(app)
      .post('/set-password')
      .type('form')
      .send({ ...hiddenFields(second.text), newPassword: good, repeatPassword: good });
    expect(third.headers['location']).to.equal('/set-password/done');
    expect(keys.calls.at(-1)).to.deep.equal({ name: 'setPassword', args: ['tick', good] });
  });

  it('refuses a wrong code, and starts over with a ticket that has run out', async () => {
    const { app } = accountSite();
    const fields = hiddenFields((await request(app).get('/set-password')).text);
    const wrong = await request(app)
      .post('/set-password')
      .type('form')
      .send({ ...fields, userName: 'ines', code: 'WRONG234' });
    expect(wrong.status).to.equal(422);
    expect(wrong.text)
      .to.include('User name and code do not match')
      .and.include('value="ines"')
      .and.not.include('WRONG234');
    const stale = await request(app)
      .post('/set-password')
      .type('form')
      .send({ ...fields, ticket: 'old', newPassword: good, repeatPassword: good });
    expect(stale.status).to.equal(403);
    expect(stale.text).to.include('open for too long').and.include('one-time-code');
  });
});

describe('/send-new', () => {
  it('sends a new message only when the button was pressed', async () => {
    const { app, keys } = accountSite();
    keys.rights.set('tok', { state: 'expired', person: person(), at });
    const fields = hiddenFields((await request(app).get('/set-password?token=tok')).text, '/send-new');
    const scanner = await request(app).post('/send-new').type('form').send(fields);
    expect(scanner.status).to.equal(422);
    expect(keys.calls).to.deep.equal([]);
    const answer = await request(app)
      .post('/send-new')
      .type('form')
      .send({ ...hiddenFields(scanner.text, '/send-new'), send: 'new' });
    expect(answer.status).to.equal(303);
    expect(answer.headers['location']).to.equal('/forgot-password/sent');
    expect(keys.calls).to.deep.equal([{ name: 'renew', args: ['tok'] }]);
  });
});
