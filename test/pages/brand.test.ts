import { expect } from 'chai';
import request from 'supertest';
import { accountSite, settings } from '../support/account-site.ts';

const branded = (brand: Partial<typeof settings.brand>) =>
  accountSite({ settingsOf: () => ({ ...settings, brand: { ...settings.brand, ...brand } }) }).app;

describe('the brand on the hosted pages', () => {
  it('has the logo in place of our mark, and lets it be loaded from its site alone', async () => {
    const app = branded({ logoUrl: 'https://cdn.harbour.example/logo.png?a="b"' });
    const { text, headers } = await request(app).get('/sign-in');
    expect(text).to.include('<img src="https://cdn.harbour.example/logo.png?a=&quot;b&quot;" alt="" height="32" />');
    expect(headers['content-security-policy']).to.include("img-src 'self' data: https://cdn.harbour.example;");
  });

  it('has the colour, by a stylesheet of ours that a browser may keep', async () => {
    const app = branded({ color: '#e30613' });
    const [, link = ''] =
      /href="(\/assets\/brand\.css\?color=e30613)"/.exec((await request(app).get('/sign-in')).text) ?? [];
    const { text, headers, status } = await request(app).get(link);
    expect([status, headers['content-type']]).to.deep.equal([200, 'text/css; charset=utf-8']);
    expect(text).to.include('--key:#e30613');
  });

  it('knows colours alone', async () => {
    for (const color of ['', 'red', '0f5f6', '0f5f63}body{display:none', '%230f5f63'])
      expect((await request(branded({})).get(`/assets/brand.css?color=${color}`)).status, color).to.equal(404);
  });
});
