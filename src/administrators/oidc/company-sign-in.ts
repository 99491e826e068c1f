import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Log } from '../../base/log.ts';
import type { OidcSettings, Settings } from '../../config/settings.ts';
import type { Note, Notes } from '../../domain/notes.ts';
import type { AdministratorRecords } from '../administrator-records.ts';
import type { ConsoleAccess } from '../console-access.ts';
import type { ConsoleSessions, SessionPlace } from '../console-sessions.ts';
import type { SecurityLog } from '../security-log.ts';
import type { CompanyAccounts } from './company-accounts.ts';
import {
  OidcFault,
  type OidcBinding,
  type OidcClient,
  type OidcProvider,
  type ProvedIdentity,
} from './oidc-provider.ts';
import { roleOfClaims } from './role-of-claims.ts';
import type { CompanyPurpose, CompanyReturn } from './company-purpose.ts';

/** What signing in at the company's provider works with. */
export interface CompanySignInParts {
  readonly provider: OidcProvider;
  readonly accounts: CompanyAccounts;
  readonly access: ConsoleAccess;
  readonly records: Pick<AdministratorRecords, 'find'>;
  readonly sessions: ConsoleSessions;
  readonly securityLog: SecurityLog;
  readonly notes: Notes;
  readonly settingsOf: (tenant: string) => Settings;
  readonly publicUrlOf: (tenant: string) => string;
  /** The secret behind a reference of the settings; undefined where it is gone. */
  readonly secretOf: (tenant: string, reference: string) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
}

const kind = 'companySignIn';

/** How long a person may take at the provider. */
const lifeMs = 10 * 60_000;

/** Where the provider sends the browser back to, below a tenant. */
export const callbackPath = '/sign-in/oidc/callback';

/**
 * Sign-in at the company's identity provider (OpenID Connect). Each way there works once, within ten minutes, and in
 * the browser that began it alone: `state` names it, a cookie proves the browser, and `nonce` and the PKCE verifier are
 * made of both, so that the store keeps none of them.
 */
export class CompanySignIn {
  readonly accounts: CompanyAccounts;
  readonly #parts: CompanySignInParts;

  constructor(parts: CompanySignInParts) {
    this.#parts = parts;
    this.accounts = parts.accounts;
  }

  /** What people call the provider; undefined where a tenant has none. */
  nameOf(tenant: string): string | undefined {
    const { issuer, name } = this.#settings(tenant);
    return issuer === null ? undefined : (name ?? new URL(issuer).host);
  }

  /** Where the provider sends browsers back to: what is registered there. */
  redirectUri(tenant: string): string {
    return `${this.#parts.publicUrlOf(tenant)}/console${callbackPath}`;
  }

  /** A secret for the cookie of a browser that has none. */
  newBrowser(): string {
    return randomBytes(32).toString('base64url');
  }

  /**
   * Begins a way to the provider.
   * @param browser the cookie's secret
   * @returns the address there; or why there is none
   */
  async begin(tenant: string, browser: string, purpose: CompanyPurpose): Promise<URL | OidcFault> {
    const client = await this.#clientOf(tenant);
    if (client instanceof OidcFault) return client;
    const { notes, clock, provider } = this.#parts;
    const state = randomBytes(32).toString('base64url');
    const binding = this.#bindingOf(tenant, state, browser, purpose.kind === 'confirm');
    const by = 'by' in purpose ? purpose.by : undefined;
    const value: JsonObject = {
      kind: purpose.kind,
      next: purpose.next,
      browser: digest(['browser', browser]),
      client: [client.issuer, client.clientId],
      ...(by === undefined ? {} : { administrator: by.administrator.id, session: by.session.id }),
    };
    try {
      const url = await provider.begin(client, binding, this.#settings(tenant).scopes);
      const expiresAt = new Date(clock.now().getTime() + lifeMs).toISOString();
      await notes.put({ tenant, kind, key: digest(['state', state]), value, expiresAt }, 0);
      return url;
    } catch (error) {
      return this.#told(tenant, error);
    }
  }

  /**
   * Takes up a browser that comes back.
   * @param browser the cookie's secret; undefined where it has none
   * @param query of the address that it comes back to
   */
  async finish(
    tenant: string,
    browser: string | undefined,
    query: URLSearchParams,
    place: SessionPlace,
  ): Promise<CompanyReturn> {
    const state = query.get('state') ?? '';
    const note = browser === undefined ? undefined : await this.#take(tenant, state, browser);
    const client = await this.#clientOf(tenant);
    if (browser === undefined || note === undefined || client instanceof OidcFault || !isFor(note, client))
      return { outcome: 'stale' };
    const { provider } = this.#parts;
    const binding = this.#bindingOf(tenant, state, browser, note.value['kind'] === 'confirm');
    let identity: ProvedIdentity;
    try {
      identity = await provider.finish(client, binding, query, this.#settings(tenant).claim);
    } catch (error) {
      const { kind: outcome } = await this.#told(tenant, error, place);
      return { outcome };
    }
    const next = textIn(note, 'next');
    return note.value['kind'] === 'signIn'
      ? this.#signIn(tenant, identity, next, place)
      : this.#goOn(tenant, note, identity, next);
  }

  /** Whether the provider can be reached, and speaks OpenID Connect; what is wrong where it does not. */
  async check(tenant: string): Promise<OidcFault | undefined> {
    const client = await this.#clientOf(tenant);
    if (client instanceof OidcFault) return client;
    try {
      const binding = this.#bindingOf(tenant, 'check', 'check', false);
      await this.#parts.provider.begin(client, binding, this.#settings(tenant).scopes);
      return undefined;
    } catch (error) {
      return this.#told(tenant, error);
    }
  }

  /** Where a person signs out of the provider too; undefined where it has no such page, or does not answer. */
  async signOutUrl(tenant: string): Promise<URL | undefined> {
    const client = await this.#clientOf(tenant);
    if (client instanceof OidcFault) return undefined;
    return this.#parts.provider.signOutUrl(client, `${this.#parts.publicUrlOf(tenant)}/console/sign-in`);
  }

  async #signIn(tenant: string, identity: ProvedIdentity, next: string, place: SessionPlace): Promise<CompanyReturn> {
    const { claim, roles } = this.#settings(tenant);
    const arrival = await this.accounts.arrive(tenant, identity, roleOfClaims(identity.claims, claim, roles));
    if (arrival.outcome !== 'found') return { outcome: arrival.outcome };
    const step = await this.#parts.access.begin(arrival.administrator, ['oidc'], place);
    return { outcome: 'signedIn', step, next };
  }

  /** What was begun in a session goes on only while that session lives. */
  async #goOn(tenant: string, note: Note, identity: ProvedIdentity, next: string): Promise<CompanyReturn> {
    const { records, sessions } = this.#parts;
    const [id, sessionId] = [textIn(note, 'administrator'), textIn(note, 'session')];
    const session = (await sessions.list(tenant, id)).find((one) => one.id === sessionId);
    const administrator = session === undefined ? undefined : await records.find(tenant, id);
    if (session === undefined || administrator === undefined) return { outcome: 'stale' };
    if (note.value['kind'] === 'link')
      return (await this.accounts.link(administrator, identity)) ? { outcome: 'linked', next } : { outcome: 'taken' };
    const { oidc } = administrator;
    if (oidc?.issuer !== identity.issuer || oidc.subject !== identity.subject) return { outcome: 'otherPerson' };
    await sessions.prove(session);
    return { outcome: 'confirmed', next };
  }

  /** Of two that come back with one state, one goes on. */
  async #take(tenant: string, state: string, browser: string): Promise<Note | undefined> {
    const { notes, clock } = this.#parts;
    const note = await notes.find(tenant, kind, digest(['state', state]));
    if (note === undefined || note.value['browser'] !== digest(['browser', browser])) return undefined;
    if (note.expiresAt !== undefined && note.expiresAt <= clock.now().toISOString()) return undefined;
    return (await notes.remove(tenant, kind, note.key, note.version)) ? note : undefined;
  }

  #bindingOf(tenant: string, state: string, browser: string, anew: boolean): OidcBinding {
    return {
      state,
      nonce: digest(['nonce', state, browser]),
      verifier: digest(['verifier', state, browser]),
      redirectUri: this.redirectUri(tenant),
      anew,
    };
  }

  async #clientOf(tenant: string): Promise<OidcClient | OidcFault> {
    const { issuer, clientId, clientSecret } = this.#settings(tenant);
    if (issuer === null || clientId === null) return new OidcFault('refused', 'no provider is set');
    if (clientSecret === null) return { issuer, clientId, secret: undefined };
    const secret = await this.#parts.secretOf(tenant, clientSecret).catch(() => undefined);
    return secret === undefined
      ? new OidcFault('refused', 'console.oidc.clientSecret names a secret that is not there')
      : { issuer, clientId, secret };
  }

  #settings(tenant: string): OidcSettings {
    return this.#parts.settingsOf(tenant).console.oidc;
  }

  async #told(tenant: string, error: unknown, place?: SessionPlace): Promise<OidcFault> {
    if (!(error instanceof OidcFault)) throw error;
    const { log, securityLog } = this.#parts;
    log.warn({ tenant, reason: error.message }, 'a sign-in at the identity provider came to nothing');
    if (place !== undefined)
      await securityLog.add(tenant, {
        type: 'companySignInFailed',
        address: place.address,
        detail: error.message.slice(0, 300),
      });
    return error;
  }
}

/** Whether the settings still name the client that a way was begun for. */
function isFor({ value }: Note, { issuer, clientId }: OidcClient): boolean {
  return JSON.stringify(value['client']) === JSON.stringify([issuer, clientId]);
}

function textIn({ value }: Note, name: string): string {
  const text = value[name];
  return typeof text === 'string' ? text : '';
}

/** 43 characters of base64url, as a PKCE verifier must be (RFC 7636 §4.1). */
function digest(of: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(of)).digest('base64url');
}
