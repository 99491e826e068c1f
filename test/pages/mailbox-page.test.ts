import { expect } from 'chai';
import express from 'express';
import request from 'supertest';
import type { CapturedMail, Mailbox } from '../../src/notify/mail/mailbox.ts';
import { omit } from '../../src/base/omit.ts';
import { accountSite } from '../support/account-site.ts';

const mail: CapturedMail = {
  tenant: 'default',
  id: 'm1',
  at: '2026-11-21T10:00:00.000Z',
  to: 'ines@entra.example',
  subject: 'Set your <b>password</b>',
  text: 'Open https://keys.example/set-password?token=a&b=c now.',
  html: '<html><head><title>x</title></head><body><a href="https://keys.example/">"Go"</a></body></html>',
};

function site(mails: readonly CapturedMail[], remoteAddress = '127.0.0.1') {
  const mailbox: Mailbox = {
    put: async () => undefined,
    list: async () => mails,
    rewrite: async () => undefined,
    remove: async () => undefined,
  };
  const app = express();
  app.use((incoming, _response, next) => {
    Object.defineProperty(incoming.socket, 'remoteAddress', { value: remoteAddress, configurable: true });
    next();
  });
  app.use(accountSite({ mailbox }).app);
  return app;
}

describe('/dev/mailbox', () => {
  it('lists mails as JSON, newest first, and nothing more of them', async () => {
    const shown = { ...mail, id: 'm0' };
    const older = { ...shown, secretExtra: 'x' };
    const { body, headers } = await request(site([mail, older]))
      .get('/dev/mailbox.json')
      .set('Host', 'localhost:8080');
    expect(body).to.deep.equal([omit(mail, 'tenant'), omit(shown, 'tenant')]);
    expect(headers['cache-control']).to.equal('no-store');
  });

  it('shows a mail in a frame that runs nothing, with links that open in a new tab', async () => {
    const { text, headers } = await request(site([mail])).get('/dev/mailbox');
    expect(text).to.include('sandbox="allow-popups allow-popups-to-escape-sandbox"');
    expect(text).to.include('srcdoc="&lt;html&gt;&lt;head&gt;&lt;base target=&quot;_blank&quot;&gt;');
    expect(text).to.include(
      '<a href="https://keys.example/set-password?token=a&amp;b=c" target="_blank" rel="noopener noreferrer">',
    );
    expect(text)
      .to.include('Set your &lt;b&gt;password&lt;/b&gt;')
      .and.not.match(/<script/i);
    expect(headers['content-security-policy']).to.include("default-src 'none'");
  });

  it('opens the mail asked for, and says so when there is none', async () => {
    const other = { ...mail, id: 'm 2', subject: 'Other' };
    expect((await request(site([mail, other])).get('/dev/mailbox?mail=m%202')).text).to.include(
      '<h2 dir="auto">Other</h2>',
    );
    expect((await request(site([])).get('/dev/mailbox')).text).to.include('Nothing here yet');
  });

  for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
    it(`answers ${address}`, async () =>
      expect((await request(site([mail], address)).get('/dev/mailbox.json')).status).to.equal(200));
  }

  for (const address of ['10.0.0.1', '203.0.113.9', '::ffff:10.0.0.1', 'fe80::1', '']) {
    it(`does not exist for ${address || 'an unknown address'}`, async () => {
      for (const path of ['/dev/mailbox', '/dev/mailbox.json']) {
        const { status, headers } = await request(site([mail], address))
          .get(path)
          .set('X-Forwarded-For', '127.0.0.1');
        expect(status).to.equal(404);
        expect(headers['x-robots-tag']).to.equal(undefined);
      }
    });
  }

  for (const [header, value, status] of [
    ['Host', 'evil.example', 404],
    ['Host', 'localhost.evil.example', 404],
    ['Host', '127.0.0.1.evil.example', 404],
    ['Host', '192.168.0.4:8080', 404],
    ['X-Forwarded-For', '203.0.113.9', 404],
    ['Forwarded', 'for=203.0.113.9', 404],
    ['Host', 'localhost', 200],
    ['Host', '127.0.0.1:8080', 200],
    ['Host', '[::1]:8080', 200],
  ] as const) {
    it(`answers ${status} with ${header}: ${value}`, async () => {
      expect(
        (
          await request(site([mail]))
            .get('/dev/mailbox')
            .set(header, value)
        ).status,
      ).to.equal(status);
    });
  }

  it('does not exist while mail is really sent', async () => {
    expect((await request(accountSite().app).get('/dev/mailbox')).status).to.equal(404);
  });
});
