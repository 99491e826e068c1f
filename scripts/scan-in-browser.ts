// A mail scanner with a whole browser: opens every link of every captured mail in Chromium, runs what scripts there
// are, submits every form empty, by script and by its button, and then lets the people set their passwords. Needs
// Chromium: CHROMIUM names it, else /usr/bin/chromium.   node --import tsx scripts/scan-in-browser.ts
import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { CapturedMail } from '../src/notify/mail/mailbox.ts';
import { eventually, launch, type Launched } from '../test/support/launch.ts';
import { linksIn } from '../test/support/mail-scanner.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const password = 'a ferry leaves at seven';
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
if (!existsSync(executablePath)) throw new Error(`there is no ${executablePath}: name a Chromium in CHROMIUM`);

/** A line of a user's timeline, as far as it is looked at here. */
interface Line {
  readonly template: string;
  readonly state: string;
  readonly verdict?: string;
  readonly count?: number;
  readonly reply?: string;
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-scan-'));
const server = await launch({ LATCHKEY_DATA_DIR: folder });
const browser = await chromium.launch({ executablePath });
try {
  for (const [name, onboarding] of [
    ['link@scan.example', { preRegistration: true }],
    ['code@scan.example', { preRegistration: true, invitationMethod: 'emailOtp' }],
    ['mailed@scan.example', { sendPassword: true }],
    ['prove@scan.example', { preRegistration: true, verifyEmail: true }],
  ] as const) {
    const mail = await invite(server, name, onboarding);
    const before = await stateOf(server, name);
    const submitted = await scan(browser, linksIn(mail));
    assert.ok(submitted > 0, 'forms were found');
    assert.deepEqual(await stateOf(server, name), before, `${name} is as before`);
    assert.equal((await server.mails()).filter(({ to }) => to === name).length, 1, 'nothing more was sent');
    await pause(2000); // nobody reads a mail sooner
    await setPassword(browser, server.url, name, mail);
    const lines = await eventually('the password in the timeline', async () => {
      const found = await timelineOf(server, name);
      return found.some(({ state }) => state === 'passwordSet') && found;
    });
    process.stdout.write(`${name}: ${submitted} forms submitted, then the password set\n`);
    for (const { template, state, verdict = '', count = 1, reply = '' } of lines)
      process.stdout.write(`  ${template} ${state} ${verdict} ${count} ${reply}\n`);
  }
} finally {
  await browser.close();
  await server.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}

async function invite(server: Launched, userName: string, onboarding: object): Promise<CapturedMail> {
  const { status } = await server.scim('POST', '/Users', {
    userName,
    emails: [{ value: userName, primary: true }],
    [urn]: onboarding,
  });
  assert.equal(status, 201);
  const mail = await eventually(`a mail to ${userName}`, async () =>
    (await server.mails()).find(({ to }) => to === userName),
  );
  await eventually('the end of the sending', async () =>
    /invited|delivered/.test(JSON.stringify(await stateOf(server, userName))),
  );
  return mail;
}

async function stateOf(server: Launched, userName: string): Promise<unknown> {
  const { body } = (await server.scim(
    'GET',
    `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}&attributes=${urn}`,
  )) as { body: { Resources: Record<string, unknown>[] } };
  return body.Resources[0]?.[urn];
}

async function timelineOf(server: Launched, userName: string): Promise<readonly Line[]> {
  const query = `filter=${encodeURIComponent(`userName eq "${userName}"`)}&attributes=${urn}:deliveries`;
  const { body } = (await server.scim('GET', `/Users?${query}`)) as {
    body: { Resources: { [urn]: { deliveries: Line[] } }[] };
  };
  return body.Resources[0]?.[urn].deliveries ?? [];
}

/** Opens each link anew for each form on it and each way to submit it. @returns how many forms were submitted */
async function scan(browser: Browser, links: readonly string[]): Promise<number> {
  const page = await (await browser.newContext()).newPage();
  let submitted = 0;
  for (const link of links) {
    await page.goto(link);
    const forms = await page.locator('form').count();
    for (let index = 0; index < forms; index += 1) {
      for (const way of ['submit', 'requestSubmit', 'button'] as const) {
        await page.goto(link);
        if (await submitEmpty(page, index, way)) submitted += 1;
      }
    }
  }
  await page.context().close();
  return submitted;
}

async function submitEmpty(page: Page, index: number, way: 'submit' | 'requestSubmit' | 'button'): Promise<boolean> {
  const form = page.locator('form').nth(index);
  // A button without a field beside it is a person's own yes: a scanner that presses it does what the person is asked
  // to do.
  if (way === 'button' && (await form.locator('input:not([type=hidden])').count()) === 0) return false;
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  const shown = page.waitForEvent('load');
  if (way === 'button') await form.locator('button').first().click();
  else await form.evaluate((element, how) => (element as unknown as Record<string, () => void>)[how]?.(), way);
  const response = await answered;
  assert.ok(response.status() >= 400 && response.status() < 500, `an empty form was answered ${response.status()}`);
  await shown;
  return true;
}

/** The person, in a browser of their own. */
async function setPassword(
  browser: Browser,
  url: string,
  userName: string,
  { text, ...mail }: CapturedMail,
): Promise<void> {
  const context = await browser.newContext({
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  const [link = url] = linksIn({ ...mail, text });
  await page.goto(link);
  const secret = /^(?:Code|Password):\n(.+)$/m.exec(text)?.[1];
  if (secret !== undefined) {
    await page.fill('[name=userName]', userName);
    await page.fill('[name=code], [name=password]', secret);
    await page.click('main form button');
  }
  await page.fill('[name=newPassword]', password);
  await page.click('main form button');
  await page.waitForURL(/\/(set|change)-password\/done/);
  await context.close();
}
