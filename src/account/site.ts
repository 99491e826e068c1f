import type { Request, Response } from 'express';
import type { Clock } from '../clock.ts';
import type { Locales } from '../locales.ts';
import type { Person } from '../provisioning/person.ts';
import type { Settings } from '../settings.ts';
import { html, type Html } from './html.ts';
import type { Keys, Reveals } from './keys.ts';
import { layout, type AssetLinks, type PageContent } from './layout.ts';
import { pageWords, type PageWords } from './page-words.ts';
import { queryValue } from './query-value.ts';
import { readerFor, type Reader } from './reader.ts';
import { seenVisit } from './seen-visit.ts';
import { Sessions } from './session.ts';
import { openToken, signToken } from './signed-token.ts';

/** What the pages are made of. */
export interface SiteOptions {
  readonly keys: Keys;
  readonly reveals: Reveals;
  /** The tenant whose pages these are. */
  readonly tenant: string;
  readonly settingsOf: (tenant: string) => Settings;
  readonly locales: Locales;
  /** What people's browsers know us by; its path, if any, stands before every link. */
  readonly publicUrl: string;
  /** 32 bytes or more: signs forms and sessions. */
  readonly signingKey: Buffer;
  readonly clock: Clock;
  /** Told of every error that is not the visitor's. */
  readonly report: (error: unknown) => void;
}

const FORM_LIFETIME_MS = 12 * 60 * 60_000;

/** What all pages share: the reader, the way a page is sent, links, form tokens and sessions. */
export class Site {
  readonly keys: Keys;
  readonly reveals: Reveals;
  readonly tenant: string;
  readonly origin: string;
  readonly sessions: Sessions;
  readonly #options: SiteOptions;
  readonly #assets: AssetLinks;
  readonly #base: string;
  readonly #words: ReadonlyMap<string, PageWords>;

  constructor(options: SiteOptions, links: AssetLinks) {
    this.#options = options;
    this.#assets = links;
    this.#words = pageWords(options.locales);
    this.#base = basePath(options.publicUrl);
    this.keys = options.keys;
    this.reveals = options.reveals;
    this.tenant = options.tenant;
    this.origin = new URL(options.publicUrl).origin;
    const { signingKey, clock } = options;
    this.sessions = new Sessions({ signingKey, clock, path: this.#base || '/', secure: this.origin.startsWith('https:') });
  }

  /** The tenant's settings as they are now. */
  settings(): Settings {
    return this.#options.settingsOf(this.tenant);
  }

  /** Whom the answer to this request is written for. */
  reader(request: Request, person?: Person): Reader {
    const accepted = request.acceptsLanguages().filter((tag) => tag !== '*');
    return readerFor(this.#options.locales, this.#words, { person, lang: queryValue(request, 'lang'), accepted, settings: this.settings() });
  }

  /** A link to one of our pages that keeps the reader's language. */
  href(reader: Reader, path: string): string {
    return `${this.#base}${path}${reader.keepsLang ? `?lang=${reader.lang}` : ''}`;
  }

  /** Has the user's timeline say that a mailed link was opened; nobody waits for it. */
  noteOpening(request: Request, token: string): void {
    this.keys.noteOpening(this.tenant, token, seenVisit(request)).catch(this.#options.report);
  }

  /** Sends a page. */
  send(response: Response, status: number, reader: Reader, content: PageContent): void {
    response.status(status).type('html').set('Content-Language', reader.lang).send(layout(reader, this.#assets, content));
  }

  /** Answers a form that did its work: a redirect (303), so that reloading the next page repeats nothing. */
  goOn(response: Response, reader: Reader, path: string): void {
    response.redirect(303, this.href(reader, path));
  }

  /**
   * The opening of a form that posts to one of our pages, with the hidden fields it carries and a signed token.
   * @param holder who is signed in, where the form acts for them: the token is then theirs alone
   */
  form(reader: Reader, path: string, hidden: Readonly<Record<string, string>>, fields: Html, holder = ''): Html {
    const { signingKey, clock } = this.#options;
    const token = signToken(signingKey, `form ${path}`, holder, new Date(clock.now().getTime() + FORM_LIFETIME_MS));
    const carried = Object.entries({ ...hidden, form: token });
    return html`<form method="post" action="${this.href(reader, path)}" novalidate>
${carried.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${fields}
</form>`;
  }

  /** Whether a posted form token is one of ours, for this path and this holder, and fresh. */
  knowsForm(path: string, token: string, holder = ''): boolean {
    const { signingKey, clock } = this.#options;
    return openToken(signingKey, `form ${path}`, token, clock.now()) === holder;
  }
}

/** The path of the public URL without the last slash: '' at the root. */
export function basePath(publicUrl: string): string {
  return new URL(publicUrl).pathname.replace(/\/+$/, '');
}
