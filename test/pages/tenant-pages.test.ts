import { expect } from 'chai';
import express, { Router } from 'express';
import request from 'supertest';
import { loadLocales } from '../../src/text/locales.ts';
import { packageFile } from '../../src/base/package-root.ts';
import { pagesOfNowhere } from '../../src/pages/account-pages.ts';
import { tenantPages } from '../../src/pages/tenant-pages.ts';
import { settings } from '../support/account-site.ts';
import { FakeKeys } from '../support/fake-keys.ts';
import { FakeReveals } from '../support/fake-reveals.ts';

const locales = loadLocales(packageFile('locales'));

describe('the pages of tenants', () => {
  const app = express();
  app.set('query parser', false);
  app.use(
    tenantPages({
      tenantOf: async ({ path }) => (path.startsWith('/acme') ? 'acme' : undefined),
      pagesOf: (tenant) => Router().use((_request, response) => void response.send(`pages of ${tenant}`)),
      nowhere: pagesOfNowhere({
        keys: new FakeKeys(),
        reveals: new FakeReveals(),
        tenant: 'default',
        settingsOf: () => settings,
        localesFor: () => locales,
        publicUrl: 'https://keys.example',
        signingKeys: () => [Buffer.alloc(32, 7)],
        clock: { now: () => new Date(), newId: () => 'id' },
        report: () => undefined,
      }),
    }),
  );
  app.use((_request, response) => void response.status(404).json({ status: '404' }));

  it("are each tenant's own", async () => {
    expect((await request(app).get('/acme/sign-in')).text).to.equal('pages of acme');
  });

  it('tell browsers by a page that there is no such tenant, and clients by JSON', async () => {
    const page = await request(app).get('/none/sign-in').set('Accept', 'text/html');
    expect(page.status).to.equal(404);
    expect(page.text).to.include('<h1>').and.not.include('<form');
    expect(page.headers['content-security-policy']).to.include("default-src 'none'");
    const json = await request(app).get('/none/sign-in').set('Accept', 'application/json');
    expect(json.body).to.deep.equal({ status: '404' });
    expect((await request(app).post('/none/sign-in')).body).to.deep.equal({ status: '404' });
  });
});
