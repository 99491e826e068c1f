// Pictures of every kind of mail as mail programs show it: node --import tsx scripts/picture-mails.ts [folder] [language …]
// Needs a Chromium (CHROMIUM=path, by default /usr/bin/chromium). Writes one PNG for each language, kind of mail and scheme: what each program shows, side by side.
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { loadLocales } from '../src/text/locales.ts';
import { MessageBook } from '../src/notify/words/message-book.ts';
import { loadMailTemplates, type MailTemplate } from '../src/notify/words/render-mail.ts';
import { templateNames } from '../src/previews/preview-message.ts';
import { writeMail } from '../src/notify/words/write-message.ts';
import { packageRoot } from '../src/base/package-root.ts';

const [folder = join(tmpdir(), 'latchkey-mails'), ...wanted] = process.argv.slice(2);
const languages = wanted.length > 0 ? wanted : ['en', 'de', 'ar', 'he', 'ja', 'zh'];
const templates = templateNames.filter(
  (name): name is MailTemplate => name !== 'revealCode' && name !== 'administratorNotice',
);
/** What is beside each other in a picture: a program and the width of its window. Word's cards are 600 pixels wide. */
const frames = [
  ['whole', 360],
  ['whole', 600],
  ['gmail', 360],
  ['gmail', 600],
  ['outlook', 660],
] as const;

const book = new MessageBook({
  locales: loadLocales(join(packageRoot, 'locales')),
  layouts: loadMailTemplates(join(packageRoot, 'templates')),
});
const names: Readonly<Record<string, string>> = { ar: 'ليلى حداد', he: 'נועה לוי', ja: '山田 花子', zh: '王小明' };

/** What a program leaves of a mail. */
const programs: Readonly<Record<string, (html: string) => string>> = {
  whole: (html) => html,
  // Gmail in a browser drops the document around the mail and, for many accounts, its styles.
  gmail: (html) =>
    `<!DOCTYPE html><html lang="en"><body style="margin:0;background:#fff;font-family:Arial"><div>${withoutStyles(html)
      .replace(/^[\s\S]*<body[^>]*>/, '')
      .replace(/<\/body>[\s\S]*$/, '')}</div></body></html>`,
  // Word knows neither rounded corners, nor widths at most, nor padding of links; what is meant for it counts.
  outlook: (html) =>
    withoutStyles(html.replace(/<!--\[if mso\]>([\s\S]*?)<!\[endif\]-->/g, '$1').replace(/<xml>.*<\/xml>/, ''))
      .replace(/(?:border-radius|max-width|letter-spacing):[^;"]*;?/g, '')
      .replace(/(<a [^>]*style="[^"]*)padding:[^;"]*;/g, '$1')
      .replace(/padding:[^;"]*;mso-padding-alt/g, 'padding'),
};

function withoutStyles(html: string): string {
  return html.replace(/<style>[\s\S]*?<\/style>/g, '');
}

function asAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium' });
try {
  for (const language of languages) {
    const page = await browser.newPage();
    await page.setViewportSize({ width: frames.reduce((sum, [, width]) => sum + width + 10, 20), height: 400 });
    for (const template of templates) {
      const { subject, text, html } = writeMail(book, { template, data: {} }, readyFor(language, template));
      const name = `${language}-${template}`;
      writeFileSync(join(folder, `${name}.txt`), `Subject: ${subject}\n\n${text}`);
      const cells = frames.map(
        ([program, width]) =>
          `<td><iframe width="${width}" style="border:0" srcdoc="${asAttribute(programs[program]?.(html) ?? '')}"></iframe></td>`,
      );
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setContent(
          `<table style="color-scheme:${colorScheme};vertical-align:top"><tr>${cells.join('')}</tr></table>`,
        );
        await page.waitForFunction(
          "[...document.querySelectorAll('iframe')].every((one) => one.contentDocument?.body?.scrollHeight > 100)",
        );
        const tooWide: unknown = await page.evaluate(`[...document.querySelectorAll('iframe')].map((one) => {
          const { documentElement, body } = one.contentDocument;
          one.style.height = body.scrollHeight + 20 + 'px';
          return documentElement.scrollWidth - one.clientWidth;
        }).map((pixels, index) => pixels > 0 ? index + ': ' + pixels + ' px too wide' : '').filter(Boolean).join(', ')`);
        if (tooWide !== '') process.stdout.write(`${name}, frame ${String(tooWide)}\n`);
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), fullPage: true });
      }
    }
    await page.close();
  }
} finally {
  await browser.close();
}
process.stdout.write(`${resolve(folder)}\n`);

function readyFor(language: string, template: MailTemplate): Parameters<typeof writeMail>[2] {
  return {
    locales: [language],
    values: {
      productName: 'Harbour Works',
      displayName: names[language] ?? 'Ines Okoro',
      userName: 'ines.okoro-van-der-berg@engineering.harbour-works.example',
      link: `https://keys.harbour.example/set-password?token=${'A9z-'.repeat(10)}abc`,
      ...(template === 'invitationCode' || template === 'recoveryCode' ? { code: '7K4P9RTX' } : {}),
      ...(template.startsWith('manager') ? { employee: 'Ines Okoro' } : {}),
      ...(template === 'password' ? { password: 'Kq7m-x4hd-9wpt-r2ce-v6ns', mustChange: true } : {}),
      expiresAt: template === 'password' ? null : '2026-11-22T11:30:00.000Z',
      timezone: 'Europe/Berlin',
      helpText: 'IT service desk, +44 20 7946 0000',
      helpUrl: 'https://help.harbour.example/',
    },
  };
}
