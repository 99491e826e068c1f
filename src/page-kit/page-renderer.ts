import type { Clock } from '../base/clock.ts';
import type { Locales } from '../text/locales.ts';
import type { Settings } from '../config/settings.ts';
import { html, type Html } from './html.ts';
import { layout, type AssetLinks, type PageContent } from './layout.ts';
import { pageWords, type PageWords } from './page-words.ts';
import { readerFor, type Viewer, type Visitor } from './viewer.ts';
import { openToken, signToken } from '../base/signed-token.ts';

/** What pages are written with. */
export interface StationeryOptions {
  readonly settingsOf: (tenant: string) => Settings;
  /** The tenant whose pages these are. */
  readonly tenant: string;
  /** The words for the users of an application; the tenant's own for one that has none, and for undefined. */
  readonly localesFor: (application: string | undefined) => Locales;
  /** The public URL; its path, if any, comes before every link. */
  readonly publicUrl: string;
  /** 32 bytes each: the first signs forms and sessions, each of them is believed. */
  readonly signingKeys: () => readonly Buffer[];
  readonly clock: Clock;
}

const FORM_LIFETIME_MS = 12 * 60 * 60_000;

/** Made once for all the tenants that share them. */
const wordsOfLocales = new WeakMap<Locales, ReadonlyMap<string, PageWords>>();

/** What every page is rendered with: its reader's words, links, forms, the layout. */
export class PageRenderer {
  readonly #options: StationeryOptions;
  readonly #assets: AssetLinks;
  readonly #base: string;

  /** @throws Error naming the texts that the tenant's words lack */
  constructor(options: StationeryOptions, assets: AssetLinks) {
    this.#options = options;
    this.#assets = assets;
    this.#base = basePath(options.publicUrl);
    this.#wordsOf(options.localesFor(undefined));
  }

  /** The tenant's settings as they are now. */
  settings(): Settings {
    return this.#options.settingsOf(this.#options.tenant);
  }

  /** The reader of a page. */
  readerOf(visitor: Visitor): Viewer {
    const { localesFor, clock } = this.#options;
    const settings = this.settings();
    const named = visitor.person?.application ?? visitor.application;
    const locales = localesFor(named);
    const hasOwn =
      named !== undefined
      && (locales !== localesFor(undefined) || Object.hasOwn(settings.onboarding.applications, named));
    const application = hasOwn ? named : undefined;
    return readerFor(locales, this.#wordsOf(locales), { ...visitor, application }, settings, clock.now());
  }

  /**
   * A link to one of our pages that keeps the reader's language and application.
   * @param token of the mailed link that the page belongs to, where it does
   */
  href({ keepsLang, lang, application }: Viewer, path: string, token?: string): string {
    const kept = new URLSearchParams({
      ...(token === undefined ? {} : { token }),
      ...(keepsLang ? { lang } : {}),
      ...(application === undefined ? {} : { application }),
    }).toString();
    return `${this.#base}${path}${kept === '' ? '' : `?${kept}`}`;
  }

  /** A page as it is sent. */
  write(reader: Viewer, content: PageContent): string {
    return layout(reader, this.#assets, content);
  }

  /**
   * The opening of a form that posts to one of our pages, with the hidden fields it carries and a signed token. The
   * token of a mailed link stays in the address, so that the page behind it can be reloaded after a refusal.
   * @param holder who is signed in, where the form acts for them: the token is then theirs alone
   */
  form(reader: Viewer, path: string, hidden: Readonly<Record<string, string>>, fields: Html, holder = ''): Html {
    const { signingKeys, clock } = this.#options;
    const token = signToken(
      signingKeys()[0]!,
      `form ${path}`,
      holder,
      new Date(clock.now().getTime() + FORM_LIFETIME_MS),
    );
    const carried = Object.entries({ ...hidden, form: token });
    return html`<form method="post" action="${this.href(reader, path, hidden['token'])}" novalidate>
      ${carried.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)} ${fields}
    </form>`;
  }

  /** Whether a posted form token is one of ours, for this path and this holder, and fresh. */
  knowsForm(path: string, token: string, holder = ''): boolean {
    const { signingKeys, clock } = this.#options;
    return openToken(signingKeys(), `form ${path}`, token, clock.now()) === holder;
  }

  #wordsOf(locales: Locales): ReadonlyMap<string, PageWords> {
    const known = wordsOfLocales.get(locales);
    if (known !== undefined) return known;
    const words = pageWords(locales);
    wordsOfLocales.set(locales, words);
    return words;
  }
}

/** The path of the public URL without the last slash: '' at the root. */
export function basePath(publicUrl: string): string {
  return new URL(publicUrl).pathname.replace(/\/+$/, '');
}
