import { Router, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import type { ConsoleAccess, SignedIn } from '../administrators/console-access.ts';
import type { CompanySignIn } from '../administrators/oidc/company-sign-in.ts';
import type { Passkeys } from '../administrators/passkeys.ts';
import type { SessionPlace } from '../administrators/console-sessions.ts';
import type { Locales } from '../text/locales.ts';
import { consoleAssets } from '../page-kit/assets.ts';
import type { KnownBrowsers } from '../page-kit/known-browsers.ts';
import { pageHeaders } from '../page-kit/page-headers.ts';
import { basePath } from '../page-kit/page-renderer.ts';
import { type FormLimits, fromOurselves, postedForm } from '../page-kit/posted-form.ts';
import type { AssetLinks } from '../page-kit/layout.ts';
import { ConsoleCookie, consoleBrowsers } from './console-cookie.ts';
import { ConsoleForms } from './visit/console-forms.ts';
import { pageLayout } from './console-layout.ts';
import type { ConsoleAnswer } from './visit/console-answer.ts';
import type { ConsoleOptions, Handler, PageRules } from './console-options.ts';
import { errorPage } from './error-page.ts';
import { guarded } from './form-guard.ts';
import { formLimits, longestNext, openLimits, stepLimits } from './visit/form-limits.ts';
import { dueStage, isFresh, pathOfStage, type Stage } from './session-stage.ts';
import { routeOf } from './route-of.ts';
import { sendDownload } from './send-download.ts';
import { spokenTo } from './visit/spoken-to.ts';
import { statusOf, troublePage } from './trouble.ts';
import { Visit } from './visit/visit.ts';

/**
 * The shell of the console. A page names its path where it registers its handler, and cannot be served without headers,
 * session and role, nor take a form that another site or another session has made.
 */
export class ConsoleSite {
  readonly router = Router();
  readonly tenant: string;
  readonly isMain: boolean;
  readonly access: ConsoleAccess;
  readonly passkeys: Passkeys;
  readonly company: CompanySignIn;
  /** Whether it is served by https. */
  readonly secure: boolean;
  readonly cookie: ConsoleCookie;
  readonly browsers: KnownBrowsers;
  /** Which operations have a page. */
  readonly shown = new Set<string>();
  readonly #options: ConsoleOptions;
  readonly #assets: AssetLinks;
  readonly #base: string;
  readonly #forms: ConsoleForms;
  readonly #headers: readonly RequestHandler[];
  readonly #origin: string;
  readonly #paths = new Set<string>();
  readonly #languages: Locales;

  constructor(options: ConsoleOptions) {
    this.#options = options;
    this.tenant = options.tenant;
    this.isMain = options.isMain;
    this.access = options.access;
    this.passkeys = options.passkeys;
    this.company = options.company;
    this.#base = basePath(options.publicUrl);
    this.#origin = new URL(options.publicUrl).origin;
    this.secure = this.#origin.startsWith('https:');
    const { links, router } = consoleAssets(this.#base);
    this.#assets = links;
    this.router.use(router);
    this.#forms = new ConsoleForms(options.signingKeys, options.clock);
    this.cookie = new ConsoleCookie(this.secure);
    this.browsers = consoleBrowsers(options, this.#base, this.secure);
    this.#headers = [
      ...pageHeaders(this.secure, { connect: ["'self'"], frames: ["'self'"] }),
      (request, response, next) => this.#whileServed(request, response, next),
    ];
    this.#languages = new Map([...options.locales].filter(([, { language }]) => options.words.has(language)));
  }

  /** A page that a signed-in person looks at. */
  page(path: string, rules: PageRules, handler: Handler): void {
    this.#register(path, rules);
    this.router.get(routeOf(path), this.#signedIn('full', rules, handler));
  }

  /** A form that a signed-in person posts. */
  act(path: string, rules: PageRules, handler: Handler): void {
    this.#register(path, rules);
    const act = this.#signedIn('full', rules, guarded(handler, this.#options, rules.once));
    this.router.post(routeOf(path), ...this.#formGuards(rules), act);
  }

  /** A page of a sign-in that waits for its second factor, or for one to be set up. */
  step(path: string, stage: 'factor' | 'enrol', look: Handler, act: Handler): void {
    this.#register(path, {});
    this.router.get(routeOf(path), this.#signedIn(stage, {}, look));
    this.router.post(
      routeOf(path),
      ...this.#formGuards({}, stepLimits),
      this.#signedIn(stage, {}, guarded(act, this.#options)),
    );
  }

  /** The form that ends a session, however far its sign-in is. */
  signOut(path: string, handler: Handler): void {
    this.#register(path, {});
    this.router.post(routeOf(path), ...this.#formGuards({}, openLimits), async (request, response) => {
      const found = await this.#who(request);
      const visit = this.visit(request, response, found);
      if (found === undefined) return this.#goOn(response, visit.href('/sign-in'));
      this.#send(visit, response, await guarded(handler, this.#options)(visit));
    });
  }

  /** A page that anybody may see, and the form on it. */
  open(path: string, look: Handler, act?: Handler): void {
    this.#register(path, {});
    const answer =
      (handler: Handler): RequestHandler =>
      async (request, response) => {
        const visit = this.visit(request, response, undefined);
        this.#send(visit, response, await handler(visit));
      };
    this.router.get(routeOf(path), answer(look));
    if (act !== undefined)
      this.router.post(routeOf(path), ...this.#formGuards({}, openLimits), answer(guarded(act, this.#options)));
  }

  /** Answers unknown paths and errors below the console. Comes after all pages. */
  close(): void {
    this.router.use('/console', ...this.#headers, async (request, response) => {
      const signedIn = await this.#who(request);
      const visit = this.visit(request, response, signedIn?.session.stage === 'full' ? signedIn : undefined);
      if (!visit.isSignedIn) return this.#toSignIn(visit, response);
      this.#send(visit, response, errorPage(visit, 404, 'notFound'));
    });
    this.router.use('/console', async (error: unknown, request: Request, response: Response, next: NextFunction) => {
      if (response.headersSent) return next(error);
      if (statusOf(error) >= 500) this.#options.report(error);
      const visit = this.visit(request, response, await this.#who(request).catch(() => undefined));
      this.#send(visit, response, troublePage(visit, error));
    });
  }

  /** Tells of an error that is not the visitor's. */
  report(error: unknown): void {
    this.#options.report(error);
  }

  /** Where a sign-in comes from. */
  placeOf({ request }: Visit): SessionPlace {
    return { address: request.ip ?? '', browser: (request.get('User-Agent') ?? '').slice(0, 200) };
  }

  /** What a request is, for the pages. */
  visit(request: Request, response: Response, signedIn: SignedIn | undefined): Visit {
    const { settingsOf, words, operations, clock, tenant } = this.#options;
    const settings = settingsOf(tenant);
    const wish = { own: signedIn?.administrator.language, usual: settings.locale };
    return new Visit({
      request,
      response,
      requestId: String(response.locals.requestId ?? ''),
      tenant,
      base: this.#base,
      publicUrl: this.#options.publicUrl,
      settings,
      ...spokenTo(request, wish, this.#languages, words),
      languages: [...this.#options.locales.keys()],
      forms: this.#forms,
      operations,
      takeUpload: this.#options.takeUpload,
      now: clock.now(),
      hasPage: (path) => this.#paths.has(path),
      signedIn,
    });
  }

  #register(path: string, { operations = [] }: PageRules): void {
    if (!this.#paths.has(path)) this.router.all(routeOf(path), ...this.#headers);
    this.#paths.add(path);
    for (const id of operations) this.shown.add(id);
  }

  #formGuards({ upload = false }: PageRules, limits: FormLimits = formLimits): RequestHandler[] {
    const { limit } = this.#options;
    return upload ? [limit, fromOurselves(this.#origin)] : [limit, ...postedForm(this.#origin, limits)];
  }

  #signedIn(stage: Stage, rules: PageRules, handler: Handler): RequestHandler {
    return async (request, response) => {
      const found = await this.#who(request);
      const visit = this.visit(request, response, found);
      if (found === undefined) return this.#toSignIn(visit, response);
      const due = dueStage(found);
      if (due !== stage) return this.#goOn(response, visit.href(pathOfStage[due]));
      const { operations = [], fresh = false } = rules;
      if (operations.length > 0 && !operations.some((id) => visit.may(id)))
        return this.#send(visit, response, errorPage(visit, 403, 'forbidden'));
      if (fresh && !isFresh(found, visit.now)) {
        const back = request.method === 'GET' ? this.#addressOf(request) : visit.query('back') || visit.href('/');
        return this.#goOn(response, visit.href('/confirm', { back }));
      }
      this.#send(visit, response, await handler(visit));
    };
  }

  async #who(request: Request): Promise<SignedIn | undefined> {
    for (const value of this.cookie.read(request)) {
      const found = await this.access.current(value);
      if (found !== undefined && (found.session.tenant === this.tenant || found.administrator.operator)) return found;
    }
    return undefined;
  }

  /** While the tenant is suspended nothing of it is shown or changed, but by the operator. */
  async #whileServed(request: Request, response: Response, next: NextFunction): Promise<void> {
    const { isServed = () => true } = this.#options;
    if (isServed() || (await this.#who(request))?.administrator.operator === true) return next();
    response.set('Retry-After', '300');
    const visit = this.visit(request, response, undefined);
    this.#send(visit, response, errorPage(visit, 503, 'suspended'));
  }

  #toSignIn(visit: Visit, response: Response): void {
    if (visit.request.method !== 'GET') return this.#send(visit, response, errorPage(visit, 401, 'signedOut'));
    const next = this.#addressOf(visit.request);
    const isPlain = next.replace(/\/$/, '') === visit.href('/') || next.length > longestNext;
    this.#goOn(response, visit.href('/sign-in', isPlain ? {} : { next }));
  }

  /** As a browser knows it: the tenant's path was taken off where the request came in. */
  #addressOf({ originalUrl }: Request): string {
    return this.#base + originalUrl;
  }

  #goOn(response: Response, path: string): void {
    response.status(303).location(path).end();
  }

  #send(visit: Visit, response: Response, answer: ConsoleAnswer): void {
    if ('goOn' in answer) return this.#goOn(response, answer.goOn);
    if ('content' in answer) {
      sendDownload(response, answer);
      return;
    }
    response
      .status(answer.status ?? 200)
      .type('html')
      .set('Content-Language', visit.lang)
      .send(pageLayout(visit, this.#assets, answer));
  }
}
