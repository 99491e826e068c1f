import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import type { CallRates } from '../../src/caller/call-rates.ts';
import { createAuthenticate, type Authenticate } from '../../src/caller/authenticate.ts';
import type { Client } from '../../src/domain/client.ts';
import { AssertionVerifier } from '../../src/clients/tokens/assertion-verifier.ts';
import { ClientProver } from '../../src/clients/tokens/client-prover.ts';
import { KeySets } from '../../src/clients/keys/key-sets.ts';
import { TokenEndpoint } from '../../src/clients/tokens/token-endpoint.ts';
import { composeClients, type ClientParts } from '../../src/composition/core/compose-clients.ts';
import { createErrorBoundary } from '../../src/http/error-boundary.ts';
import { pino } from 'pino';
import type { Notes } from '../../src/domain/notes.ts';
import { createTokenRouter } from '../../src/oauth/token-router.ts';
import { routeToTenant, tenantOfRequest } from '../../src/tenancy/request-tenant.ts';
import { MemoryNotes } from './memory-notes.ts';

/** A key pair of an issuer. */
export interface SigningKey {
  readonly algorithm: 'RS256' | 'PS256' | 'ES256' | 'EdDSA';
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** Makes a key pair; its public part has `kid`, `alg` and `use` as issuers publish them. */
export async function signingKey(algorithm: SigningKey['algorithm'], kid: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return { algorithm, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' } };
}

/** An issuer whose keys change and whose server goes away. */
export class IssuerDouble {
  keys: readonly SigningKey[] = [];
  isDown = false;
  /** What it answers in place of its keys. */
  text: string | undefined;
  asked = 0;

  /** As `FetchText` has it. */
  readonly fetchText = async (): Promise<string> => {
    this.asked += 1;
    if (this.isDown) throw new Error('connection refused');
    return this.text ?? JSON.stringify({ keys: this.keys.map(({ jwk }) => jwk) });
  };
}

/** The token endpoint over real HTTP, with time that stands still until it is moved. */
export class OauthBench {
  now = Date.parse('2036-03-01T08:00:00.000Z');
  readonly issuer = new IssuerDouble();
  readonly parts: ClientParts;
  readonly keySets: KeySets;
  readonly log = pino({ level: 'silent' });
  /** What was turned away. */
  readonly errors: unknown[] = [];
  readonly authenticate: Authenticate;
  url = '';
  /** Where a test has them counted. */
  rates: CallRates | undefined;
  /** The tenant that `authenticate` is asked for. */
  tenant = 'default';
  #server: Server | undefined;
  readonly #notes: Notes;
  #ids = 0;

  constructor(notes?: Notes) {
    const clock = { now: () => new Date(this.now), newId: () => `${this.now}-${String(++this.#ids).padStart(5, '0')}` };
    this.#notes = notes ?? new MemoryNotes(clock.now);
    this.parts = composeClients(this.#notes, clock);
    this.keySets = new KeySets({ fetchText: this.issuer.fetchText, now: () => this.now, log: this.log });
    this.authenticate = createAuthenticate({
      callers: this.parts.callers,
      now: clock.now,
      tenantOf: () => this.tenant,
      onUse: () => undefined,
    });
  }

  /** Listens on a free port. */
  async start(): Promise<void> {
    const clock = { now: () => new Date(this.now), newId: () => '' };
    const verifier = new AssertionVerifier({ keySets: this.keySets, notes: this.#notes, clock });
    const app = express();
    app.use((request, response, next) => {
      routeToTenant(request);
      response.locals.requestId = 'r1';
      response.once('finish', () => {
        if (response.locals.error !== undefined) this.errors.push(response.locals.error);
      });
      next();
    });
    app.use(
      createTokenRouter({
        endpoint: new TokenEndpoint({
          prover: new ClientProver({ clients: this.parts.clients, verifier, clock }),
          tokens: this.parts.accessTokens,
          issuerOf: (tenant) => (tenant === 'default' ? this.url : `${this.url}/t/${tenant}`),
          otherUses: (issuer) => [`${issuer}/oauth/global-token-revocation`],
        }),
        uses: this.parts.credentialUses,
        isTrustedHop: () => false,
        rates: { countFailure: (address) => this.rates?.countFailure(address) },
        tenantOf: tenantOfRequest,
        isServed: async (id) => ['default', 'acme'].includes(id),
        log: this.log,
      }),
    );
    app.use(createErrorBoundary(this.log));
    this.#server = createServer(app);
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** A client of a tenant that may use SCIM. */
  async client(changes: Partial<Client> = {}): Promise<Client> {
    const client = await this.parts.clients.add({
      tenant: 'default',
      name: 'entra',
      profile: 'entra',
      scopes: ['scim:read', 'scim:write'],
      ...changes,
    });
    if (client === undefined) throw new Error('the id is taken');
    return client;
  }

  /** Posts parameters to a token endpoint. */
  async post(
    parameters: Readonly<Record<string, string>> | string,
    headers: Readonly<Record<string, string>> = {},
    path = '/oauth/token',
  ): Promise<{ status: number; body: Record<string, any>; headers: Headers }> {
    const answer = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: typeof parameters === 'string' ? parameters : new URLSearchParams(parameters).toString(),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, any>, headers: answer.headers };
  }

  /** The parameters that prove a client by an assertion. */
  asserting(assertion: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...more,
    };
  }

  /** Signs claims; `exp` is in five minutes unless they say otherwise. */
  async sign(key: SigningKey, claims: JWTPayload, header: Record<string, unknown> = {}): Promise<string> {
    const seconds = Math.floor(this.now / 1000);
    return new SignJWT({ iat: seconds, exp: seconds + 300, ...claims })
      .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: 'JWT', ...header })
      .sign(key.privateKey);
  }
}
