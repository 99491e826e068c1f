import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { noteKind, type NoteDraft, type Notes } from '../domain/notes.ts';

const minuteMs = 60_000;
/** A session ends when it was not used for so long. */
export const idleMs = 60 * minuteMs;
/** And so long after the sign-in, whatever is done. */
export const absoluteMs = 12 * 60 * minuteMs;
/** How long a sign-in waits for the second factor. */
export const halfWayMs = 15 * minuteMs;
/** The last use is written down once in so long, not with each page. */
const touchMs = minuteMs;
const mostListed = 200;

/**
 * How far a sign-in is: `factor` waits for the second factor, `enrol` for one to be set up; only `full` opens the
 * console.
 */
export type SessionStage = 'factor' | 'enrol' | 'full';

/** A sign-in of an administrator. Times are ISO 8601 UTC. */
export interface ConsoleSession {
  /** Names it in lists; not what the cookie holds. */
  readonly id: string;
  readonly tenant: string;
  readonly administratorId: string;
  readonly stage: SessionStage;
  readonly startedAt: string;
  readonly seenAt: string;
  /** When its holder last proved who they are. */
  readonly provenAt: string;
  /** How: `password`, `totp`, `passkey`, `recoveryCode`, `oidc`, `link`. */
  readonly methods: readonly string[];
  readonly address: string;
  /** As the browser calls itself, cut. */
  readonly browser: string;
}

const kind = noteKind<ConsoleSession>('consoleSession');

/** Where a session is begun from. */
export interface SessionPlace {
  readonly address: string;
  readonly browser: string;
}

/** Sessions of the console, kept in the store under the hash of what the cookie holds, so each can be ended at once. */
export class ConsoleSessions {
  readonly #notes: Notes;
  readonly #clock: Clock;

  constructor(notes: Notes, clock: Clock) {
    this.#notes = notes;
    this.#clock = clock;
  }

  /**
   * Begins a session.
   * @returns what the cookie is to hold: 32 random bytes with whose they are; only their hash is kept
   */
  async begin(
    holder: { readonly tenant: string; readonly id: string },
    stage: SessionStage,
    methods: readonly string[],
    place: SessionPlace,
  ): Promise<{ readonly cookie: string; readonly session: ConsoleSession }> {
    const secret = randomBytes(32).toString('base64url');
    const now = this.#clock.now().toISOString();
    const session: ConsoleSession = {
      id: keyOf(holder.id, secret),
      tenant: holder.tenant,
      administratorId: holder.id,
      stage,
      startedAt: now,
      seenAt: now,
      provenAt: now,
      methods,
      address: place.address.slice(0, 64),
      browser: place.browser.slice(0, 200),
    };
    await this.#notes.put(this.#draftOf(session), 0);
    return { cookie: [holder.tenant, holder.id, secret].join('.'), session };
  }

  /** The living session that a cookie names; its use is noted. */
  async read(cookie: string): Promise<ConsoleSession | undefined> {
    const [tenant, administratorId, secret, ...rest] = cookie.split('.', 4);
    if (tenant === undefined || administratorId === undefined || secret === undefined || rest.length > 0)
      return undefined;
    const note = await this.#notes.find(tenant, kind, keyOf(administratorId, secret));
    if (note === undefined || this.#hasEnded(note.value)) return undefined;
    const session = note.value;
    const now = this.#clock.now();
    if (now.getTime() - Date.parse(session.seenAt) < touchMs) return session;
    const seen = { ...session, seenAt: now.toISOString() };
    // A session that was ended in this very moment is not brought back: the write expects the version that was read.
    const { outcome } = await this.#notes.put(this.#draftOf(seen), note.version);
    return outcome === 'done' ? seen : (await this.#notes.find(tenant, kind, session.id))?.value;
  }

  /** Its holder has proved again who they are. */
  async prove(session: ConsoleSession): Promise<void> {
    const note = await this.#notes.find(session.tenant, kind, session.id);
    const now = this.#clock.now().toISOString();
    if (note === undefined) return;
    await this.#notes.put(this.#draftOf({ ...note.value, seenAt: now, provenAt: now }), note.version);
  }

  /** The living sessions of an administrator, the newest first. */
  async list(tenant: string, administratorId: string): Promise<readonly ConsoleSession[]> {
    const notes = await this.#notes.list({ tenant, kind, prefix: `${administratorId}/`, limit: mostListed });
    return notes
      .map(({ value }) => value)
      .filter((session) => !this.#hasEnded(session))
      .sort((one, other) => (one.startedAt < other.startedAt ? 1 : -1));
  }

  /** Ends one session of an administrator; false where there is none such. */
  async end(tenant: string, administratorId: string, id: string): Promise<boolean> {
    return id.startsWith(`${administratorId}/`) && (await this.#notes.remove(tenant, kind, id));
  }

  /** Ends all sessions of an administrator but one. */
  async endAll(tenant: string, administratorId: string, but?: string): Promise<void> {
    for (;;) {
      const notes = await this.#notes.list({ tenant, kind, prefix: `${administratorId}/`, limit: mostListed });
      const others = notes.filter(({ key }) => key !== but);
      await Promise.all(others.map(({ key }) => this.#notes.remove(tenant, kind, key)));
      if (notes.length < mostListed) return;
    }
  }

  #hasEnded({ startedAt, seenAt, stage }: ConsoleSession): boolean {
    return this.#clock.now().getTime() >= endOf(startedAt, seenAt, stage);
  }

  #draftOf(session: ConsoleSession): NoteDraft<ConsoleSession> {
    const { tenant, id, startedAt, seenAt, stage } = session;
    return {
      tenant,
      kind,
      key: id,
      value: session,
      expiresAt: new Date(endOf(startedAt, seenAt, stage)).toISOString(),
    };
  }
}

/** When a session ends, in milliseconds, if it is not used again. */
function endOf(startedAt: string, seenAt: string, stage: SessionStage): number {
  const started = Date.parse(startedAt);
  if (stage !== 'full') return started + halfWayMs;
  return Math.min(Date.parse(seenAt) + idleMs, started + absoluteMs);
}

function keyOf(administratorId: string, secret: string): string {
  return `${administratorId}/${createHash('sha256').update(secret).digest('base64url')}`;
}
