import { expect } from 'chai';
import request from 'supertest';
import { accountSite, hiddenFields } from '../support/account-site.ts';
import { routesOf } from '../support/router-walk.ts';
import { person } from '../support/fake-keys.ts';

const routes = routesOf(accountSite().app.router as { readonly stack?: readonly unknown[] });
const paths = (method: string) => [
  ...new Set(routes.filter(({ methods }) => methods.includes(method)).map(({ path }) => path)),
];
const policy =
  "default-src 'none';style-src 'self';script-src 'self';img-src 'self' data:;form-action 'self';frame-ancestors 'none';base-uri 'none'";

describe('every page', () => {
  it('is found by walking the router', () => {
    expect(paths('get')).to.include.members(['/', '/set-password', '/sign-in', '/signed-in', '/forgot-password/sent']);
    expect(paths('post')).to.include.members(['/set-password', '/send-new', '/sign-in', '/sign-out', '/verify-email']);
  });

  for (const path of [...paths('get').filter((one) => !one.startsWith('/assets/')), '/set-password?token=x', '/none']) {
    it(`${path} is strict, uncached and without script of others`, async () => {
      const { text, headers } = await request(accountSite().app).get(path).set('Accept', 'text/html,*/*;q=0.8');
      expect(headers['content-security-policy']).to.equal(policy);
      expect(headers).to.include({
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
      expect(headers['x-robots-tag']).to.include('noindex');
      if (!headers['content-type']?.startsWith('text/html')) return;
      expect(text)
        .to.match(/^<!doctype html>\s*<html lang="en" dir="ltr">/)
        .and.not.match(
          /<script(?! src="\/assets\/latchkey\.js\?v=[\w-]{16}" defer><\/script>)|\son\w+=|\sstyle=|<style/i,
        );
    });
  }

  for (const path of paths('post')) {
    it(`${path} takes a form only from ourselves, limited, with the same headers`, async () => {
      const limited: string[] = [];
      const { app } = accountSite({
        limit: (asked, _response, next) => {
          limited.push(asked.path);
          next();
        },
      });
      const { status, headers } = await request(app)
        .post(path)
        .set('Sec-Fetch-Site', 'cross-site')
        .type('form')
        .send({ form: 'x' });
      expect(status).to.equal(403);
      expect(limited).to.deep.equal([path]);
      expect(headers['content-security-policy']).to.equal(policy);
      expect(headers['cache-control']).to.equal('no-store');
    });
  }

  it('leads a browser from / to the sign-in page, and tells it by a page what is not there', async () => {
    const { app } = accountSite();
    const front = await request(app).get('/').set('Accept', 'text/html');
    expect([front.status, front.headers['location']]).to.deep.equal([303, '/sign-in']);
    const none = await request(app).get('/nothing/here').set('Accept', 'text/html').set('Accept-Language', 'de');
    expect(none.status).to.equal(404);
    expect(none.text).to.include('Diese Seite gibt es nicht').and.include('href="/sign-in"');
    expect((await request(app).get('/robots.txt')).text).to.equal('User-agent: *\nDisallow: /\n');
  });

  it('leaves everything else alone', async () => {
    const { app } = accountSite();
    app.use((_request, response) => {
      response.json({ scim: true });
    });
    const { headers, body } = await request(app).get('/scim/v2/Users');
    expect(body).to.deep.equal({ scim: true });
    expect(headers['content-security-policy']).to.equal(undefined);
  });

  it('speaks the language of the record, then the link, the browser, the tenant', async () => {
    const { app, keys } = accountSite();
    keys.rights.set('ar', { state: 'valid', person: person({ locales: ['ar-EG'] }), expiresAt: null });
    expect((await request(app).get('/set-password?token=ar').set('Accept-Language', 'de')).text).to.include(
      '<html lang="ar" dir="rtl">',
    );
    expect((await request(app).get('/sign-in?lang=he').set('Accept-Language', 'de')).text).to.include(
      '<html lang="he" dir="rtl">',
    );
    expect((await request(app).get('/sign-in').set('Accept-Language', 'xx, fr-CA;q=0.9, de;q=0.5')).text).to.include(
      '<html lang="fr" dir="ltr">',
    );
    expect((await request(app).get('/sign-in').set('Accept-Language', '*')).text).to.include('<html lang="en"');
  });

  it('takes the first subtags of a language, and ten languages of a browser, whatever their number', async () => {
    const { app } = accountSite();
    expect((await request(app).get(`/sign-in?lang=de${'-x'.repeat(6000)}`)).text)
      .to.include('<html lang="de"')
      .and.include('href="/set-password?lang=de"');
    expect(
      (
        await request(app)
          .get(`/sign-in?lang=${'-'.repeat(12_000)}`)
          .set('Accept-Language', 'fr')
      ).text,
    ).to.include('<html lang="fr"');
    expect(
      (
        await request(app)
          .get('/sign-in')
          .set('Accept-Language', `xx,de${',xy'.repeat(4000)}`)
      ).text,
    ).to.include('<html lang="de"');
    expect(
      (
        await request(app)
          .get('/sign-in')
          .set('Accept-Language', `${'xx,'.repeat(4000)}de`)
      ).text,
    ).to.include('<html lang="en"');
  });

  it('goes on without a body, whatever media types a browser takes', async () => {
    const answer = await request(accountSite().app).get('/sign-out?lang=de').set('Accept', 'a/b,'.repeat(3000));
    expect([answer.status, answer.headers['location'], answer.text, answer.headers['vary']]).to.deep.equal([
      303,
      '/signed-in?lang=de',
      '',
      undefined,
    ]);
  });

  it('survives time zones and languages that there are none of', async () => {
    const { app, keys } = accountSite();
    keys.rights.set('odd', {
      state: 'expired',
      person: person({ locales: ['x', '???', '-'], timezone: 'Mars/Olympus' }),
      at: '2026-11-20T15:04:00Z',
    });
    expect((await request(app).get('/set-password?token=odd')).text).to.match(/3:04\sPM UTC/);
  });
});

describe('a posted form', () => {
  const send = (headers: Record<string, string>) => {
    const { app, keys } = accountSite();
    return request(app)
      .get('/forgot-password')
      .then(({ text }) =>
        request(app)
          .post('/forgot-password')
          .set(headers)
          .type('form')
          .send({ ...hiddenFields(text), userName: 'ines' })
          .then(({ status }) => ({ status, calls: keys.calls.length })),
      );
  };

  const ours: readonly Record<string, string>[] = [
    {},
    { 'Sec-Fetch-Site': 'same-origin' },
    { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' },
    { 'Sec-Fetch-Site': 'none' },
    { Origin: 'null' },
    { Origin: 'https://keys.example' },
    { Origin: 'http://127.0.0.1:9', Host: '127.0.0.1:9' },
  ];
  for (const headers of ours) {
    it(`is taken with ${JSON.stringify(headers)}`, async () =>
      expect(await send(headers)).to.deep.equal({ status: 303, calls: 1 }));
  }

  const foreign: readonly Record<string, string>[] = [
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://evil.example' },
    { Origin: 'https://keys.example.evil.example' },
    { Origin: 'nonsense' },
    { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://keys.example' },
  ];
  for (const headers of foreign) {
    it(`is refused with ${JSON.stringify(headers)}`, async () =>
      expect(await send(headers)).to.deep.equal({ status: 403, calls: 0 }));
  }

  it('needs our own token, made for this very form, not older than half a day', async () => {
    const { app, keys, time } = accountSite();
    const { form = '' } = hiddenFields((await request(app).get('/forgot-password')).text);
    const foreign = hiddenFields((await request(app).get('/sign-in')).text);
    const post = async (token: string) =>
      (await request(app).post('/forgot-password').type('form').send({ form: token, userName: 'ines' })).status;
    expect(await post('')).to.equal(403);
    expect(await post(foreign['form'] ?? '')).to.equal(403);
    time.now = new Date(time.now.getTime() + 12 * 60 * 60_000);
    expect(await post(form)).to.equal(403);
    expect(keys.calls).to.deep.equal([]);
  });

  it('must be urlencoded, small and readable; what is not is answered with a page', async () => {
    const { app, keys } = accountSite();
    const status = async (type: string, body: string) => {
      const answer = await request(app).post('/sign-in').set('Content-Type', type).send(body);
      expect(answer.headers['content-type']).to.equal('text/html; charset=utf-8');
      return answer.status;
    };
    expect(await status('application/json', '{"userName":"ines"}')).to.equal(415);
    expect(await status('text/plain', 'userName=ines')).to.equal(415);
    expect(await status('multipart/form-data; boundary=x', '--x--')).to.equal(415);
    expect(await status('application/x-www-form-urlencoded', `userName=${'a'.repeat(17_000)}`)).to.equal(413);
    expect(await status('application/x-www-form-urlencoded', 'a=1&'.repeat(30))).to.equal(413);
    expect(
      await status('application/x-www-form-urlencoded', '__proto__=1&userName=a&userName=b&constructor=%'),
    ).to.equal(403);
    expect(keys.calls).to.deep.equal([]);
  });

  it('is limited where a limit is given, with a page', async () => {
    const { app, keys } = accountSite({
      limit: (_request, _response, next) => next(Object.assign(new Error('slow down'), { status: 429 })),
    });
    const { status, text } = await request(app).post('/sign-in').type('form').send({ userName: 'a', password: 'b' });
    expect(status).to.equal(429);
    expect(text).to.include('One moment, please');
    expect((await request(app).get('/sign-in')).status).to.equal(200);
    expect(keys.calls).to.deep.equal([]);
  });
});

describe('trouble of our own', () => {
  it('is reported, and answered with a page that tells nothing', async () => {
    const { app, keys, reported } = accountSite();
    keys.failure = new Error('secret detail');
    const { status, text } = await request(app).get('/set-password?token=x');
    expect(status).to.equal(500);
    expect(text).to.include('not your fault').and.not.include('secret detail');
    expect(reported).to.deep.equal([keys.failure]);
    keys.failure = Object.assign(new Error('down'), { name: 'StoreUnavailableError' });
    expect((await request(app).get('/set-password?token=x')).status).to.equal(503);
  });
});

describe('assets', () => {
  it('are immutable under their hash, and checked by ETag without it', async () => {
    const { app } = accountSite();
    const [, href = ''] = /rel="stylesheet" href="([^"]+)"/.exec((await request(app).get('/sign-in')).text) ?? [];
    const hashed = await request(app).get(href);
    expect(hashed.headers['content-type']).to.equal('text/css; charset=utf-8');
    expect(hashed.headers['cache-control']).to.include('immutable');
    const plain = await request(app).get('/assets/latchkey.css');
    expect(plain.headers['cache-control']).to.equal('no-cache');
    expect(
      (
        await request(app)
          .get('/assets/latchkey.css')
          .set('If-None-Match', plain.headers['etag'] ?? '')
      ).status,
    ).to.equal(304);
    expect((await request(app).get('/assets/latchkey.svg')).status).to.equal(200);
    expect((await request(app).get('/assets/..%2fpackage.json')).status).to.equal(404);
  });

  it('and all links stand below the path of the public URL', async () => {
    const { app } = accountSite({ publicUrl: 'https://keys.example/first-key/' });
    const { text } = await request(app).get('/sign-in');
    expect(text)
      .to.include('href="/first-key/assets/latchkey.css?v=')
      .and.include('action="/first-key/sign-in"')
      .and.include('href="/first-key/forgot-password"');
  });
});
