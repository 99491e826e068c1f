import type { Credential } from '../../domain/credential.ts';
import type { AccessEpoch } from '../credentials/access-epoch.ts';
import { type AccessTokens, isAccessToken } from './access-tokens.ts';
import type { KeptClient } from '../client-notes.ts';
import type { ClientRegister } from '../client-register.ts';

/** The owner of a token, whether or not it still works. */
export interface FoundCaller {
  /** Absent where the client was removed long ago. */
  readonly client?: KeptClient;
  readonly credential: Credential;
  /** Of an access token: its own end, as ISO 8601 UTC. */
  readonly tokenEnds?: string;
  /** Of an access token that was asked for with fewer scopes than the client has. */
  readonly scopes?: readonly string[];
}

/** What `authenticate` asks. */
export interface CallerFinder {
  /** See `AccessEpoch`. */
  epoch(): number | Promise<number>;
  /** @returns undefined for a token that is not known */
  find(token: string): Promise<FoundCaller | undefined>;
}

/** Finds callers by their tokens. */
export class StoredCallers implements CallerFinder {
  readonly #clients: ClientRegister;
  readonly #epoch: AccessEpoch;
  readonly #tokens: AccessTokens;

  constructor(clients: ClientRegister, epoch: AccessEpoch, tokens: AccessTokens) {
    this.#clients = clients;
    this.#epoch = epoch;
    this.#tokens = tokens;
  }

  epoch(): number | Promise<number> {
    return this.#epoch.current();
  }

  async find(token: string): Promise<FoundCaller | undefined> {
    const { credentials } = this.#clients;
    const grant = isAccessToken(token) ? this.#tokens.open(token) : undefined;
    const credential =
      grant === undefined
        ? await credentials.byToken(token)
        : await credentials.find(grant.tenant, grant.client, grant.credential);
    if (credential === undefined) return undefined;
    const client = await this.#clients.findKept(credential.tenant, credential.client);
    return {
      credential,
      ...(client === undefined ? {} : { client }),
      ...(grant === undefined ? {} : { tokenEnds: grant.expiresAt }),
      ...(grant?.scopes === undefined ? {} : { scopes: grant.scopes }),
    };
  }
}
