import type { Request, Response } from 'express';
import type { Clock } from '../base/clock.ts';
import { openToken, signToken } from '../base/signed-token.ts';
import type { BrowserGrant } from '../domain/browser-grant.ts';
import { cookieName } from './cookie-name.ts';
import { cookieValues } from './cookie-values.ts';

/** How the cookie is made. */
export interface KnownBrowsersOptions {
  /** `users` sign in to the hosted pages, `administrators` to the console, each with a cookie of their own. */
  readonly of: 'users' | 'administrators';
  /** The first signs, each of them is believed. */
  readonly signingKeys: () => readonly Buffer[];
  readonly clock: Clock;
  readonly tenant: string;
  /** Path below which the browser sends the cookie, where `secure` does not make it all paths. */
  readonly path: string;
  /** True where the pages are served by https. */
  readonly secure: boolean;
}

const kinds = {
  users: { cookie: 'latchkey-browser', purpose: 'browser' },
  administrators: { cookie: 'latchkey-console-browser', purpose: 'console browser' },
} as const;

const lifeMs = 90 * 86_400_000;
/** People who share a browser: the last so many are known in it. */
const ownersKept = 5;

/**
 * Knows the browsers in which people have signed in, or set their password: strangers who guess at an account cannot
 * keep its owner out there. The signed cookie gives no right; it only has the owner's tries counted apart.
 */
export class KnownBrowsers {
  readonly #options: KnownBrowsersOptions;
  readonly #cookie: string;
  readonly #purpose: string;

  constructor(options: KnownBrowsersOptions) {
    this.#options = options;
    const { cookie, purpose } = kinds[options.of];
    this.#cookie = cookieName(cookie, options);
    this.#purpose = purpose;
  }

  /** Whose browser this is. */
  read(request: Request): readonly BrowserGrant[] {
    const { signingKeys, clock, tenant } = this.#options;
    for (const token of cookieValues(request, this.#cookie)) {
      const payload = openToken(signingKeys(), this.#purpose, token, clock.now());
      if (payload === undefined) continue;
      const [owner, grants] = JSON.parse(payload) as [string, [string, string, string][]];
      if (owner === tenant) return grants.map(([ownerId, id, validFrom]) => ({ ownerId, id, validFrom }));
    }
    return [];
  }

  /** From now on the browser is known as one of this owner's. */
  remember(request: Request, response: Response, grant: BrowserGrant): void {
    const { signingKeys, clock, tenant, path, secure } = this.#options;
    const others = this.read(request).filter(({ ownerId }) => ownerId !== grant.ownerId);
    const grants = [grant, ...others]
      .slice(0, ownersKept)
      .map(({ ownerId, id, validFrom }) => [ownerId, id, validFrom]);
    const expires = new Date(clock.now().getTime() + lifeMs);
    const token = signToken(signingKeys()[0]!, this.#purpose, JSON.stringify([tenant, grants]), expires);
    response.cookie(this.#cookie, token, {
      httpOnly: true,
      sameSite: 'strict',
      secure,
      path: secure ? '/' : path,
      maxAge: lifeMs,
    });
  }
}
