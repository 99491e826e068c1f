import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Client } from '../domain/client.ts';
import { hashToken } from '../domain/credential.ts';
import { noteKind, type Note, type NoteDraft, type Notes } from '../domain/notes.ts';
import { nameCaller } from '../domain/present-call.ts';
import { ConflictError, InvalidValueError, NotFoundError } from '../scim/model/scim-error.ts';
import type { ClientAdmin, Grantor } from './client-admin.ts';

/** A link that takes somebody without an account through the connection of one client. Times are ISO 8601 UTC. */
export interface SetupLink {
  readonly tenant: string;
  readonly id: string;
  readonly client: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string;
  readonly revokedAt?: string;
  readonly lastUsedAt?: string;
  /** The ids of credentials that were made by it. */
  readonly credentials: readonly string[];
}

/** A link as administrators see it. */
export interface SetupLinkView extends Omit<SetupLink, 'tenant'> {
  readonly state: 'live' | 'expired' | 'revoked';
}

/** What the links work with. */
export interface SetupLinksParts {
  readonly notes: Notes;
  readonly clock: Clock;
  readonly admin: ClientAdmin;
}

type KeptLink = Omit<SetupLink, 'tenant'>;
const kind = noteKind<KeptLink>('setupLink');
/** How long a link lives, in days. */
export const usualDays = 7;
const mostDays = 30;
/** Live links of one client. */
const mostLive = 10;
/** Credentials that may be made by one link: a lost token is made again. */
const mostCredentials = 3;
const dayMs = 86_400_000;
/** How often its use is written down, in milliseconds. */
const noteUseMs = 60_000;
/** After its end a link is still listed, for so many days. */
const listedDays = 90;
/** What a client may have for whom a link is made: a stranger gets no more. */
const allowedScopes = ['scim:read', 'scim:write'];

/**
 * Links that let a customer's IT administrator connect their source without an account: each reaches one client, ends,
 * and can be revoked. Of its token only the SHA-256 is kept.
 */
export class SetupLinks {
  readonly #parts: SetupLinksParts;

  constructor(parts: SetupLinksParts) {
    this.#parts = parts;
  }

  /**
   * Makes a link.
   * @param days until it ends
   * @returns it with its token, which is kept nowhere
   * @throws NotFoundError; InvalidValueError; ConflictError for a client that may do more than provision, or has too
   *   many
   */
  async make(
    grantor: Grantor,
    client: string,
    days = usualDays,
  ): Promise<{ readonly link: SetupLinkView; readonly token: string }> {
    const { notes, clock, admin } = this.#parts;
    if (!Number.isInteger(days) || days < 1 || days > mostDays)
      throw new InvalidValueError(`days must be a whole number from 1 to ${mostDays}.`);
    const found = await admin.find(grantor, client);
    refuseMore(found);
    if ((await this.list(grantor, client)).filter(({ state }) => state === 'live').length >= mostLive)
      throw new ConflictError(`The client has ${mostLive} live set-up links: revoke those that are not used.`);
    const token = randomBytes(32).toString('base64url');
    const now = clock.now();
    const link: SetupLink = {
      tenant: grantor.tenant,
      id: clock.newId(),
      client,
      createdAt: now.toISOString(),
      createdBy: grantor.name,
      expiresAt: new Date(now.getTime() + days * dayMs).toISOString(),
      credentials: [],
    };
    await notes.put(noteOf(link, hashToken(token)), 0);
    return { link: this.#view(link), token };
  }

  /** Of a client, the newest first; also those that have ended. @throws NotFoundError */
  async list(grantor: Grantor, client: string): Promise<readonly SetupLinkView[]> {
    await this.#parts.admin.find(grantor, client);
    const notes = await this.#parts.notes.list({ tenant: grantor.tenant, kind, prefix: `${client}/`, limit: 200 });
    return notes
      .map((note) => this.#view(linkOf(note)))
      .sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
  }

  /** Ends a link at once. @throws NotFoundError; ConflictError where it has ended */
  async revoke(grantor: Grantor, client: string, id: string): Promise<void> {
    const { notes, clock } = this.#parts;
    for (;;) {
      const note = await notes.find(grantor.tenant, kind, `${client}/${id}`.slice(0, 200));
      if (note === undefined) throw new NotFoundError(`The client has no set-up link '${id.slice(0, 100)}'.`);
      const link = linkOf(note);
      if (this.#view(link).state !== 'live') throw new ConflictError('The set-up link has ended already.');
      const { outcome } = await notes.put(
        { ...noteOf({ ...link, revokedAt: clock.now().toISOString() }), lookups: [] },
        note.version,
      );
      if (outcome === 'done') return;
    }
  }

  /** What a token opens now; undefined where it opens nothing (any more). */
  async open(
    tenant: string,
    token: string,
  ): Promise<{ readonly link: SetupLink; readonly client: Client } | undefined> {
    const note = await this.#note(tenant, token);
    const link = note === undefined ? undefined : linkOf(note);
    if (note === undefined || link === undefined || this.#view(link).state !== 'live') return undefined;
    const client = await this.#parts.admin.find(grantorOf(link, []), link.client).catch(onlyMissing);
    if (client === undefined || !client.scopes.every((scope) => allowedScopes.includes(scope))) return undefined;
    await this.#noteUse(note, link);
    return { link, client };
  }

  /**
   * Makes a token for the link's client.
   * @returns the token; undefined where the link opens nothing any more
   * @throws ConflictError for one too many
   */
  async makeToken(tenant: string, token: string): Promise<string | undefined> {
    const opened = await this.open(tenant, token);
    if (opened === undefined) return undefined;
    const { link, client } = opened;
    const { admin } = this.#parts;
    nameCaller({ kind: 'client', id: client.id, name: `set-up link of ${link.createdBy}` });
    // Its place is taken first: of two at once neither makes one too many.
    const key = keyOf(link);
    const reserved = await this.#change(tenant, key, (now) => {
      if (now.credentials.length >= mostCredentials)
        throw new ConflictError(`${mostCredentials} tokens were made by this link: ask its sender for another.`);
      return { ...now, credentials: [...now.credentials, ''] };
    });
    if (reserved === undefined) return undefined;
    const made = await admin.addCredential(grantorOf(link, client.scopes), client.id, { kind: 'token' });
    await this.#change(tenant, key, (now) => {
      const [at, credentials] = [now.credentials.indexOf(''), [...now.credentials]];
      if (at >= 0) credentials[at] = made.credential.id;
      return { ...now, credentials };
    });
    return made.value;
  }

  async #note(tenant: string, token: string): Promise<Note<KeptLink> | undefined> {
    if (!/^[\w-]{43}$/.test(token)) return undefined;
    const note = await this.#parts.notes.lookUp(kind, hashToken(token));
    return note?.tenant === tenant ? note : undefined;
  }

  async #change(tenant: string, key: string, to: (link: SetupLink) => SetupLink): Promise<SetupLink | undefined> {
    for (;;) {
      const note = await this.#parts.notes.find(tenant, kind, key);
      if (note === undefined) return undefined;
      const link = linkOf(note);
      if (this.#view(link).state !== 'live') return undefined;
      const wanted = to(link);
      const { outcome } = await this.#parts.notes.put({ ...noteOf(wanted), lookups: note.lookups }, note.version);
      if (outcome === 'done') return wanted;
    }
  }

  async #noteUse(note: Note<KeptLink>, link: SetupLink): Promise<void> {
    const now = this.#parts.clock.now();
    if (link.lastUsedAt !== undefined && now.getTime() - Date.parse(link.lastUsedAt) < noteUseMs) return;
    const used = { ...noteOf({ ...link, lastUsedAt: now.toISOString() }), lookups: note.lookups };
    // Somebody else has just changed it: then it was not this that matters.
    await this.#parts.notes.put(used, note.version);
  }

  #view({ tenant, ...link }: SetupLink): SetupLinkView {
    void tenant;
    const isOver = link.expiresAt <= this.#parts.clock.now().toISOString();
    const credentials = link.credentials.filter((id) => id !== '');
    return { ...link, credentials, state: link.revokedAt !== undefined ? 'revoked' : isOver ? 'expired' : 'live' };
  }
}

/** @throws ConflictError */
function refuseMore({ scopes }: Client): void {
  const more = scopes.filter((scope) => !allowedScopes.includes(scope));
  if (more.length > 0)
    throw new ConflictError(
      `A set-up link reaches a client that provisions people and no more: this one has ${more.join(', ')} too.`,
    );
}

/** The link hands out what its client had when it was allowed, and nothing else. */
function grantorOf(link: SetupLink, scopes: Client['scopes']): Grantor {
  return { tenant: link.tenant, name: `set-up link of ${link.createdBy}`, rights: { scopes } };
}

function keyOf({ client, id }: SetupLink): string {
  return `${client}/${id}`;
}

function noteOf(link: SetupLink, hash?: string): NoteDraft<KeptLink> {
  const { tenant, ...value } = link;
  return {
    tenant,
    kind,
    key: keyOf(link),
    value,
    ...(hash === undefined ? {} : { lookups: [hash] }),
    expiresAt: new Date(Date.parse(link.expiresAt) + listedDays * dayMs).toISOString(),
  };
}

function linkOf({ tenant, value }: Note<KeptLink>): SetupLink {
  return { ...value, tenant };
}

function onlyMissing(cause: unknown): undefined {
  if (cause instanceof NotFoundError) return undefined;
  throw cause;
}
