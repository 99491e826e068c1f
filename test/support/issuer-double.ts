import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** What the provider says of a person. */
export type Person = Readonly<Record<string, unknown>> & { readonly sub: string };

/** How an answer of the double differs from an honest one. */
export interface Lies {
  /** Claims of the ID token that are put in the place of the right ones. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** `iss` of the answer that the browser brings (RFC 9207). */
  readonly responseIss?: string;
  /** The ID token is signed by a key that is not published. */
  readonly foreignKey?: boolean;
  /** The ID token has no signature at all. */
  readonly unsigned?: boolean;
}

/** A code that was given out, and what must be shown to have it exchanged. */
interface Issued {
  readonly person: Person;
  readonly nonce: string | null;
  readonly challenge: string | null;
  readonly redirectUri: string | null;
  readonly authTime: number;
}

/**
 * A small OpenID provider for tests: discovery, authorization code with PKCE, keys that rotate, UserInfo. It can lie,
 * and it can be down.
 */
export class IssuerDouble {
  readonly clientId = 'latchkey-console';
  readonly clientSecret = 'the secret of the client';
  /** What UserInfo tells beside the ID token. */
  userInfo: Readonly<Record<string, unknown>> = {};
  lies: Lies = {};
  isDown = false;
  /** Who signs in on the provider's own page, where a browser is sent there. */
  visitor: Person | undefined;
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  /** Milliseconds: when people proved themselves to the provider. */
  authTime = (): number => Date.now();
  readonly #server: Server;
  readonly #codes = new Map<string, Issued>();
  readonly #userOf = new Map<string, Person>();
  #key!: { readonly kid: string; readonly privateKey: CryptoKey; readonly jwk: JWK };

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<IssuerDouble> {
    const double = new IssuerDouble();
    await double.rotate();
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Another key signs from now on; the older one is published no longer. */
  async rotate(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const kid = randomBytes(6).toString('hex');
    this.#key = { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
  }

  /**
   * A person signs in: what the provider's page would do with the address that the browser was sent to.
   * @returns the address that the browser is sent back to
   */
  signIn(address: string, person: Person): URL {
    const { searchParams: query } = new URL(address);
    const code = randomBytes(16).toString('hex');
    this.#codes.set(code, {
      person,
      nonce: query.get('nonce'),
      challenge: query.get('code_challenge'),
      redirectUri: query.get('redirect_uri'),
      authTime: Math.floor(this.authTime() / 1000),
    });
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    back.searchParams.set('iss', this.lies.responseIss ?? this.issuer);
    return back;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, href } = new URL(request.url ?? '/', this.issuer);
    this.asked.push(pathname);
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    };
    if (this.isDown) return answer(503, { error: 'temporarily_unavailable' });
    if (pathname === '/.well-known/openid-configuration') return answer(200, this.#metadata());
    if (pathname === '/authorize' || pathname === '/sign-out') return this.#show(pathname, href, response);
    if (pathname === '/keys') return answer(200, { keys: [this.#key.jwk] });
    if (pathname === '/me') {
      const person = this.#userOf.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
      return person === undefined ? answer(401, {}) : answer(200, { sub: person.sub, ...this.userInfo });
    }
    if (pathname !== '/token') return answer(404, {});
    let body = '';
    for await (const piece of request) body += String(piece);
    const form = new URLSearchParams(body);
    const issued = this.#codes.get(form.get('code') ?? '');
    this.#codes.delete(form.get('code') ?? '');
    if (!this.#isClient(request)) return answer(401, { error: 'invalid_client' });
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (issued?.challenge !== verifier || issued.redirectUri !== form.get('redirect_uri'))
      return answer(400, { error: 'invalid_grant' });
    const token = randomBytes(16).toString('hex');
    this.#userOf.set(token, issued.person);
    answer(200, { access_token: token, token_type: 'Bearer', expires_in: 300, id_token: await this.#idToken(issued) });
  }

  /** The provider's own pages: a button that signs in, and one that goes back after signing out. */
  #show(pathname: string, href: string, response: ServerResponse): void {
    const query = new URL(href).searchParams;
    const person = this.visitor;
    const to =
      pathname === '/sign-out' ? query.get('post_logout_redirect_uri') : person && this.signIn(href, person).href;
    const link = String(to ?? '').replaceAll('&', '&amp;');
    const page = `<!doctype html><title>Contoso</title><p><a id="go" href="${link}">Continue</a></p>`;
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(page);
  }

  #isClient({ headers }: IncomingMessage): boolean {
    const pair = Buffer.from((headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString('utf8');
    const [id = '', secret = ''] = pair.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
    return id === this.clientId && secret === this.clientSecret;
  }

  async #idToken({ person, nonce, authTime }: Issued): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      aud: this.clientId,
      iat: now,
      exp: now + 300,
      auth_time: authTime,
      ...(nonce === null ? {} : { nonce }),
      ...person,
      ...this.lies.claims,
    };
    if (this.lies.unsigned === true) {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      return `${part({ alg: 'none' })}.${part(claims)}.`;
    }
    const { privateKey } = this.lies.foreignKey === true ? await generateKeyPair('ES256') : this.#key;
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: this.#key.kid }).sign(privateKey);
  }

  #metadata(): object {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      userinfo_endpoint: `${issuer}/me`,
      end_session_endpoint: `${issuer}/sign-out`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    };
  }
}
