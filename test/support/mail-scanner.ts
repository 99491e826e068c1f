import type { CapturedMail } from '../../src/notify/mail/mailbox.ts';
import { sendRaw, type RawAnswer } from './journey.ts';

const asForm = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' };

/** The links in a mail, of its text and of its HTML. */
export function linksIn({ text, html }: Pick<CapturedMail, 'text' | 'html'>): string[] {
  const inHtml = [...(html ?? '').matchAll(/href="([^"]+)"/g)].map(([, href = '']) =>
    href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').replaceAll('&#x2F;', '/'),
  );
  return [...new Set([...(text.match(/https?:\/\/\S+/g) ?? []), ...inHtml])].filter((link) => /^https?:/.test(link));
}

/**
 * A mail scanner that has lost all restraint: opens a link by HEAD and GET, goes wherever the pages lead, and posts
 * every form it finds: with the hidden fields and all others empty, and with nothing at all. It presses no button.
 */
export class MailScanner {
  readonly #seen = new Set<string>();
  readonly #headers: Readonly<Record<string, string>>;
  /** Everything that was answered. */
  readonly answers: { readonly what: string; readonly answer: RawAnswer }[] = [];

  /** @param headers what it says of itself */
  constructor(headers: Readonly<Record<string, string>> = {}) {
    this.#headers = headers;
  }

  async scan(link: string): Promise<void> {
    if (this.#seen.has(link)) return;
    this.#seen.add(link);
    await this.#send('HEAD', link);
    const { text } = await this.#send('GET', link);
    for (const form of text.match(/<form.*?<\/form>/gs) ?? []) await this.#submit(link, form);
    for (const [, href = ''] of text.matchAll(/<a [^>]*href="([^"]+)"/g)) {
      const next = new URL(href.replaceAll('&amp;', '&'), link);
      if (next.origin === new URL(link).origin) await this.scan(next.href);
    }
  }

  async #submit(page: string, form: string): Promise<void> {
    const action = new URL(/ action="([^"]*)"/.exec(form)?.[1]?.replaceAll('&amp;', '&') ?? '', page).href;
    const fields = [...form.matchAll(/<input\s[^>]*>/g)].map(([input]): [string, string] => {
      const name = /\sname="([^"]*)"/.exec(input)?.[1] ?? '';
      return [name, input.includes('type="hidden"') ? (/ value="([^"]*)"/.exec(input)?.[1] ?? '') : ''];
    });
    await this.#send('POST', action, new URLSearchParams(fields).toString());
    if (!this.#seen.has(`POST ${action}`)) await this.#send('POST', action, '');
    this.#seen.add(`POST ${action}`);
  }

  async #send(method: string, url: string, body?: string): Promise<RawAnswer> {
    const answer = await sendRaw(method, url, { ...this.#headers, ...(body === undefined ? {} : asForm) }, body);
    this.answers.push({ what: `${method} ${url}`, answer });
    return answer;
  }
}
