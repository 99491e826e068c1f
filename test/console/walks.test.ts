import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Secret, TOTP } from 'otpauth';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describeWithBrowser } from '../support/chromium.ts';
import { launch, ownerLink, type Launched } from '../support/launch.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const password = 'seven small boats at dawn';
const pictures = process.env['PICTURES'];
/** What has the focus: its kind, id and first words. */
const focus = `(({ id, tagName, textContent, name }) =>
  tagName + '#' + id + ' ' + (textContent || name || '').trim().slice(0, 40))(document.activeElement)`;
/** Walks of minutes are made at night. */
const atNight = process.env['CONSOLE_LOOKS'] === 'all' ? it : it.skip;

/** How the walks are made: each kind of look, one of them without script. */
const looks: readonly (BrowserContextOptions & { readonly name: string })[] = [
  { name: '1440-light', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  {
    name: '360-dark-de-no-script',
    viewport: { width: 360, height: 800 },
    colorScheme: 'dark',
    locale: 'de-DE',
    javaScriptEnabled: false,
  },
];

describeWithBrowser('walks through the console', (browser) => {
  let served: Launched;
  let folder: string;
  let state: BrowserContextOptions['storageState'];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-walks-'));
    served = await launch({ LATCHKEY_DATA_DIR: folder });
    const context = await browser().newContext();
    const page = await context.newPage();
    await page.goto(await ownerLink(served));
    await page.fill('#name', 'Ines Okoro');
    await page.fill('#email', 'ines@company.example');
    await page.fill('#password', password);
    await press(page);
    await page.click('summary');
    const secret = (await page.textContent('details code'))?.replaceAll(' ', '') ?? '';
    await page.fill('#code', new TOTP({ secret: Secret.fromBase32(secret) }).generate());
    await press(page);
    await page.click('main a.button');
    state = await context.storageState();
    await context.close();
  });
  after(async () => {
    await served.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  async function press(page: Page, selector = 'main form button:not([type=button])'): Promise<void> {
    await Promise.all([page.waitForNavigation(), page.click(selector)]);
  }

  /** A mail that has come for somebody, once it is there. */
  async function mailTo(address: string): Promise<{ readonly subject: string; readonly text: string }> {
    for (let tries = 0; tries < 200; tries += 1) {
      const mails = (await served.mails()).filter(({ to }) => to.includes(address));
      if (mails.length > 0) return mails[0]!;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no mail came for ${address}`);
  }

  async function seen(page: Page, name: string, script: boolean): Promise<void> {
    if (pictures !== undefined) {
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    }
    const wide = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(wide, `${name} is too wide`).to.be.at.most(0);
    if (!script) return;
    await page.evaluate(axe);
    const found = await page.evaluate<string[]>(
      `axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
    );
    expect(found, name).to.deep.equal([]);
  }

  for (const look of looks) {
    const { name, ...options } = look;
    const script = options.javaScriptEnabled !== false;
    const open = async (): Promise<Page> =>
      (await browser().newContext({ ...options, ...(state === undefined ? {} : { storageState: state }) })).newPage();

    atNight(`adds a person with each kind of first key, at ${name}`, async function () {
      this.timeout(300_000);
      const page = await open();
      const at = (path: string): string => `${served.url}/console${path}`;
      const person = async (who: string): Promise<void> => {
        await page.goto(at('/people/new'));
        await page.fill('#userName', `${who}-${name}@mail.example`);
        await page.fill('#givenName', who);
        await page.fill('#email', `${who}-${name}@mail.example`);
      };
      // A typed password that is too short is refused at the field; a good one is sent, and must be changed.
      await person('typed');
      await page.check('#key-password');
      await page.check('#way-type');
      await page.fill('#password', 'short');
      await press(page, 'button[value=act]');
      expect(await page.textContent('#password-fault')).to.match(/15/);
      await seen(page, `add-refused-${name}`, script);
      await page.fill('#password', 'nine quiet lamps by the harbour');
      await press(page, 'button[value=preview]');
      await seen(page, `add-preview-${name}`, script);
      await press(page, 'button[value=act]');
      await seen(page, `person-typed-${name}`, script);
      const mailed = await mailTo(`typed-${name}@mail.example`);
      expect(mailed.text).to.contain('nine quiet lamps by the harbour');
      // A generated password that is not sent is shown once.
      await person('generated');
      await page.check('#key-password');
      await page.uncheck('#send');
      await press(page, 'button[value=act]');
      expect(((await page.textContent('.copy code')) ?? '').length).to.be.greaterThan(10);
      await seen(page, `generated-once-${name}`, script);
      // By link, by a code in a mail.
      for (const method of ['emailLink', 'emailOtp']) {
        await person(method.toLowerCase());
        await page.check(`#method-${method}`);
        await press(page, 'button[value=act]');
        await mailTo(`${method.toLowerCase()}-${name}@mail.example`);
        await page.reload();
        await seen(page, `person-${method}-${name}`, script);
      }
      // By a code in a text message: the number first.
      await person('sms');
      await page.check('#method-smsOtp');
      await press(page, 'button[value=act]');
      await page.waitForSelector('#phone-fault');
      await page.fill('#phone', '+44 7700 900123');
      await press(page, 'button[value=act]');
      await seen(page, `person-sms-${name}`, script);
      await page.context().close();
    });

    atNight(`imports 5,000 rows and takes them back, at ${name}`, async function () {
      this.timeout(400_000);
      const page = await open();
      const file = join(folder, `people-${name}.csv`);
      const rows = Array.from(
        { length: 5_000 },
        (_, n) => `p${n}-${name}@import.example,Pat,Row${n},p${n}-${name}@import.example`,
      );
      writeFileSync(
        file,
        `userName,givenName,familyName,email\n${rows.join('\n')}\nbad-${name},Bad,Row,not an address\n`,
      );
      await page.goto(`${served.url}/console/imports`);
      await page.setInputFiles('input[type=file]', file);
      await press(page, 'main form[enctype] button');
      await seen(page, `import-reading-${name}`, script);
      const reloadUntil = async (selector: string): Promise<void> => {
        for (let tries = 0; tries < 900 && (await page.$(selector)) === null; tries += 1) {
          await new Promise((resolve) => setTimeout(resolve, 250));
          await page.reload();
        }
        await page.waitForSelector(selector, { timeout: 1_000 });
      };
      await reloadUntil('form[action$="/run"] button');
      await seen(page, `import-plan-${name}`, script);
      await page.uncheck('#canary');
      await press(page, 'form[action$="/run"] button');
      await mailTo('@import.example');
      await seen(page, `import-running-${name}`, script);
      await reloadUntil('form[action$="/undo"] button');
      await seen(page, `import-done-${name}`, script);
      await press(page, 'form[action$="/undo"] button');
      await reloadUntil('#undone');
      await seen(page, `import-undone-${name}`, script);
      await page.context().close();
    });
  }

  it('connects Okta by a set-up link, without an account, and shows live what arrives', async function () {
    this.timeout(120_000);
    const owner = await (
      await browser().newContext({ ...(state === undefined ? {} : { storageState: state }) })
    ).newPage();
    await owner.goto(`${served.url}/console/connect/okta`);
    await press(owner);
    await Promise.all([owner.waitForNavigation(), owner.click('a[href$="/setup-links"]')]);
    await press(owner);
    const link = (await owner.textContent('.copy code'))?.trim() ?? '';
    await seen(owner, 'setup-link', true);
    const customer = await (await browser().newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    await customer.goto(link);
    await seen(customer, 'setup-page', true);
    await press(customer);
    const token = /lk_[\w-]{20,}/.exec((await customer.textContent('main')) ?? '')?.[0] ?? '';
    expect(token).to.match(/^lk_/);
    await fetch(`${served.url}/scim/v2/Users?filter=userName%20eq%20%22nobody%22`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await customer.locator('#panel-part .time li').first().waitFor({ timeout: 20_000 });
    await seen(customer, 'setup-arrived', true);
  });

  it('adds a person with the keyboard alone', async function () {
    this.timeout(120_000);
    const page = await (
      await browser().newContext({
        viewport: { width: 1440, height: 900 },
        ...(state === undefined ? {} : { storageState: state }),
      })
    ).newPage();
    await page.goto(`${served.url}/console/people`);
    const focused = (): Promise<string> => page.evaluate<string>(focus);
    const tabTo = async (wanted: RegExp): Promise<void> => {
      for (let count = 0; count < 80; count += 1) {
        await page.keyboard.press('Tab');
        if (wanted.test(await focused())) return;
      }
      throw new Error(`the keyboard does not reach ${wanted.source}`);
    };
    await page.keyboard.press('Tab');
    expect(await focused()).to.match(/Skip/);
    await page.keyboard.press('Enter');
    await tabTo(/Add a person/);
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await tabTo(/#userName/);
    await page.keyboard.type('keys@mail.example');
    await tabTo(/#email/);
    await page.keyboard.type('keys@mail.example');
    await tabTo(/#key-invite/);
    await page.keyboard.press('ArrowDown');
    await tabTo(/#way-generate/);
    await page.keyboard.press('ArrowDown');
    await tabTo(/#password/);
    await page.keyboard.type('short');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(await focused(), 'the field that is at fault has the focus').to.match(/#password/);
    await page.keyboard.press('Control+A');
    await page.keyboard.type('nine quiet lamps by the harbour');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(new URL(page.url()).pathname).to.match(/people\/[\w-]{36}$/);
  });
});
