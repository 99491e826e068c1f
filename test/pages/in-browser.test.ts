import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { checkedLanguages, pageLanguages } from '../support/page-languages.ts';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { accountSite } from '../support/account-site.ts';
import { describeWithBrowser } from '../support/chromium.ts';
import { grant, person } from '../support/fake-keys.ts';

const phone = { width: 360, height: 640 };
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const save = 'main form button[type=submit]';
const longName = 'Maximiliane Wilhelmina von Hohenzollern-Sigmaringen und zu Bayern';

/** Where a page has its first form: the lower edges, in pixels from the top, and what does not fit. */
interface Places {
  readonly heading: number;
  readonly fields: readonly number[];
  readonly button: number;
  readonly overflow: number;
  readonly scrolled: number;
  readonly focus: string;
}

const measure = `(() => {
  const low = (element) => Math.round(element.getBoundingClientRect().bottom);
  const form = document.querySelector('main form');
  const fields = [...form.querySelectorAll('input:not([type=hidden]):not([tabindex="-1"])')];
  return {
    heading: low(document.querySelector('h1')),
    fields: fields.map(low),
    button: low(form.querySelector('button[type=submit]')),
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    scrolled: Math.round(scrollY),
    focus: document.activeElement.id,
  };
})()`;

describeWithBrowser('the pages in a browser', (browser) => {
  let server: Server;
  let url: string;
  let site: ReturnType<typeof accountSite>;
  const open: Page[] = [];

  beforeEach(async () => {
    site = accountSite();
    server = createServer(site.app).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const language of new Set([...pageLanguages, 'en'])) {
      const who = person({ locales: [language], displayName: longName, userName: 'maximiliane@hohenzollern.example' });
      site.keys.rights.set(`tok-${language}`, { state: 'valid', person: who, expiresAt: '2026-11-22T15:04:00.000Z' });
      site.keys.rights.set(`old-${language}`, { state: 'expired', person: who, at: '2026-11-20T15:04:00.000Z' });
    }
    site.keys.setPasswordResult = {
      outcome: 'refused',
      person: person(),
      faults: [{ rule: 'tooShort', min: 15 }, { rule: 'personal' }],
    };
    site.keys.signIns.set('ines in', {
      outcome: 'ok',
      person: person(),
      lastSignInAt: undefined,
      session: grant('s1'),
    });
    site.keys.holders.set('u1', person({ displayName: longName }));
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

  async function press(page: Page, selector = save): Promise<void> {
    await Promise.all([page.waitForNavigation(), page.click(selector)]);
  }

  /** Each page with a form, in a language, and then as it is after a refusal. */
  async function eachForm(page: Page, language: string, look: (name: string) => Promise<void>): Promise<void> {
    await page.goto(`${url}/set-password?token=tok-${language}`);
    await look('set-password');
    await page.fill('#newPassword', 'ines');
    await press(page);
    await look('set-password, refused');
    for (const path of ['/set-password', '/sign-in', '/forgot-password']) {
      await page.goto(`${url}${path}?lang=${language}`);
      await look(path);
      await press(page);
      await look(`${path}, refused`);
    }
  }

  for (const language of pageLanguages) {
    it(`have heading, fields and button on the first screen of a phone, refused or not: ${language}`, async () => {
      const page = await newPage({ viewport: phone });
      await eachForm(page, language, async (name) => {
        const places = await page.evaluate<Places>(measure);
        const said = `${name}: ${JSON.stringify(places)}`;
        expect(Math.max(places.heading, ...places.fields, places.button), said).to.be.at.most(phone.height);
        expect([places.overflow, places.scrolled], said).to.deep.equal([0, 0]);
        if (name === 'set-password') expect(places.button, said).to.be.at.most(phone.height * 0.6);
        if (name === 'set-password, refused') expect(places.focus, said).to.equal('newPassword');
      });
    });
  }

  it('fit at 320 pixels, and on a desk without scrolling', async () => {
    for (const viewport of [
      { width: 320, height: 568 },
      { width: 1440, height: 900 },
    ]) {
      const page = await newPage({ viewport });
      for (const language of pageLanguages) {
        await eachForm(page, language, async (name) => {
          const { overflow, button } = await page.evaluate<Places>(measure);
          expect(overflow, `${name} in ${language}`).to.equal(0);
          if (viewport.width > 1000) expect(button, `${name} in ${language}`).to.be.at.most(viewport.height);
        });
      }
    }
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`have no fault that axe finds, in ${colorScheme} colours`, async () => {
      const page = await newPage({ viewport: { width: 390, height: 844 }, colorScheme });
      const judge = async (name: string) => {
        await page.evaluate(axe);
        const found = await page.evaluate<string[]>(
          `axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
        );
        expect(found, name).to.deep.equal([]);
      };
      for (const language of checkedLanguages(colorScheme)) {
        await eachForm(page, language, judge);
        await page.goto(`${url}/set-password?token=tok-${language}`);
        await page.click('summary');
        await page.click('.eye-button');
        await judge('set-password, all in sight');
        for (const path of [`/set-password?token=old-${language}`, `/set-password/done?lang=${language}`]) {
          await page.goto(`${url}${path}`);
          await judge(path);
        }
      }
      await page.goto(`${url}/sign-in`);
      await page.fill('#userName', 'ines');
      await page.fill('#password', 'in');
      // The cookie of a session needs https, which there is none of here: the page is what is looked at.
      await press(page);
      await judge('signed in');
    });
  }

  it('show what is typed by one press, and hide it from what browsers keep', async () => {
    const page = await newPage({ viewport: phone });
    await page.goto(`${url}/set-password?token=tok-en`);
    await page.fill('#newPassword', 'what I type');
    expect(await page.locator('.peek').count()).to.equal(0);
    await page.focus('#newPassword');
    await page.keyboard.press('Tab');
    const eye = page.getByRole('button', { name: 'Show what I typed' });
    expect(await page.evaluate('document.activeElement.className')).to.equal('eye-button');
    await page.keyboard.press('Space');
    expect(await page.getAttribute('#newPassword', 'type')).to.equal('text');
    expect(await eye.getAttribute('aria-pressed')).to.equal('true');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(`document.activeElement === document.querySelector('${save}')`)).to.equal(true);
    await page.evaluate(`addEventListener('submit', () => {
      sessionStorage.setItem('type', document.querySelector('#newPassword').type);
    })`);
    await page.focus('#newPassword');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(await page.evaluate(`sessionStorage.getItem('type')`)).to.equal('password');
    expect(site.keys.calls).to.deep.equal([{ name: 'setPassword', args: ['tok-en', 'what I type'] }]);
    expect(page.url()).to.include('token=tok-en');
    await page.goto(page.url());
    expect(await page.locator('#newPassword').count()).to.equal(1);
  });

  it('show what is typed without script, too', async () => {
    const page = await newPage({ viewport: phone, javaScriptEnabled: false });
    await page.goto(`${url}/set-password?token=tok-en`);
    await page.fill('#newPassword', 'what I type');
    await press(page, '.peek');
    expect(await page.getAttribute('#newPassword', 'type')).to.equal('text');
    expect(await page.inputValue('#newPassword')).to.equal('what I type');
    expect(site.keys.calls).to.deep.equal([]);
    await page.focus('#newPassword');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(site.keys.calls).to.deep.equal([{ name: 'setPassword', args: ['tok-en', 'what I type'] }]);
  });
});
