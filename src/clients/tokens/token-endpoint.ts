import { allScopes } from '../../domain/client.ts';
import type { AccessTokens } from './access-tokens.ts';
import { assertionAlgorithms } from './assertion-verifier.ts';
import type { ClientProver, ProvedClient } from './client-prover.ts';
import { readProof } from './client-proof.ts';
import { OAuthError } from './oauth-error.ts';

/** What a tenant's token endpoint answers (RFC 6749 §5.1). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
}

/** What the endpoint works with. */
export interface TokenEndpointParts {
  readonly prover: ClientProver;
  readonly tokens: AccessTokens;
  /** What the tenant's addresses begin with, without a slash at the end; its issuer. */
  readonly issuerOf: (tenant: string) => string;
  /** What a credential may be made for in place of access tokens, as the `aud` of its assertions. */
  readonly otherUses?: (issuer: string) => readonly string[];
  /** What else the metadata tells of an issuer. */
  readonly more?: (issuer: string) => Readonly<Record<string, string | readonly string[]>>;
}

/** The scope for SCIM as a whole, and the scopes it contains. */
const scimScope = 'scim';
const scimScopes = ['scim:read', 'scim:write'];

/** Issues access tokens to clients that prove themselves: `client_credentials` (RFC 6749 §4.4) and nothing else. */
export class TokenEndpoint {
  readonly #parts: TokenEndpointParts;

  constructor(parts: TokenEndpointParts) {
    this.#parts = parts;
  }

  /**
   * @param form the body's parameters, decoded
   * @param authorization the request's Authorization header
   * @throws OAuthError
   */
  async issue(
    tenant: string,
    form: URLSearchParams,
    authorization: string | undefined,
  ): Promise<ProvedClient & { readonly answer: TokenAnswer }> {
    const { prover, tokens } = this.#parts;
    const parameters = once(form);
    const grantType = parameters.get('grant_type');
    if (grantType === undefined)
      throw new OAuthError('invalid_request', 'grant_type is missing: send client_credentials');
    if (grantType !== 'client_credentials')
      throw new OAuthError('unsupported_grant_type', 'grant_type must be client_credentials');
    const issuer = this.#parts.issuerOf(tenant);
    const proof = readProof(parameters, authorization);
    const proved = await prover.prove(tenant, proof, [issuer, `${issuer}/oauth/token`]);
    const { client, credential } = proved;
    // Who may end sessions was not given the right to read and write everybody.
    if (credential.federation !== undefined && this.#parts.otherUses?.(issuer).includes(credential.federation.aud))
      throw new OAuthError('unauthorized_client', `the credential is for ${credential.federation.aud} alone`);
    const scopes = grantedScopes(parameters.get('scope'), client.scopes);
    const { token, seconds } = tokens.issue(
      {
        tenant,
        client: client.id,
        credential: credential.id,
        ...(scopes === undefined ? {} : { scopes }),
        ...(credential.expiresAt === undefined ? {} : { expiresAt: credential.expiresAt }),
      },
      client.accessTokenSeconds,
    );
    const scope = (scopes ?? client.scopes).join(' ');
    return { ...proved, answer: { access_token: token, token_type: 'Bearer', expires_in: seconds, scope } };
  }

  /** The metadata of a tenant's authorization server (RFC 8414 §2). */
  metadata(tenant: string): Readonly<Record<string, string | readonly string[]>> {
    const issuer = this.#parts.issuerOf(tenant);
    return {
      issuer,
      token_endpoint: `${issuer}/oauth/token`,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      scopes_supported: [scimScope, ...allScopes],
      ...this.#parts.more?.(issuer),
    };
  }
}

/** RFC 6749 §3.2: no parameter more than once; one without a value counts as absent. */
function once(form: URLSearchParams): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of form) {
    if (value === '') continue;
    if (parameters.has(name)) throw new OAuthError('invalid_request', `${name.slice(0, 60)} is there more than once`);
    parameters.set(name, value);
  }
  return parameters;
}

/**
 * What a token may do: what was asked for, of what the client may.
 * @returns undefined for all that the client may
 * @throws OAuthError invalid_scope
 */
function grantedScopes(asked: string | undefined, has: readonly string[]): readonly string[] | undefined {
  const names = (asked ?? '').split(' ').filter((name) => name !== '' && !name.endsWith('/.default'));
  if (names.length === 0) return undefined;
  const unknown = names.filter((name) => name !== scimScope && !allScopes.includes(name));
  if (unknown.length > 0) throw new OAuthError('invalid_scope', `scope knows ${scimScope}, ${allScopes.join(', ')}`);
  const wanted = names.flatMap((name) => (name === scimScope ? scimScopes : [name]));
  const granted = has.filter((scope) => wanted.includes(scope));
  if (granted.length === 0) throw new OAuthError('invalid_scope', 'the client has none of the scopes that it asks for');
  return granted;
}
