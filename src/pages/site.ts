import type { Request, Response } from 'express';
import { languageWishes } from '../language-wishes.ts';
import type { Person } from '../provisioning/user/person.ts';
import type { Keys, Reveals } from './keys.ts';
import type { AssetLinks, PageContent } from '../page-kit/layout.ts';
import { queryValue } from '../page-kit/query-value.ts';
import type { Viewer } from '../page-kit/viewer.ts';
import { seenVisit } from './seen-visit.ts';
import { Sessions } from './session.ts';
import { basePath, PageRenderer, type StationeryOptions } from '../page-kit/page-renderer.ts';

/** What the pages are made of. */
export interface SiteOptions extends StationeryOptions {
  readonly keys: Keys;
  readonly reveals: Reveals;
  /** Told of every error that is not the visitor's. */
  readonly report: (error: unknown) => void;
}

/** What all pages share: what they are written with, how they are answered, and what they ask. */
export class Site extends PageRenderer {
  readonly keys: Keys;
  readonly reveals: Reveals;
  readonly tenant: string;
  readonly origin: string;
  readonly sessions: Sessions;
  readonly #report: SiteOptions['report'];

  constructor(options: SiteOptions, links: AssetLinks) {
    super(options, links);
    this.keys = options.keys;
    this.reveals = options.reveals;
    this.tenant = options.tenant;
    this.origin = new URL(options.publicUrl).origin;
    this.#report = options.report;
    const { signingKey, clock } = options;
    this.sessions = new Sessions({
      signingKey,
      clock,
      path: basePath(options.publicUrl) || '/',
      secure: this.origin.startsWith('https:'),
    });
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
