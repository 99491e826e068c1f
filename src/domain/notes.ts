import type { DomainEvent } from './events.ts';
import type { JsonObject } from '../base/json.ts';

/** Under this in place of a tenant are the notes of the whole installation. No tenant can have this name. */
export const installation = '*';

/** What to keep under a kind and a key. */
export interface NoteDraft {
  /** A tenant's id, or `installation`. */
  readonly tenant: string;
  /** What sort of note it is: `client`, `administrator`, `session` …; letters only. */
  readonly kind: string;
  /** At most 200 characters; of its kind and tenant one note has it. */
  readonly key: string;
  readonly value: JsonObject;
  /**
   * What the note is found by from any tenant: of its kind one note has each. At most 20, of at most 300 characters.
   */
  readonly lookups?: readonly string[];
  /** From this moment on the note does not exist: ISO 8601 UTC, milliseconds. */
  readonly expiresAt?: string;
}

/** A note as it is kept. */
export interface Note extends NoteDraft {
  readonly lookups: readonly string[];
  /** 1 when it is made; one more with each write. */
  readonly version: number;
}

/**
 * How a write went: `conflict` where the note has another version than expected, `taken` where another note of the
 * kind has one of the look-ups.
 */
export type NoteWritten =
  { readonly outcome: 'done'; readonly version: number } | { readonly outcome: 'conflict' | 'taken' };

/** Which notes of a tenant and kind to list. */
export interface NoteQuery {
  readonly tenant: string;
  readonly kind: string;
  /** What the keys begin with. */
  readonly prefix?: string;
  /** The key after which to go on. */
  readonly after?: string;
  readonly limit: number;
}

/**
 * PORT: small JSON rows with a version, for what is kept beside the resources: tenants, clients, credentials,
 * administrators, sessions, jobs. A change names the version that was read, so that no change is lost.
 */
export interface Notes {
  find(tenant: string, kind: string, key: string): Promise<Note | undefined>;
  /** The note of any tenant that has this look-up. */
  lookUp(kind: string, lookup: string): Promise<Note | undefined>;
  /** In the order of their keys, by code point. */
  list(query: NoteQuery): Promise<readonly Note[]>;
  /**
   * A tenant's notes of every kind, in the order of kind and key.
   * @param after the kind and key after which to go on
   */
  walk(tenant: string, after: Pick<Note, 'kind' | 'key'> | undefined, limit: number): Promise<readonly Note[]>;
  /**
   * Writes a note. Of several at once that expect the same version one is done.
   * @param expectedVersion the version read, 0 where there must be none; undefined writes whatever is there
   * @param events what the audit tells of it: in the same atomic write, and nowhere where it is not done
   */
  put(draft: NoteDraft, expectedVersion: number | undefined, events?: readonly DomainEvent[]): Promise<NoteWritten>;
  /** @returns false when there is no such note, or not of this version */
  remove(
    tenant: string,
    kind: string,
    key: string,
    expectedVersion?: number,
    events?: readonly DomainEvent[],
  ): Promise<boolean>;
  /** Removes what has ended. */
  purge(): Promise<void>;
}
