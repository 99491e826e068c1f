import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeWithBrowser } from '../support/chromium.ts';
import { IssuerDouble } from '../support/issuer-double.ts';
import { launch, testToken, type Launched } from '../support/launch.ts';

describeWithBrowser('the company’s identity provider in a browser', (browser) => {
  let served: Launched;
  let double: IssuerDouble;
  let folder: string;
  let page: Page;

  async function admin(method: string, path: string, body: object): Promise<void> {
    const answer = await fetch(`${served.url}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.ok, await answer.text()).to.equal(true);
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-company-'));
    double = await IssuerDouble.start();
    double.visitor = { sub: 'u-1', email: 'ines@company.example', name: 'Ines Okoro', roles: ['latchkey-owners'] };
    served = await launch({ LATCHKEY_DATA_DIR: folder, LATCHKEY_WEBHOOK_HOSTS: '127.0.0.1' });
    await admin('PUT', '/secrets/console-oidc', { secret: double.clientSecret });
    const oidc = {
      issuer: double.issuer,
      clientId: double.clientId,
      clientSecret: 'kept:console-oidc',
      name: 'Contoso',
      roles: { 'latchkey-owners': 'owner' },
    };
    await admin('PATCH', '/settings', { console: { oidc } });
    page = await (await browser().newContext()).newPage();
    page.on('pageerror', (error) => expect.fail(`a script failed: ${error.message}`));
  });
  after(async () => {
    await page.context().close();
    await served.end('SIGTERM');
    await double.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const arriveAt = (address: string) => page.waitForURL((url) => url.href.startsWith(address));

  it('leads there and back into the console, with the session in force at once', async () => {
    await page.goto(`${served.url}/console/sign-in`);
    await page.click('form[action$="/sign-in/oidc"] button');
    await arriveAt(`${double.issuer}/authorize`);
    await page.click('#go');
    await page.waitForURL(`${served.url}/console`);
    expect(await page.textContent('body')).to.include('Ines Okoro');
    await page.goto(`${served.url}/console/account`);
    expect(new URL(page.url()).pathname).to.equal('/console/account');
  });

  it('proves the person again where something dangerous is done', async () => {
    await page.goto(`${served.url}/console/confirm?back=/console/settings`);
    await page.click('form[action*="oidc"] button, form[action*="confirm"] button');
    await arriveAt(`${double.issuer}/authorize`);
    expect(new URL(page.url()).searchParams.get('prompt')).to.equal('login');
    await page.click('#go');
    await page.waitForURL(`${served.url}/console/settings`);
  });

  it('signs out here, and shows the way to sign out there, and back', async () => {
    await page.goto(`${served.url}/console/account`);
    await page.click('form[action$="/sign-out"] button');
    await page.waitForURL(`${served.url}/console/sign-in/oidc/left`);
    await page.click('main a.button');
    await arriveAt(`${double.issuer}/sign-out`);
    await page.click('#go');
    await page.waitForURL(`${served.url}/console/sign-in`);
    await page.goto(`${served.url}/console`);
    expect(new URL(page.url()).pathname).to.equal('/console/sign-in');
  });
});
