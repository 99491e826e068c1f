import { pipeline, Readable } from 'node:stream';
import {
  Router,
  type ErrorRequestHandler,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { ConsoleAccess, SignedIn } from '../administrators/console-access.ts';
import { hasSecondFactor, needsSecondFactor } from '../administrators/administrator.ts';
import type { Passkeys } from '../administrators/passkeys.ts';
import type { SessionPlace } from '../administrators/console-sessions.ts';
import type { Clock } from '../base/clock.ts';
import type { Settings } from '../config/settings.ts';
import { languageWishes } from '../text/language-wishes.ts';
import { pickLocale, type Locales } from '../text/locales.ts';
import { consoleAssets } from '../page-kit/assets.ts';
import { pageHeaders } from '../page-kit/page-headers.ts';
import { basePath } from '../page-kit/page-renderer.ts';
import { fromOurselves, postedForm } from '../page-kit/posted-form.ts';
import type { AssetLinks } from '../page-kit/layout.ts';
import { RoleForbidsError, type OperationCaller } from './call-operation.ts';
import { ConsoleCookie } from './console-cookie.ts';
import { ConsoleForms } from './console-forms.ts';
import { consoleLayout, openLayout } from './console-layout.ts';
import type { ConsoleAnswer, ConsolePage } from './console-answer.ts';
import type { Words } from './console-words.ts';
import { errorPage } from './error-page.ts';
import type { IconName } from './icons.ts';
import { Visit, type TakeUpload } from './visit.ts';

/** What the console is made of. */
export interface ConsoleOptions {
  readonly tenant: string;
  /** The tenant that is served at the root: its first owner runs the installation too. */
  readonly isMain: boolean;
  /** The tenant's public URL; its path, if any, comes before every link. */
  readonly publicUrl: string;
  readonly settingsOf: (tenant: string) => Settings;
  /** False while the tenant is suspended: the operator alone is let in. */
  readonly isServed?: () => boolean;
  /** Of the hosted pages: which languages there are, and how they run. */
  readonly locales: Locales;
  /** The console's own words, by language. */
  readonly words: ReadonlyMap<string, Words>;
  readonly access: ConsoleAccess;
  readonly passkeys: Passkeys;
  readonly operations: OperationCaller;
  /** 32 bytes each: the first signs forms, each of them is believed. They change when the keys are rotated. */
  readonly signingKeys: () => readonly Buffer[];
  readonly clock: Clock;
  /** Told of every error that is not the visitor's. */
  readonly report: (error: unknown) => void;
  /** Takes the file of a posted form to a place of its own. @throws ScimError for a form that cannot be read */
  readonly takeUpload: TakeUpload;
  /** Runs before every POST, for limits per address. */
  readonly limit: RequestHandler;
}

/** What is known of a page when it is registered. */
export interface PageRules {
  /** Its place in the navigation. */
  readonly section?: IconName;
  /** The operations that it shows or calls; a person who may call none of them may not see it. */
  readonly operations?: readonly string[];
  /** Asks for a fresh proof of who it is, for what is dangerous. */
  readonly fresh?: boolean;
  /** The form sends files: the handler reads the body itself. */
  readonly upload?: boolean;
}

/** Makes the answer to a request. */
export type Handler = (visit: Visit) => ConsoleAnswer | Promise<ConsoleAnswer>;

/** Of a signed-in page. */
type Stage = 'full' | 'factor' | 'enrol';

/** How long a proof counts as fresh, in milliseconds. */
const freshMs = 10 * 60_000;
const formLimits = { size: '256kb', fields: 2_000 };

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
  readonly cookie: ConsoleCookie;
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
    this.#base = basePath(options.publicUrl);
    this.#origin = new URL(options.publicUrl).origin;
    const secure = this.#origin.startsWith('https:');
    const { links, router } = consoleAssets(this.#base);
    this.#assets = links;
    this.router.use(router);
    this.#forms = new ConsoleForms(options.signingKeys, options.clock);
    this.cookie = new ConsoleCookie(secure);
    this.#headers = [
      ...pageHeaders(secure, { connect: ["'self'"], frames: ["'self'"] }),
      (request, response, next) => this.#whileServed(request, response, next),
    ];
    this.#languages = new Map([...options.locales].filter(([, { language }]) => options.words.has(language)));
  }

  /** A page that a signed-in person looks at. */
  page(path: string, rules: PageRules, handler: Handler): void {
    this.#register(path, rules);
    this.router.get(at(path), this.#signedIn('full', rules, handler));
  }

  /** A form that a signed-in person posts. */
  act(path: string, rules: PageRules, handler: Handler): void {
    this.#register(path, rules);
    this.router.post(at(path), ...this.#formGuards(rules), this.#signedIn('full', rules, guarded(handler)));
  }

  /** A page of a sign-in that waits for its second factor, or for one to be set up. */
  step(path: string, stage: 'factor' | 'enrol', look: Handler, act: Handler): void {
    this.#register(path, {});
    this.router.get(at(path), this.#signedIn(stage, {}, look));
    this.router.post(at(path), ...this.#formGuards({}), this.#signedIn(stage, {}, guarded(act)));
  }

  /** The form that ends a session, however far its sign-in is. */
  signOut(path: string, handler: Handler): void {
    this.#register(path, {});
    this.router.post(at(path), ...this.#formGuards({}), async (request, response) => {
      const found = await this.#who(request);
      const visit = this.visit(request, response, found);
      if (found === undefined) return this.#goOn(response, visit.href('/sign-in'));
      this.#send(visit, response, await guarded(handler)(visit));
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
    this.router.get(at(path), answer(look));
    if (act !== undefined) this.router.post(at(path), ...this.#formGuards({}), answer(guarded(act)));
  }

  /** Answers unknown paths and errors below the console. Comes after all pages. */
  close(): void {
    this.router.use('/console', ...this.#headers, async (request, response) => {
      const signedIn = await this.#who(request);
      const visit = this.visit(request, response, signedIn?.session.stage === 'full' ? signedIn : undefined);
      if (!visit.isSignedIn) return this.#toSignIn(visit, response);
      this.#send(visit, response, errorPage(visit, 404, 'notFound'));
    });
    this.router.use('/console', this.#trouble());
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
    const own = signedIn?.administrator.language;
    const wishes = [
      ...(own === undefined ? [] : [own]),
      ...languageWishes(request.headers['accept-language']),
      settings.locale,
    ];
    const { language, direction } = pickLocale(wishes, this.#languages);
    const spoken = words.get(language);
    if (spoken === undefined) throw new Error(`the console has no words in ${language}`);
    return new Visit({
      request,
      response,
      requestId: String(response.locals.requestId ?? ''),
      tenant,
      base: this.#base,
      publicUrl: this.#options.publicUrl,
      settings,
      words: spoken,
      dir: direction,
      region: wishes.find((wish) => wish.toLowerCase().startsWith(`${language.toLowerCase()}-`)) ?? language,
      forms: this.#forms,
      operations,
      takeUpload: this.#options.takeUpload,
      now: clock.now(),
      hasPage: (path) => this.#paths.has(path),
      signedIn,
    });
  }

  #register(path: string, { operations = [] }: PageRules): void {
    if (!this.#paths.has(path)) this.router.all(at(path), ...this.#headers);
    this.#paths.add(path);
    for (const id of operations) this.shown.add(id);
  }

  #formGuards({ upload = false }: PageRules): RequestHandler[] {
    const { limit } = this.#options;
    return upload ? [limit, fromOurselves(this.#origin)] : [limit, ...postedForm(this.#origin, formLimits)];
  }

  #signedIn(stage: Stage, rules: PageRules, handler: Handler): RequestHandler {
    return async (request, response) => {
      const found = await this.#who(request);
      const visit = this.visit(request, response, found);
      if (found === undefined) return this.#toSignIn(visit, response);
      const due = dueStage(found);
      if (due !== stage) return this.#goOn(response, visit.href(pathOf[due]));
      const { operations = [], fresh = false } = rules;
      if (operations.length > 0 && !operations.some((id) => visit.may(id)))
        return this.#send(visit, response, errorPage(visit, 403, 'forbidden'));
      if (fresh && visit.now.getTime() - Date.parse(found.session.provenAt) > freshMs) {
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
      response.status(200).set({ 'Content-Type': answer.type, ...answer.headers });
      const { content } = answer;
      if (typeof content === 'string' || Buffer.isBuffer(content)) response.send(content);
      // A browser that disconnects in the middle is not an error.
      else pipeline(Readable.from(content), response, () => undefined);
      return;
    }
    response
      .status(answer.status ?? 200)
      .type('html')
      .set('Content-Language', visit.lang)
      .send(this.#write(visit, answer));
  }

  #write(visit: Visit, page: ConsolePage): string {
    const isFull = visit.isSignedIn && dueStage(visit.me) === 'full';
    return isFull ? consoleLayout(visit, this.#assets, page) : openLayout(visit, this.#assets, page);
  }

  #trouble(): ErrorRequestHandler {
    return async (error: unknown, request, response, next) => {
      if (response.headersSent) return next(error);
      const status = statusOf(error);
      if (status >= 500) this.#options.report(error);
      const signedIn = await this.#who(request).catch(() => undefined);
      const visit = this.visit(request, response, signedIn);
      const isTold = status < 500 && error instanceof Error && !(error instanceof RoleForbidsError);
      const detail = isTold ? error.message : undefined;
      this.#send(visit, response, errorPage(visit, status, nameOf(status), detail));
    };
  }
}

/** A longer address is not come back to after signing in: no page has one, and a header could not hold it. */
const longestNext = 1_000;

const pathOf: Readonly<Record<Stage, string>> = { full: '/', factor: '/sign-in/second', enrol: '/sign-in/enrol' };

/** How far a session may come now: a role that needs a second factor waits until there is one. */
function dueStage({ administrator, session }: SignedIn): Stage {
  if (session.stage !== 'full') return session.stage;
  const isOidc = session.methods.includes('oidc');
  return needsSecondFactor(administrator) && !hasSecondFactor(administrator) && !isOidc ? 'enrol' : 'full';
}

function at(path: string): string {
  return path === '/' ? '/console' : `/console${path}`;
}

/** A form whose token is not this session's does nothing. */
function guarded(handler: Handler): Handler {
  return (visit) =>
    visit.knowsForm(visit.ownPath)
      ? handler(visit)
      : errorPage(visit, 403, 'badRequest', visit.t('shell.faults.formExpired'));
}

function statusOf(error: unknown): number {
  if (error instanceof Error && error.name === 'StoreUnavailableError') return 503;
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function nameOf(status: number): 'forbidden' | 'notFound' | 'tooMany' | 'badRequest' | 'unavailable' {
  if (status >= 500) return 'unavailable';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'notFound';
  return status === 429 ? 'tooMany' : 'badRequest';
}
