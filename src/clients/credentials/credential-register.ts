import { randomBytes } from 'node:crypto';
import { hashToken, type Credential, type FederationTrust, type KeySource } from '../../domain/credential.ts';
import type { Note } from '../../domain/notes.ts';
import {
  credentialKey,
  credentialKind,
  credentialOf,
  noteOfCredential,
  type KeptCredential,
} from './credential-notes.ts';
import type { RegisterParts } from './register-parts.ts';
import { daysAfter } from './remembered.ts';

/** What is known of a credential that is to be made. */
export type CredentialDraft = Pick<Credential, 'tenant' | 'client' | 'createdBy' | 'expiresAt'> & {
  readonly id?: string;
} & (
    | { readonly kind: 'token' | 'secret'; /** One that exists already. */ readonly value?: string }
    | { readonly kind: 'keys'; readonly keys: KeySource }
    | { readonly kind: 'federation'; readonly federation: FederationTrust }
  );

/** A credential that was made, with its token or secret, which is kept nowhere. */
export interface MadeCredential {
  readonly credential: Credential;
  readonly value?: string;
}

/** Days that a credential works on after it was rotated, and the most there may be. */
export const rotationDays = 7;
export const longestRotationDays = 30;

/** Points from the claims of another issuer to the client that trusts them. */
const federationKind = 'federation';

/** Random characters at the beginning of a token that are kept in clear. */
const beginningLength = 5;
/** What `beginningWith` takes at least: `lk_` and four characters, and answers at most. */
const shortestBeginning = 7;
const mostFound = 10;

/** More than a client should have; a listing reads no more. */
const mostListed = 1000;

/** The credentials of all clients. */
export class CredentialRegister {
  readonly #parts: RegisterParts;

  constructor(parts: RegisterParts) {
    this.#parts = parts;
  }

  /**
   * Adds a credential.
   * @returns undefined where another credential has the token
   */
  async add(draft: CredentialDraft): Promise<MadeCredential | undefined> {
    const { clock, notes } = this.#parts;
    const { tenant, client, kind, createdBy, expiresAt, id = clock.newId() } = draft;
    const value = draft.kind === 'token' || draft.kind === 'secret' ? (draft.value ?? newValue(draft.kind)) : undefined;
    const credential: Credential = {
      id,
      tenant,
      client,
      kind,
      createdAt: clock.now().toISOString(),
      ...(createdBy === undefined ? {} : { createdBy }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(value === undefined ? {} : { hash: hashToken(value), ending: value.slice(-4) }),
      // What somebody else chose may hold less chance than ours: nothing more of it is kept.
      ...(value === undefined || ('value' in draft && draft.value !== undefined)
        ? {}
        : { beginning: value.slice(0, beginningOf(draft.kind)) }),
      ...(draft.kind === 'keys' ? { keys: draft.keys } : {}),
      ...(draft.kind === 'federation' ? { federation: draft.federation } : {}),
    };
    const { outcome } = await notes.put(noteOfCredential(credential), 0);
    if (outcome !== 'done') return undefined;
    if (credential.federation !== undefined) await this.#pointTo(credential, credential.federation);
    return { credential, ...(value === undefined ? {} : { value }) };
  }

  async find(tenant: string, client: string, id: string): Promise<Credential | undefined> {
    const note = await this.#parts.notes.find(tenant, credentialKind, credentialKey({ client, id }));
    return note === undefined ? undefined : credentialOf(note);
  }

  /** The credentials of a client, the oldest first; ended ones for as long as they are remembered. */
  async list(tenant: string, client: string): Promise<readonly Credential[]> {
    const notes = await this.#parts.notes.list({
      tenant,
      kind: credentialKind,
      prefix: `${client}/`,
      limit: mostListed,
    });
    return notes.map(credentialOf).sort((one, other) => (one.createdAt < other.createdAt ? -1 : 1));
  }

  /** The credential of a token, whatever its tenant and whether or not it has ended. */
  async byToken(token: string): Promise<Credential | undefined> {
    const note = await this.#parts.notes.lookUp(credentialKind, hashToken(token));
    return note === undefined ? undefined : credentialOf(note);
  }

  /**
   * A tenant's tokens and secrets that begin with a text: it may be the whole of one, or its first characters.
   * @param text at least seven characters; less finds nothing
   */
  async beginningWith(tenant: string, text: string): Promise<readonly Credential[]> {
    const whole = await this.byToken(text);
    if (whole !== undefined) return whole.tenant === tenant ? [whole] : [];
    if (text.length < shortestBeginning) return [];
    const found: Credential[] = [];
    for (let after: string | undefined = ''; after !== undefined && found.length < mostFound;) {
      const page: readonly Note<KeptCredential>[] = await this.#parts.notes.list({
        tenant,
        kind: credentialKind,
        after,
        limit: mostListed,
      });
      for (const credential of page.map(credentialOf)) {
        const { beginning } = credential;
        if (beginning === undefined) continue;
        if (beginning.startsWith(text) || text.startsWith(beginning)) found.push(credential);
      }
      after = page.length < mostListed ? undefined : page.at(-1)?.key;
    }
    return found.slice(0, mostFound);
  }

  /**
   * The newest credential of a tenant that trusts these claims, where a caller names no client. It is a hint: what is
   * trusted the credentials of its client say.
   */
  async byFederation(
    tenant: string,
    claims: Readonly<Record<'iss' | 'sub' | 'aud', string | undefined>>,
  ): Promise<Pick<Credential, 'client'> | undefined> {
    const note = await this.#parts.notes.find(tenant, federationKind, federationKey(claims));
    const client = note?.value['client'];
    return typeof client === 'string' ? { client } : undefined;
  }

  async #pointTo({ tenant, client }: Credential, trust: FederationTrust): Promise<void> {
    await this.#parts.notes.put(
      { tenant, kind: federationKind, key: federationKey(trust), value: { client } },
      undefined,
    );
  }

  /**
   * Withdraws a credential, at once in every process. It is remembered for a while, to tell its caller.
   * @returns false when there is none such, or it was withdrawn before
   */
  async revoke(tenant: string, client: string, id: string): Promise<boolean> {
    const at = this.#parts.clock.now().toISOString();
    const changed = await this.#change(tenant, client, id, (credential) =>
      credential.revokedAt === undefined ? { ...credential, revokedAt: at } : undefined,
    );
    return changed !== undefined;
  }

  /** Forgets a credential: its token becomes unknown, and may be used for a new credential. */
  async forget(tenant: string, client: string, id: string): Promise<void> {
    const { notes, epoch } = this.#parts;
    if (await notes.remove(tenant, credentialKind, credentialKey({ client, id }))) await epoch.advance();
  }

  /**
   * Makes the successor of a credential; the old one works on for a while.
   * @param draft the successor
   * @param days that the old one works on
   * @returns undefined when there is no such credential
   */
  async rotate(old: Credential, draft: CredentialDraft, days: number): Promise<MadeCredential | undefined> {
    const made = await this.add(draft);
    if (made === undefined) return undefined;
    const end = daysAfter(this.#parts.clock.now(), days);
    await this.#change(old.tenant, old.client, old.id, (credential) =>
      credential.expiresAt !== undefined && credential.expiresAt <= end ? undefined : { ...credential, expiresAt: end },
    );
    return made;
  }

  async #change(
    tenant: string,
    client: string,
    id: string,
    change: (credential: Credential) => Credential | undefined,
  ): Promise<Credential | undefined> {
    const { notes, epoch } = this.#parts;
    for (;;) {
      const note: Note<KeptCredential> | undefined = await notes.find(
        tenant,
        credentialKind,
        credentialKey({ client, id }),
      );
      const changed = note === undefined ? undefined : change(credentialOf(note));
      if (note === undefined || changed === undefined) return undefined;
      const { outcome } = await notes.put(noteOfCredential(changed), note.version);
      if (outcome !== 'done') continue;
      await epoch.advance();
      return changed;
    }
  }
}

function federationKey({ iss, sub, aud }: Readonly<Record<'iss' | 'sub' | 'aud', string | undefined>>): string {
  return hashToken(JSON.stringify([iss, sub, aud]));
}

/** 32 random bytes; the prefix lets logs and secret scanners know it. */
function newValue(kind: 'token' | 'secret'): string {
  return prefixes[kind] + randomBytes(32).toString('base64url');
}

const prefixes = { token: 'lk_', secret: 'lk_cs_' } as const;

/** How many characters of a value of ours are kept in clear. */
function beginningOf(kind: CredentialDraft['kind']): number {
  return (kind === 'secret' ? prefixes.secret : prefixes.token).length + beginningLength;
}
