import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Secret, TOTP } from 'otpauth';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describeWithBrowser } from '../support/chromium.ts';
import { launch, ownerLink, type Launched } from '../support/launch.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const evil = '"><img src=x onerror=alert(1)>';
const password = 'seven small boats at dawn';
/** A folder for pictures of every page: `PICTURES=/tmp/pictures npx mocha test/console/in-browser.test.ts`. */
const pictures = process.env['PICTURES'];
/** Pages of one kind, such as that of one person, are looked at this often. */
const perKind = process.env['CONSOLE_LOOKS'] === 'all' ? 2 : 1;
type Look = readonly [width: number, colours: 'light' | 'dark'];
const desk: Look = [1440, 'light'];
const phone: Look = [360, 'dark'];
/** How the console is walked: each time as first said, and each page looked at once more as said then. */
const walks: readonly (readonly Look[])[] =
  process.env['CONSOLE_LOOKS'] === 'all' ? [[desk], [phone], [[1440, 'dark']], [[360, 'light']]] : [[desk, phone]];
/** What of axe's rules hangs on size and colours: the same page in another look is held against these. */
const rulesOfLooks = ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block'];
/** The page's kind: its path with ids left out. */
function kindOf(url: URL): string {
  return url.pathname.replace(/\/[\w.-]*\d[\w.-]*(?=\/|$)/g, '/:id');
}

describeWithBrowser('the console in a browser', (browser) => {
  let served: Launched;
  let folder: string;
  let state: BrowserContextOptions['storageState'];
  const pages = new Map<string, string>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-console-'));
    served = await launch({ LATCHKEY_DATA_DIR: folder });
    await seed(served);
    const page = await open({ viewport: { width: 1440, height: 900 } }, false);
    await page.goto(await ownerLink(served));
    await check(page, 'start-1440');
    await page.fill('#name', `Ines Okoro ${evil}`);
    await page.fill('#email', 'ines@company.example');
    await page.fill('#password', password);
    await press(page);
    await page.click('summary');
    await check(page, 'enrol-1440');
    const secret = (await page.textContent('details code'))?.replaceAll(' ', '') ?? '';
    await page.fill('#code', new TOTP({ secret: Secret.fromBase32(secret) }).generate());
    await press(page);
    await check(page, 'recovery-1440');
    await page.click('main a.button');
    expect(new URL(page.url()).pathname).to.equal('/console/welcome');
    await check(page, 'welcome-1440');
    // A source is connected, so that its page, and the panel with what arrived, are among those that are looked at.
    await page.goto(`${served.url}/console/connect/okta`);
    await press(page);
    const guide = await page.textContent('#form + p + ol');
    expect(guide)
      .to.include(`${served.url}/scim/v2`)
      .and.to.match(/lk_[\w-]{20,}/);
    const token = /lk_[\w-]{20,}/.exec(guide ?? '')?.[0] ?? '';
    for (const [path, bearer] of [
      ['/Users?filter=userName%20eq%20%22nobody%22', token],
      ['/Users', `${token}-wrong`],
    ] as const)
      await fetch(`${served.url}/scim/v2${path}`, { headers: { authorization: `Bearer ${bearer}` } });
    await page.locator('#panel-part .time li').nth(1).waitFor();
    expect(await page.textContent('#panel-part'))
      .to.include('Connected')
      .and.to.include('a token that is not known');
    await check(page, 'connected-1440');
    state = await page.context().storageState();
    await page.context().close();
  });
  after(async () => {
    await served.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(options: BrowserContextOptions, signedIn = true): Promise<Page> {
    const context = await browser().newContext({ ...options, ...(signedIn ? { storageState: state } : {}) });
    const page = await context.newPage();
    page.on('pageerror', (error) => expect.fail(`a script failed: ${error.message}`));
    page.on('dialog', () => expect.fail('a name was run as a script'));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) expect.fail(message.text());
    });
    return page;
  }

  async function press(page: Page, selector = 'main form button:not([type=button])'): Promise<void> {
    await Promise.all([page.waitForNavigation(), page.click(selector)]);
  }

  /** What is wrong with a page: findings of axe, what is wider than the screen, names that became markup. */
  async function faultsOf(page: Page, name: string, rules?: readonly string[]): Promise<readonly string[]> {
    const shown = await page.evaluate<{ wide: number; by: string; headings: number; images: number }>(`(() => {
      const { clientWidth, scrollWidth } = document.documentElement;
      const wide = Math.max(0, scrollWidth - clientWidth);
      const scrolls = (one) => one && (getComputedStyle(one).overflowX !== 'visible' || scrolls(one.parentElement));
      const by = [...document.querySelectorAll('main *')].filter((one) =>
        wide > 0 && one.getBoundingClientRect().right > clientWidth + 1 && !scrolls(one.parentElement));
      return {
        wide,
        by: by.at(-1)?.outerHTML.slice(0, 200) ?? '',
        headings: document.querySelectorAll('h1').length,
        images: document.querySelectorAll('img[src="x"]').length,
      };
    })()`);
    if (pictures !== undefined) {
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name.replaceAll(/[^\w-]+/g, '_')}.png`), fullPage: true });
    }
    const faults = [
      ...(shown.wide > 0 ? [`is ${shown.wide} pixels too wide by ${shown.by}`] : []),
      ...(shown.headings === 1 ? [] : [`has ${shown.headings} headings of the first order`]),
      ...(shown.images === 0 ? [] : ['runs a name as markup']),
    ];
    if (rules?.length !== 0) {
      const options = rules === undefined ? {} : { runOnly: { type: 'rule', values: rules } };
      await page.evaluate(axe);
      faults.push(
        ...(await page.evaluate<string[]>(
          `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html + ' ' + nodes[0].failureSummary))`,
        )),
      );
    }
    return faults.map((fault) => `${name} (${page.url()}): ${fault}`);
  }

  async function check(page: Page, name: string): Promise<void> {
    expect(await faultsOf(page, name)).to.deep.equal([]);
  }

  /**
   * Goes to every page that a link leads to, beginning at home.
   * @param then how each page is looked at once more
   */
  async function walk(
    page: Page,
    suffix: string,
    then: readonly Look[] = [],
    rules?: readonly string[],
  ): Promise<void> {
    const viewport = page.viewportSize()!;
    const faults: string[] = [];
    const queue = [`${served.url}/console`];
    const seen = new Set<string>(queue);
    const kinds = new Map<string, number>();
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const kind = kindOf(new URL(next));
      const count = (kinds.get(kind) ?? 0) + 1;
      kinds.set(kind, count);
      if (count > perKind) continue;
      const answer = await page.goto(next).catch((error: unknown) => {
        // A link to a file is no page.
        if (/Download is starting/.test(String(error))) return undefined;
        throw error;
      });
      if (answer === undefined || answer === null) continue;
      expect(answer.status(), next).to.equal(200);
      if (!/text\/html/.test(answer.headers()['content-type'] ?? '')) continue;
      pages.set(kind, next);
      const place = kind.slice('/console'.length).replace(/^\//, '') || 'home';
      const name = `${place}${count > 1 ? `-${count}` : ''}`;
      faults.push(...(await faultsOf(page, `${name}-${suffix}`, rules)));
      for (const [width, colorScheme] of then) {
        await page.setViewportSize({ ...viewport, width });
        await page.emulateMedia({ colorScheme });
        faults.push(...(await faultsOf(page, `${name}-${width}-${colorScheme}`, rulesOfLooks)));
        await page.emulateMedia({ colorScheme: null });
        await page.setViewportSize(viewport);
      }
      for (const href of await page.evaluate<string[]>(
        `[...document.querySelectorAll('a[href]')].map((a) => a.href)`,
      )) {
        const url = new URL(href);
        url.hash = '';
        const isOwn = url.origin === served.url && url.pathname.startsWith('/console');
        if (!isOwn || seen.has(url.href)) continue;
        seen.add(url.href);
        queue.push(url.href);
      }
    }
    expect(faults).to.deep.equal([]);
  }

  for (const [[width, colorScheme] = desk, ...then] of walks) {
    const looks = [[width, colorScheme], ...then].map((look) => look.join(' pixels in ')).join(' and at ');
    it(`has no fault that axe finds on any page, at ${looks} colours`, async function () {
      this.timeout(600_000);
      const page = await open({ viewport: { width, height: 900 }, colorScheme });
      await walk(page, `${width}-${colorScheme}`, then);
      await page.context().close();
    });
  }

  it('fits without script too, in German', async function () {
    this.timeout(600_000);
    const page = await open({ viewport: { width: 360, height: 900 }, javaScriptEnabled: false, locale: 'de-DE' });
    await walk(page, '360-de', [], []);
    await page.context().close();
  });
});

/** People, groups and names that a page must not run. */
async function seed(served: Launched): Promise<void> {
  const scim: Launched['scim'] = (...call) => served.scim(...call);
  const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
  const own = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
  const members: { value: string }[] = [];
  for (const [name, onboarding] of [
    ['ada', { preRegistration: true }],
    ['ben', { preRegistration: true, startDate: '2031-01-01T09:00:00Z' }],
    ['cleo', { sendPassword: true }],
    ['dora', {}],
  ] as const) {
    const { status, body } = await scim('POST', '/Users', {
      schemas: [user, own],
      userName: `${name}@company.example`,
      displayName: `${name} ${evil}`,
      name: { givenName: name, familyName: evil },
      emails: name === 'dora' ? [] : [{ value: `${name}@company.example`, primary: true }],
      [own]: onboarding,
    });
    expect(status, JSON.stringify(body)).to.equal(201);
    members.push({ value: body.id });
  }
  await scim('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: `Sales ${evil}`,
    members,
  });
  await scim('GET', '/Users?filter=wrong', undefined, { authorization: `Bearer ${evil}wrong-token-0123456789` });
  await scim('POST', '/Users', { schemas: [user], userName: evil });
  await scim('GET', `/Users?filter=${encodeURIComponent(`userName eq ${evil}`)}`);
}
