import { sendRaw, type RawAnswer } from './journey.ts';

/** Somebody with a browser: follows a link, fills in the form it shows, keeps cookies. */
export class PageVisitor {
  readonly #url: string;
  readonly #browser: Readonly<Record<string, string>>;
  readonly #cookies = new Map<string, string>();

  /**
   * @param url of the server, without a slash at the end
   * @param browser the headers it sends
   */
  constructor(
    url: string,
    browser: Readonly<Record<string, string>> = { Accept: 'text/html', 'Accept-Language': 'en' },
  ) {
    this.#url = url;
    this.#browser = browser;
  }

  /** Another browser with copies of the cookies that this one has now. */
  withSameCookies(): PageVisitor {
    const other = new PageVisitor(this.#url, this.#browser);
    for (const [name, value] of this.#cookies) other.#cookies.set(name, value);
    return other;
  }

  /** Opens a page; a whole address or a path. */
  async open(address: string, method: 'GET' | 'HEAD' = 'GET'): Promise<RawAnswer> {
    return this.#keepCookies(await sendRaw(method, this.#absolute(address), this.#headers()));
  }

  /**
   * Fills in the form of a page, with the hidden fields it carries, and posts it where it says.
   * @param page with exactly one form
   */
  async submit({ text }: RawAnswer, fields: Readonly<Record<string, string>>): Promise<RawAnswer> {
    const action = /<form\s+method="post"\s+action="([^"]+)"/.exec(text)?.[1];
    if (action === undefined) throw new Error(`there is no form on the page:\n${text}`);
    const hidden = [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)" ?\/?>/g)].map(
      ([, name = '', value = '']): [string, string] => [name, value],
    );
    const body = new URLSearchParams([...hidden, ...Object.entries(fields)]).toString();
    const headers = {
      ...this.#headers(),
      'Content-Type': 'application/x-www-form-urlencoded',
      'Sec-Fetch-Site': 'same-origin',
    };
    return this.#keepCookies(await sendRaw('POST', this.#absolute(action), headers, body));
  }

  /** Types a user name and a password or code into the sign-in page. */
  async signIn(userName: string, password: string): Promise<RawAnswer> {
    return this.submit(await this.open('/sign-in'), { userName, password });
  }

  #absolute(address: string): string {
    return address.startsWith('/') ? this.#url + address : address;
  }

  #headers(): Record<string, string> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { ...this.#browser, ...(cookie === '' ? {} : { Cookie: cookie }) };
  }

  #keepCookies(answer: RawAnswer): RawAnswer {
    for (const cookie of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.#cookies.set(name, value);
    }
    return answer;
  }
}
