import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The Chromium of this machine: the one that `CHROMIUM` names, else where systems put it; undefined without one. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && !existsSync(named)) throw new Error(`there is no ${named}, which CHROMIUM names`);
  return named ?? usual.find((path) => existsSync(path));
}

/** A suite that needs a browser: skipped where there is none, and loudly; with `CI=true` that is a failure. */
export function describeWithBrowser(title: string, tests: (browser: () => Browser) => void): void {
  describe(title, function () {
    this.timeout(180_000);
    let browser: Browser | undefined;

    before(async function () {
      const executablePath = findChromium();
      if (executablePath === undefined) {
        if (process.env['CI'] === 'true') throw new Error('the pages must be looked at in Chromium, and there is none');
        process.stderr.write(`SKIPPED for want of Chromium: ${title}\n`);
        return this.skip();
      }
      browser = await chromium.launch({ executablePath });
    });
    after(async () => browser?.close());

    tests(() => {
      if (browser === undefined) throw new Error('the browser is not running');
      return browser;
    });
  });
}
