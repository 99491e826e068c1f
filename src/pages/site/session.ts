import type { Request, Response } from 'express';
import type { Clock } from '../../base/clock.ts';
import { cookieName } from '../../page-kit/cookie-name.ts';
import { cookieValues } from '../../page-kit/cookie-values.ts';
import { type SessionGrant, sessionLifeMs } from '../../provisioning/access/session-grant.ts';
import { openToken, signToken } from '../../base/signed-token.ts';

/** Who signed in, and by which session. */
export interface Session {
  readonly tenant: string;
  readonly userId: string;
  readonly grant: SessionGrant;
  /** ISO 8601: the sign-in before this one. */
  readonly previousSignInAt: string | undefined;
}

/** How session cookies are made. */
export interface SessionOptions {
  /** The first signs, each of them is believed. */
  readonly signingKeys: () => readonly Buffer[];
  /** Whose pages set the cookies. */
  readonly tenant: string;
  readonly clock: Clock;
  /** Path below which the browser sends the cookie, where `secure` does not make it all paths. */
  readonly path: string;
  /** True where the pages are served by https. */
  readonly secure: boolean;
}

const COOKIE = 'latchkey-session';

/**
 * Short sessions, long enough to change a password after signing in. The signed cookie names one; `Keys.holder` says
 * whether it still counts.
 */
export class Sessions {
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Sets the cookie of a session that begins now. */
  begin(response: Response, { tenant, userId, grant, previousSignInAt }: Session): void {
    const { signingKeys, clock } = this.#options;
    const payload = JSON.stringify([
      tenant,
      userId,
      grant.id,
      grant.signedInAt,
      grant.validFrom,
      previousSignInAt ?? '',
    ]);
    const token = signToken(signingKeys()[0]!, 'session', payload, new Date(clock.now().getTime() + sessionLifeMs));
    response.cookie(this.#name(), token, { ...this.#attributes(), maxAge: sessionLifeMs });
  }

  /** The session that the request's cookie proves, if any. */
  read(request: Request): Session | undefined {
    const { signingKeys, clock } = this.#options;
    for (const token of cookieValues(request, this.#name())) {
      const payload = openToken(signingKeys(), 'session', token, clock.now());
      if (payload === undefined) continue;
      const [tenant = '', userId = '', id = '', signedInAt = '', validFrom, previous] = JSON.parse(payload) as string[];
      // A cookie of an earlier release names no session: it could not be ended, so it is not one.
      if (validFrom === undefined || previous === undefined || tenant !== this.#options.tenant) continue;
      return {
        tenant,
        userId,
        grant: { id, signedInAt, validFrom },
        previousSignInAt: previous === '' ? undefined : previous,
      };
    }
    return undefined;
  }

  /** Takes the cookie away. */
  end(response: Response): void {
    response.clearCookie(this.#name(), this.#attributes());
  }

  #name(): string {
    return cookieName(COOKIE, this.#options);
  }

  #attributes() {
    const { secure, path } = this.#options;
    return { httpOnly: true, sameSite: 'strict', secure, path: secure ? '/' : path } as const;
  }
}
