import type { Request, Response } from 'express';
import { cookieValues } from '../page-kit/cookie-values.ts';

const name = 'latchkey-console';

/** The cookie of the console's session: of this host alone, never read by scripts, never sent from other sites. */
export class ConsoleCookie {
  readonly #name: string;
  readonly #attributes;

  /**
   * @param secure whether the pages are served by https
   */
  constructor(secure: boolean) {
    // A browser takes a cookie of such a name only from this very host, by https and for all paths (RFC 6265bis
    // §4.1.3).
    this.#name = secure ? `__Host-${name}` : name;
    this.#attributes = { httpOnly: true, sameSite: 'strict', secure, path: '/' } as const;
  }

  /** What the request's cookies hold. */
  read(request: Request): readonly string[] {
    return cookieValues(request, this.#name);
  }

  /** Sets the cookie of a session; it ends with the browser at the latest. */
  set(response: Response, value: string): void {
    response.cookie(this.#name, value, { ...this.#attributes, encode: String });
  }

  /** Takes the cookie away. */
  clear(response: Response): void {
    response.clearCookie(this.#name, this.#attributes);
  }
}
