import type { Client } from '../../domain/client.ts';

/** The codes of RFC 6749 §5.2 that this token endpoint answers. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  /** Not of that section: as RFC 6749 §4.1.2.1 has it, for what the caller cannot mend. */
  | 'temporarily_unavailable';

/** Why no access token is issued (RFC 6749 §5.2); the message is the `error_description`. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  /** Whose credential has ended; known only where the secret was right. */
  readonly client: Client | undefined;

  constructor(code: OAuthErrorCode, description: string, client?: Client) {
    super(description);
    this.code = code;
    this.client = client;
  }

  /** 401 where the client is not known, 503 where it cannot be known now, else 400. */
  get status(): 400 | 401 | 503 {
    if (this.code === 'temporarily_unavailable') return 503;
    return this.code === 'invalid_client' ? 401 : 400;
  }
}
