import type { Clock } from '../../base/clock.ts';
import type { SecretBox } from '../../base/secret-box.ts';

/** How long an access token lives, and the longest that can be set: seconds. */
export const usualTokenSeconds = 3600;
export const longestTokenSeconds = 21_600;

/** What an access token grants. */
export interface AccessGrant {
  readonly tenant: string;
  readonly client: string;
  readonly credential: string;
  /** Where fewer were asked for than the client has. */
  readonly scopes?: readonly string[];
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

const prefix = 'lk_at_';
const owner = { tenant: '*', id: 'access token', purpose: 'access token' };

/** Whether a token could be an access token. */
export function isAccessToken(token: string): boolean {
  return token.startsWith(prefix);
}

/**
 * Access tokens: opaque to their holders, sealed with the key that seals secrets, and not stored. Their credential is
 * looked up at each call, so revoking it ends its tokens at once.
 */
export class AccessTokens {
  readonly #secrets: Pick<SecretBox, 'seal' | 'open'>;
  readonly #clock: Clock;

  constructor(secrets: Pick<SecretBox, 'seal' | 'open'>, clock: Clock) {
    this.#secrets = secrets;
    this.#clock = clock;
  }

  /**
   * @param grant whose `expiresAt` is the end of the credential, if it has one: no token outlives it
   * @returns the token and the seconds it lives
   */
  issue(
    grant: Omit<AccessGrant, 'expiresAt'> & { readonly expiresAt?: string },
    seconds = usualTokenSeconds,
  ): { readonly token: string; readonly seconds: number } {
    const now = this.#clock.now().getTime();
    const end = Math.min(now + seconds * 1000, grant.expiresAt === undefined ? Infinity : Date.parse(grant.expiresAt));
    const { tenant, client, credential, scopes } = grant;
    const text = JSON.stringify([tenant, client, credential, new Date(end).toISOString(), ...(scopes ? [scopes] : [])]);
    return { token: prefix + this.#secrets.seal(text, owner), seconds: Math.floor((end - now) / 1000) };
  }

  /** @returns undefined for what we have not made, or with a key that is gone */
  open(token: string): AccessGrant | undefined {
    try {
      const text = this.#secrets.open(token.slice(prefix.length), owner);
      const [tenant, client, credential, expiresAt, scopes] = JSON.parse(text) as [
        string,
        string,
        string,
        string,
        string[]?,
      ];
      return { tenant, client, credential, expiresAt, ...(scopes === undefined ? {} : { scopes }) };
    } catch {
      return undefined;
    }
  }
}
