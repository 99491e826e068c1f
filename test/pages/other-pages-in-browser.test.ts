import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { checkedLanguages, pageLanguages } from '../support/page-languages.ts';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { CapturedMail } from '../../src/notify/mail/mailbox.ts';
import type { SecondProof } from '../../src/provisioning/access/second-proof.ts';
import { accountSite } from '../support/account-site.ts';
import { describeWithBrowser } from '../support/chromium.ts';
import { grant, person } from '../support/fake-keys.ts';

const proofs: readonly SecondProof[] = ['userName', 'employeeNumber', 'code'];
const phone = { width: 360, height: 640 };
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const longName = 'Maximiliane Wilhelmina von Hohenzollern-Sigmaringen und zu Bayern';
/** Pictures of the pages for people to look at go here, where it is set. */
const pictures = process.env['PAGE_PICTURES'];

const mail: CapturedMail = {
  tenant: 'default',
  id: 'm1',
  at: '2026-11-21T10:00:00.000Z',
  to: 'maximiliane.wilhelmina@hohenzollern-sigmaringen.example',
  subject: 'Set your password for Harbour',
  text: 'Open https://keys.example/set-password?token=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz now.',
  html: '<html lang="en"><head><title>x</title></head><body><p>Hello</p><a href="https://keys.example/">Go</a></body></html>',
};

/** The lowest edges of the first form, the heading, and what does not fit. */
const measure = `(() => {
  const low = (element) => Math.round(element.getBoundingClientRect().bottom);
  const form = document.querySelector('main form');
  const shown = [...(form?.querySelectorAll('input:not([type=hidden]):not([tabindex="-1"]), button[type=submit]') ?? [])];
  return {
    lowest: Math.max(low(document.querySelector('h1')), ...shown.slice(0, 4).map(low)),
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
})()`;

describeWithBrowser('the other pages in a browser', (browser) => {
  let server: Server;
  let url: string;
  const open: Page[] = [];

  beforeEach(async () => {
    const site = accountSite({
      publicUrl: 'http://127.0.0.1:8080',
      mailbox: {
        put: async () => undefined,
        list: async () => [mail, { ...mail, id: 'm2', subject: 'Another' }],
        rewrite: async () => undefined,
        remove: async () => undefined,
      },
    });
    const { keys, reveals } = site;
    for (const language of new Set([...pageLanguages, 'en'])) {
      const who = person({ locales: [language], displayName: longName, userName: 'maximiliane@hohenzollern.example' });
      const at = '2026-11-22T15:04:00.000Z';
      keys.rights.set(`tok-${language}`, { state: 'valid', person: who, expiresAt: at });
      for (const proof of proofs)
        reveals.rights.set(`${proof}-${language}`, { state: 'valid', person: who, expiresAt: at, proof });
    }
    const who = person({ displayName: longName });
    keys.signIns.set('ines in', { outcome: 'ok', person: who, lastSignInAt: undefined, session: grant('s1') });
    keys.signIns.set('ines mailed', {
      outcome: 'changeRequired',
      person: who,
      ticket: 'tok-en',
      expiresAt: '2026-11-21T10:15:00.000Z',
    });
    keys.holders.set('u1', who);
    server = createServer(site.app).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const page of open.splice(0)) await page.context().close();
    server.closeAllConnections();
    server.close();
  });

  async function newPage(options: BrowserContextOptions): Promise<Page> {
    const page = await (await browser().newContext(options)).newPage();
    page.on('pageerror', (error) => expect.fail(`a script failed: ${error.message}`));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) expect.fail(message.text());
    });
    open.push(page);
    return page;
  }

  async function press(page: Page): Promise<void> {
    await Promise.all([page.waitForNavigation(), page.click('main form button[type=submit]')]);
  }

  async function signIn(page: Page, language: string, password: string): Promise<void> {
    await page.goto(`${url}/sign-in?lang=${language}`);
    await page.fill('#userName', 'ines');
    await page.fill('#password', password);
    await press(page);
  }

  /** Each of these pages in a language, as it is opened and as it is after a refusal. */
  async function eachPage(page: Page, language: string, look: (name: string) => Promise<void>): Promise<void> {
    await page.goto(`${url}/verify-email?token=tok-${language}`);
    await look('verify-email');
    for (const proof of proofs) {
      await page.goto(`${url}/reveal-password?token=${proof}-${language}`);
      await look(`reveal-password by ${proof}`);
      await press(page);
      await look(`reveal-password by ${proof}, refused`);
    }
    await page.goto(`${url}/reveal-password?token=userName-${language}`);
    await page.fill('#userName', 'ines');
    await press(page);
    await look('reveal-password, shown');
    await signIn(page, language, 'mailed');
    await look('change-password, forced');
    await signIn(page, language, 'in');
    await look('signed-in');
    await page.goto(`${url}/change-password?lang=${language}`);
    await look('change-password');
    await press(page);
    await look('change-password, refused');
    await page.context().clearCookies();
  }

  for (const language of pageLanguages) {
    it(`have heading, fields and button on the first screen of a phone, refused or not: ${language}`, async () => {
      const page = await newPage({ viewport: phone });
      await eachPage(page, language, async (name) => {
        if (pictures !== undefined)
          await page.screenshot({ path: `${pictures}/${name.replace(/\W+/g, '-')}.${language}.png` });
        const places = await page.evaluate<{ lowest: number; overflow: number }>(measure);
        expect(places.overflow, name).to.equal(0);
        expect(places.lowest, `${name}: ${JSON.stringify(places)}`).to.be.at.most(phone.height);
      });
    });
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`have no fault that axe finds, in ${colorScheme} colours`, async () => {
      const page = await newPage({ viewport: { width: 390, height: 844 }, colorScheme });
      const judge = async (name: string) => {
        await page.evaluate(axe);
        const found = await page.evaluate<string[]>(
          `axe.run(document, { iframes: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
        );
        expect(found, name).to.deep.equal([]);
      };
      for (const language of checkedLanguages(colorScheme)) await eachPage(page, language, judge);
      for (const viewport of [
        { width: 360, height: 640 },
        { width: 1440, height: 900 },
      ]) {
        await page.setViewportSize(viewport);
        await page.goto(`${url}/dev/mailbox`);
        if (pictures !== undefined)
          await page.screenshot({ path: `${pictures}/mailbox.${viewport.width}.${colorScheme}.png` });
        await judge(`mailbox at ${viewport.width}`);
        expect(
          await page.evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`),
        ).to.equal(0);
      }
    });
  }
});
