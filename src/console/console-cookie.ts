import type { Request, Response } from 'express';
import { cookieValues } from '../page-kit/cookie-values.ts';
import { KnownBrowsers, type KnownBrowsersOptions } from '../page-kit/known-browsers.ts';

/** How a cookie differs from that of the session. */
export interface CookieParts {
  readonly name?: string;
  /** `lax` where the browser must bring it along when another site sends it back here. */
  readonly sameSite?: 'strict' | 'lax';
  /** Milliseconds; without it the cookie ends with the browser. */
  readonly maxAge?: number;
}

/**
 * A cookie of the console, by default that of its session: of this host alone, never read by scripts, never sent from
 * other sites.
 */
export class ConsoleCookie {
  readonly #name: string;
  readonly #attributes;
  readonly #life: { readonly maxAge?: number };

  /**
   * @param secure whether the pages are served by https
   */
  constructor(secure: boolean, { name = 'latchkey-console', sameSite = 'strict', maxAge }: CookieParts = {}) {
    // A browser takes a cookie of such a name only from this very host, by https and for all paths (RFC 6265bis
    // §4.1.3).
    this.#name = secure ? `__Host-${name}` : name;
    this.#attributes = { httpOnly: true, sameSite, secure, path: '/' } as const;
    this.#life = maxAge === undefined ? {} : { maxAge };
  }

  /** What the request's cookies hold. */
  read(request: Request): readonly string[] {
    return cookieValues(request, this.#name);
  }

  /** Sets the cookie; that of a session ends with the browser at the latest. */
  set(response: Response, value: string): void {
    response.cookie(this.#name, value, { ...this.#attributes, ...this.#life, encode: String });
  }

  /** Takes the cookie away. */
  clear(response: Response): void {
    response.clearCookie(this.#name, this.#attributes);
  }
}

/** The browsers in which a tenant's administrators have signed in before. */
export function consoleBrowsers(
  { signingKeys, clock, tenant }: Pick<KnownBrowsersOptions, 'signingKeys' | 'clock' | 'tenant'>,
  base: string,
  secure: boolean,
): KnownBrowsers {
  return new KnownBrowsers({ of: 'administrators', signingKeys, clock, tenant, path: base || '/', secure });
}
