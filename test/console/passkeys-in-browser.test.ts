import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AddressInfo } from 'node:net';
import type { CDPSession, Page } from 'playwright-core';
import { describeWithBrowser } from '../support/chromium.ts';
import { launch, ownerLink, type Launched } from '../support/launch.ts';

const password = 'seven small boats at dawn';

describeWithBrowser('passkeys in a browser', (browser) => {
  let served: Launched;
  let folder: string;
  let page: Page;
  let device: CDPSession;
  let authenticator: string;
  let base: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-passkeys-'));
    const port = await freePort();
    // Browsers make passkeys for names alone, and without TLS for this machine alone.
    base = `http://localhost:${port}`;
    served = await launch({ LATCHKEY_DATA_DIR: folder, PORT: String(port), LATCHKEY_PUBLIC_URL: base });
    page = await (await browser().newContext()).newPage();
    page.on('pageerror', (error) => expect.fail(`a script failed: ${error.message}`));
    device = await page.context().newCDPSession(page);
    await device.send('WebAuthn.enable');
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    } as const;
    ({ authenticatorId: authenticator } = await device.send('WebAuthn.addVirtualAuthenticator', { options }));
  });
  after(async () => {
    await page.context().close();
    await served.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  const path = (): string => new URL(page.url()).pathname;

  /** Presses a button and waits for the page that it leads to. */
  async function press(selector: string): Promise<void> {
    await Promise.all([page.waitForNavigation(), page.click(selector)]);
  }

  async function signIn(): Promise<void> {
    await page.goto(`${base}/console/sign-in`);
    await page.fill('#email', 'ines@company.example');
    await page.fill('#password', password);
    await press('main form button');
    expect(path()).to.equal('/console/sign-in/second');
  }

  it('the first owner sets one up in place of an app, and gets recovery codes', async () => {
    await page.goto(await ownerLink(served));
    await page.fill('#name', 'Ines Okoro');
    await page.fill('#email', 'ines@company.example');
    await page.fill('#password', password);
    await press('main form button');
    expect(path()).to.equal('/console/sign-in/enrol');
    await press('[data-passkey="create"] button');
    expect(await page.locator('.codes li').count()).to.equal(8);
    await press('main a.button');
    const { credentials } = await device.send('WebAuthn.getCredentials', { authenticatorId: authenticator });
    expect(credentials.map(({ rpId }) => rpId)).to.deep.equal(['localhost']);
  });

  it('it opens the console after the password', async () => {
    await page.goto(`${base}/console/account`);
    await press('form[action$="/sign-out"] button');
    await signIn();
    await press('[data-passkey="get"] button');
    expect(path()).to.equal('/console');
  });

  it('it proves its holder again, and the password is not asked for in its place', async () => {
    await page.goto(`${base}/console/confirm?back=/console/account`);
    expect(await page.locator('input[type="password"]').count()).to.equal(0);
    await press('[data-passkey="get"] button');
    expect(path()).to.equal('/console/account');
  });

  it('a device that does not know its person proves nothing, and the page says so', async () => {
    await page.goto(`${base}/console/account`);
    await press('form[action$="/sign-out"] button');
    await signIn();
    await device.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: false });
    await page.click('[data-passkey="get"] button');
    await page.locator('[data-passkey-fault]:not(:empty)').waitFor();
    expect(path()).to.equal('/console/sign-in/second');
    await device.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: true });
    await press('[data-passkey="get"] button');
    expect(path()).to.equal('/console');
  });

  it('another device does not open the account', async () => {
    await device.send('WebAuthn.clearCredentials', { authenticatorId: authenticator });
    await page.goto(`${base}/console/account`);
    await press('form[action$="/sign-out"] button');
    await signIn();
    await page.click('[data-passkey="get"] button');
    await page.locator('[data-passkey-fault]:not(:empty)').waitFor();
    expect(path()).to.equal('/console/sign-in/second');
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
