import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  type ServerMetadata,
} from 'openid-client';
import type { JsonObject } from '../../base/json.ts';
import { hostOf, RefusedAddressError } from '../../network/public-address.ts';
import { providerFetch, ProviderDownError } from './provider-fetch.ts';
import { claimAt } from './role-of-claims.ts';

/** A client at a provider. */
export interface OidcClient {
  readonly issuer: string;
  readonly clientId: string;
  readonly secret: string | undefined;
}

/** What binds a sign-in at the provider to the browser that began it. */
export interface OidcBinding {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636 §4.1. */
  readonly verifier: string;
  readonly redirectUri: string;
  /** Whether the person must have proved themselves to the provider just now. */
  readonly anew: boolean;
}

/** Who came back, as the provider says. */
export interface ProvedIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: JsonObject;
}

/**
 * Why a sign-in at the provider came to nothing: `denied`, the person or the provider broke it off; `unreachable`, the
 * provider did not answer; `refused`, what it said does not hold. The message is for the log and for administrators.
 */
export class OidcFault extends Error {
  override readonly name = 'OidcFault';
  readonly kind: 'denied' | 'unreachable' | 'refused';

  constructor(kind: OidcFault['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** How long what a provider says of itself is used without asking again, and how many are remembered. */
const freshMs = 300_000;
const mostKnown = 200;
/** How old a proof may be where one is asked for again, in seconds: the way back takes its time. */
const anewSeconds = 300;

/**
 * The provider's side of a sign-in (OpenID Connect Core 1.0, authorization code flow with PKCE), through
 * `openid-client`. Keys are fetched for each sign-in, so that a rotation needs no waiting; every call goes through the
 * address guard.
 */
export class OidcProvider {
  readonly #trustedHosts: ReadonlySet<string>;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly at: number; readonly metadata: ServerMetadata }>();

  /**
   * @param trustedHosts see `guardConnection`
   * @param now milliseconds
   */
  constructor(trustedHosts: ReadonlySet<string>, now: () => number) {
    this.#trustedHosts = trustedHosts;
    this.#now = now;
  }

  /**
   * Where the browser is sent to.
   * @throws OidcFault
   */
  async begin(client: OidcClient, binding: OidcBinding, scopes: readonly string[]): Promise<URL> {
    return faultsNamed(async () => {
      const config = await this.#configure(client);
      const url = buildAuthorizationUrl(config, {
        redirect_uri: binding.redirectUri,
        scope: scopes.join(' '),
        response_type: 'code',
        state: binding.state,
        nonce: binding.nonce,
        code_challenge: await calculatePKCECodeChallenge(binding.verifier),
        code_challenge_method: 'S256',
        ...(binding.anew ? { prompt: 'login', max_age: '0' } : {}),
      });
      this.#expectSafe(url);
      return url;
    });
  }

  /**
   * Takes up what the browser came back with: the code is exchanged; the ID token's signature, `iss`, `aud`, `exp`,
   * `nonce` and the answer's own `state` and `iss` (RFC 9207) are checked.
   * @param query of the address that the browser came back to
   * @param claim is looked up at the provider's UserInfo where the ID token does not have it
   * @throws OidcFault
   */
  async finish(
    client: OidcClient,
    binding: OidcBinding,
    query: URLSearchParams,
    claim: string,
  ): Promise<ProvedIdentity> {
    return faultsNamed(async () => {
      const config = await this.#configure(client);
      const address = new URL(binding.redirectUri);
      address.search = query.toString();
      const tokens = await authorizationCodeGrant(config, address, {
        expectedState: binding.state,
        expectedNonce: binding.nonce,
        pkceCodeVerifier: binding.verifier,
        idTokenExpected: true,
        ...(binding.anew ? { maxAge: anewSeconds } : {}),
      });
      const said = tokens.claims();
      if (said === undefined) throw new OidcFault('refused', 'the provider answered without an ID token');
      const idToken = plain(said);
      const mayKnowMore = config.serverMetadata().userinfo_endpoint !== undefined;
      const more =
        claimAt(idToken, claim) === undefined && mayKnowMore
          ? plain(await fetchUserInfo(config, tokens.access_token, said.sub))
          : {};
      return { issuer: said.iss, subject: said.sub, claims: { ...more, ...idToken } };
    });
  }

  /** Where a person signs out of the provider; undefined where it has no such page, or does not answer. */
  async signOutUrl(client: OidcClient, backTo: string): Promise<URL | undefined> {
    try {
      const config = await this.#configure(client);
      if (config.serverMetadata().end_session_endpoint === undefined) return undefined;
      const url = buildEndSessionUrl(config, { post_logout_redirect_uri: backTo });
      this.#expectSafe(url);
      return url;
    } catch {
      return undefined;
    }
  }

  /** A configuration of its own for each use: it remembers no keys of earlier ones. */
  async #configure({ issuer, clientId, secret }: OidcClient): Promise<Configuration> {
    const metadata = await this.#metadataOf(issuer, clientId);
    const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const proof =
      secret === undefined
        ? None()
        : methods.includes('client_secret_basic') || !methods.includes('client_secret_post')
          ? ClientSecretBasic(secret)
          : ClientSecretPost(secret);
    const config = new Configuration(metadata, clientId, {}, proof);
    config[customFetch] = providerFetch(this.#trustedHosts);
    enableNonRepudiationChecks(config);
    // Plain http is for hosts that the operator has named, and our own fetch sees to that.
    allowInsecureRequests(config);
    return config;
  }

  async #metadataOf(issuer: string, clientId: string): Promise<ServerMetadata> {
    const known = this.#known.get(issuer);
    if (known !== undefined && this.#now() - known.at < freshMs) return known.metadata;
    const found = await discovery(new URL(issuer), clientId, undefined, None(), {
      algorithm: 'oidc',
      [customFetch]: providerFetch(this.#trustedHosts),
      execute: [allowInsecureRequests],
    });
    const metadata: ServerMetadata = { ...found.serverMetadata() };
    this.#known.delete(issuer);
    this.#known.set(issuer, { at: this.#now(), metadata });
    if (this.#known.size > mostKnown) this.#known.delete(this.#known.keys().next().value!);
    return metadata;
  }

  /** A browser is sent to https alone, and to hosts that the operator has named. */
  #expectSafe(url: URL): void {
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && this.#trustedHosts.has(hostOf(url))))
      throw new OidcFault('refused', 'the provider names a page that is not https');
  }
}

function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

/** What the library throws, as a fault of ours. */
async function faultsNamed<Answer>(act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof OidcFault) throw cause;
    const causes = chainOf(cause);
    const refused = causes.find((one) => one instanceof RefusedAddressError);
    if (refused !== undefined) throw new OidcFault('unreachable', refused.message, cause);
    if (causes.some((one) => one.name === 'AuthorizationResponseError'))
      throw new OidcFault('denied', causes[0]?.message ?? '', cause);
    if (causes.some(isOfTheNetwork)) throw new OidcFault('unreachable', 'the provider does not answer', cause);
    throw new OidcFault(
      'refused',
      causes
        .map(({ message }) => message)
        .join(': ')
        .slice(0, 300),
      cause,
    );
  }
}

function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < 5; at = at.cause) chain.push(at);
  return chain;
}

/** Name look-up, connection, TLS and time-outs have a code of the system. */
function isOfTheNetwork(error: Error): boolean {
  const code: unknown = 'code' in error ? error.code : undefined;
  const isSystem = typeof code === 'string' && /^(E[A-Z]{3,}|ABORT_ERR|CERT_|DEPTH_|SELF_|UNABLE_|ERR_TLS)/.test(code);
  return isSystem || error instanceof ProviderDownError || error.name === 'AbortError' || error.name === 'TimeoutError';
}
