import type { DomainEvent } from './events.ts';
import type { JsonObject } from '../base/json.ts';

/** Under this in place of a tenant are the notes of the whole installation. No tenant can have this name. */
export const installation = '*';

declare const shape: unique symbol;

/**
 * What sort of note it is, and with it the shape of its values: `client`, `administrator`, `session` …; letters only.
 */
export type NoteKind<Value extends object = JsonObject> = string & { readonly [shape]?: Value };

/**
 * Names a kind of note together with the shape of its values.
 * @typeParam Value of JSON values alone: what is written is read again as it was
 */
export function noteKind<Value extends object>(name: string): NoteKind<Value> {
  return name;
}

/** What to keep under a kind and a key. */
export interface NoteDraft<Value extends object = JsonObject> {
  /** A tenant's id, or `installation`. */
  readonly tenant: string;
  readonly kind: NoteKind<Value> | string;
  /** At most 200 characters; of its kind and tenant one note has it. */
  readonly key: string;
  readonly value: NoInfer<Value>;
  /**
   * What the note is found by from any tenant: of its kind one note has each. At most 20, of at most 300 characters.
   */
  readonly lookups?: readonly string[];
  /** From this moment on the note does not exist: ISO 8601 UTC, milliseconds. */
  readonly expiresAt?: string;
}

/** A note as it is kept. */
export interface Note<Value extends object = JsonObject> extends NoteDraft<Value> {
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
export interface NoteQuery<Value extends object = JsonObject> {
  readonly tenant: string;
  readonly kind: NoteKind<Value> | string;
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
  find<Value extends object = JsonObject>(
    tenant: string,
    kind: NoteKind<Value> | string,
    key: string,
  ): Promise<Note<Value> | undefined>;
  /** The note of any tenant that has this look-up. */
  lookUp<Value extends object = JsonObject>(
    kind: NoteKind<Value> | string,
    lookup: string,
  ): Promise<Note<Value> | undefined>;
  /** In the order of their keys, by code point. */
  list<Value extends object = JsonObject>(query: NoteQuery<Value>): Promise<readonly Note<Value>[]>;
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
  put<Value extends object = JsonObject>(
    draft: NoteDraft<Value>,
    expectedVersion: number | undefined,
    events?: readonly DomainEvent[],
  ): Promise<NoteWritten>;
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
