import type { Request, RequestHandler, Response } from 'express';
import { pageHeaders } from '../../page-kit/page-headers.ts';
import { PageRouter } from '../../page-kit/page-router.ts';
import { postedForm } from '../../page-kit/posted-form.ts';
import { languageWishes } from '../../text/language-wishes.ts';
import type { Person } from '../../provisioning/user/person.ts';
import type { Keys, Reveals } from './keys.ts';
import type { AssetLinks, PageContent } from '../../page-kit/layout.ts';
import { queryValue } from '../../page-kit/query-value.ts';
import type { Viewer } from '../../page-kit/viewer.ts';
import { seenVisit } from './seen-visit.ts';
import { KnownBrowsers } from '../../page-kit/known-browsers.ts';
import { Sessions } from './session.ts';
import { basePath, PageRenderer, type StationeryOptions } from '../../page-kit/page-renderer.ts';

/** What the pages are made of. */
export interface SiteOptions extends StationeryOptions {
  readonly keys: Keys;
  readonly reveals: Reveals;
  /** Told of every error that is not the visitor's. */
  readonly report: (error: unknown) => void;
  /** Stands before every POST, for limits per address: an error with `status` 429 becomes a page. */
  readonly limit?: RequestHandler;
}

/** What all pages share: what they are written with, how they are answered, and what they ask. */
export class Site extends PageRenderer {
  readonly keys: Keys;
  readonly reveals: Reveals;
  readonly tenant: string;
  readonly origin: string;
  readonly sessions: Sessions;
  readonly browsers: KnownBrowsers;
  readonly #report: SiteOptions['report'];
  readonly #headers: readonly RequestHandler[];
  readonly #limit: readonly RequestHandler[];

  constructor(options: SiteOptions, links: AssetLinks) {
    super(options, links);
    this.keys = options.keys;
    this.reveals = options.reveals;
    this.tenant = options.tenant;
    this.origin = new URL(options.publicUrl).origin;
    this.#report = options.report;
    this.#headers = pageHeaders(this.origin.startsWith('https:'), {
      images: () => originOf(options.settingsOf(options.tenant).brand.logoUrl),
    });
    this.#limit = options.limit === undefined ? [] : [options.limit];
    const { signingKeys, clock } = options;
    const cookies = {
      signingKeys,
      clock,
      tenant: options.tenant,
      path: basePath(options.publicUrl) || '/',
      secure: this.origin.startsWith('https:'),
    };
    this.sessions = new Sessions(cookies);
    this.browsers = new KnownBrowsers({ ...cookies, of: 'users' });
  }

  /** Whom the answer to this request is written for. */
  reader(request: Request, person?: Person): Viewer {
    const [lang] = languageWishes(queryValue(request, 'lang'));
    const accepted = languageWishes(request.headers['accept-language']);
    return this.readerOf({ person, lang, application: queryValue(request, 'application'), accepted });
  }

  /** Has the user's timeline say that a mailed link was opened; nobody waits for it. */
  noteOpening(request: Request, token: string): void {
    this.keys.noteOpening(this.tenant, token, seenVisit(request)).catch(this.#report);
  }

  /** Leaves word of a failed sign-in for the log, which keeps a keyed hash of the name alone. */
  noteFailure(response: Response, outcome: 'signInInvalid' | 'signInLocked' | 'signInNotStarted', name: string): void {
    response.locals.signIn = { outcome, name };
  }

  /** A router whose every page has the headers of pages, its forms limited and known to come from us. */
  router(): PageRouter {
    return new PageRouter({ headers: this.#headers, form: [...this.#limit, ...postedForm(this.origin)] });
  }

  /** The headers of every page. */
  get headers(): readonly RequestHandler[] {
    return this.#headers;
  }

  /** Sends a page. */
  send(response: Response, status: number, reader: Viewer, content: PageContent): void {
    response.status(status).type('html').set('Content-Language', reader.lang).send(this.write(reader, content));
  }

  /**
   * Answers a form that did its work: a redirect (303), so that reloading the next page repeats nothing. It has no
   * body: Express would weigh every media type of `Accept` against those it could make one of, and a request may name
   * tens of thousands.
   */
  goOn(response: Response, reader: Viewer, path: string): void {
    response.status(303).location(this.href(reader, path)).end();
  }
}

/** The site that a logo comes from; '' without one. */
function originOf(url: string | null): string {
  return url === null ? '' : new URL(url).origin;
}
