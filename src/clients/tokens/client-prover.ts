import { timingSafeEqual } from 'node:crypto';
import type { Client } from '../../domain/client.ts';
import type { Clock } from '../../base/clock.ts';
import { hashToken, type Credential } from '../../domain/credential.ts';
import { AssertionError, IssuerKeysError, type AssertionVerifier, type Claims } from './assertion-verifier.ts';
import type { ClientProof } from './client-proof.ts';
import type { ClientRegister } from '../client-register.ts';
import { OAuthError } from './oauth-error.ts';

/** A client that has proved itself, and by what. */
export interface ProvedClient {
  readonly client: Client;
  readonly credential: Credential;
}

/** What proofs are checked with. */
export interface ClientProverParts {
  readonly clients: ClientRegister;
  readonly verifier: AssertionVerifier;
  readonly clock: Clock;
}

/** Checks what clients prove themselves with. */
export class ClientProver {
  readonly #parts: ClientProverParts;

  constructor(parts: ClientProverParts) {
    this.#parts = parts;
  }

  /**
   * @param audiences what an assertion of a client's own may be for: the token endpoint, the issuer
   * @throws OAuthError invalid_client; temporarily_unavailable where an issuer's keys cannot be got
   */
  async prove(tenant: string, proof: ClientProof, audiences: readonly string[]): Promise<ProvedClient> {
    return proof.kind === 'secret'
      ? this.#bySecret(tenant, proof.clientId, proof.secret)
      : this.#byAssertion(tenant, proof, audiences);
  }

  async #bySecret(tenant: string, clientId: string, secret: string): Promise<ProvedClient> {
    const client = await this.#parts.clients.find(tenant, clientId);
    const hash = Buffer.from(hashToken(secret));
    const credentials = client === undefined ? [] : await this.#parts.clients.credentials.list(tenant, clientId);
    const credential = credentials.find(
      (one) => one.kind === 'secret' && one.hash !== undefined && timingSafeEqual(Buffer.from(one.hash), hash),
    );
    if (client === undefined || credential === undefined)
      throw new OAuthError('invalid_client', 'the client or its secret is not known: check both for a typo');
    this.#expectLive(client, credential);
    return { client, credential };
  }

  async #byAssertion(
    tenant: string,
    { clientId, assertion }: ClientProof & { kind: 'assertion' },
    audiences: readonly string[],
  ): Promise<ProvedClient> {
    const { verifier, clients } = this.#parts;
    try {
      const claims = verifier.read(assertion);
      const client = await this.#clientOf(tenant, clientId, claims);
      const credentials = client === undefined ? [] : await clients.credentials.list(tenant, client.id);
      const trusted = credentials.filter((credential) => trusts(credential, claims, audiences));
      if (client === undefined || trusted.length === 0)
        throw new AssertionError('no credential of the client has its iss, sub, aud and tid');
      return await this.#byKeysOf(client, trusted, assertion);
    } catch (cause) {
      if (cause instanceof AssertionError)
        throw new OAuthError('invalid_client', `the assertion is not accepted: ${cause.message}`);
      throw cause;
    }
  }

  async #byKeysOf(client: Client, trusted: readonly Credential[], assertion: string): Promise<ProvedClient> {
    const { verifier } = this.#parts;
    const living = trusted.filter((credential) => this.#endOf(credential) === undefined);
    let fault: unknown;
    for (const credential of living.length > 0 ? living : trusted) {
      try {
        const claims = await verifier.prove(assertion, credential.federation ?? credential.keys ?? {});
        this.#expectLive(client, credential);
        await verifier.useOnce(client.tenant, claims);
        return { client, credential };
      } catch (cause) {
        if (!(cause instanceof AssertionError || cause instanceof IssuerKeysError)) throw cause;
        fault = cause;
      }
    }
    // A 401 would have the caller take its credential for a wrong one, and stop.
    if (fault instanceof IssuerKeysError) throw new OAuthError('temporarily_unavailable', fault.message, client);
    throw fault;
  }

  /** Of `keys` the assertion names the client; of `federation` the request does, else the claims lead to it. */
  async #clientOf(
    tenant: string,
    clientId: string | undefined,
    { iss, sub, aud }: Claims,
  ): Promise<Client | undefined> {
    const { clients } = this.#parts;
    if (clientId !== undefined) return clients.find(tenant, clientId);
    const federated = await clients.credentials.byFederation(tenant, { iss, sub, aud: oneOf(aud) });
    if (federated !== undefined) return clients.find(tenant, federated.client);
    return iss === sub && typeof sub === 'string' ? clients.find(tenant, sub) : undefined;
  }

  #expectLive(client: Client, credential: Credential): void {
    const ended = this.#endOf(credential);
    if (ended !== undefined) throw new OAuthError('invalid_client', ended, client);
  }

  #endOf({ revokedAt, expiresAt }: Credential): string | undefined {
    if (revokedAt !== undefined) return `the credential was revoked at ${revokedAt}: use another of this client`;
    if (expiresAt !== undefined && expiresAt <= this.#parts.clock.now().toISOString())
      return `the credential expired at ${expiresAt}: make a new one for this client`;
    return undefined;
  }
}

/** Whether the claims are those that a credential trusts. Each is compared exactly. */
function trusts({ client, kind, federation }: Credential, claims: Claims, audiences: readonly string[]): boolean {
  const { iss, sub, aud, tid } = claims;
  if (kind === 'keys')
    return iss === client && sub === client && [aud].flat().some((one) => one !== undefined && audiences.includes(one));
  if (kind !== 'federation' || federation === undefined) return false;
  return (
    iss === federation.iss
    && sub === federation.sub
    && oneOf(aud) === federation.aud
    && (federation.tid === undefined || tid === federation.tid)
  );
}

/** The one audience of an assertion, as text or as a list of one. */
function oneOf(aud: Claims['aud']): string | undefined {
  const all = [aud].flat();
  return all.length === 1 ? all[0] : undefined;
}
