import type { Resource } from '../../scim/model/resource.ts';
import type { Account } from '../records/account.ts';

/** A user as stored. */
export interface UserState {
  readonly resource: Resource;
  readonly account: Account;
}

/** What a client wants a user to be. */
export interface UserChange {
  /**
   * A `replace` repeats everything the client knows, so a repeated value is not a request; a `patch` names only what it
   * wants.
   */
  readonly manner: 'create' | 'replace' | 'patch';
  readonly before: UserState | undefined;
  /** The resource as wanted, without `password`. */
  readonly after: Resource;
  /** The write itself says `sendPassword: true`; what is stored already, and repeated, does not count. */
  readonly sends?: boolean;
  /** A password to keep: its hash, its sealed text when it is to be mailed, and whether Latchkey made it. */
  readonly password?: { readonly hash: string; readonly sealed?: string; readonly generated?: boolean };
}
