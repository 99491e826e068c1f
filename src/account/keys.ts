/** The person a page speaks to, as far as a page needs to know them. */
export interface Person {
  readonly userId: string;
  readonly userName: string;
  readonly displayName: string | undefined;
  /** BCP 47, wanted most first: `preferredLanguage`, `locale`. */
  readonly locales: readonly string[];
  /** IANA name from the user's record. */
  readonly timezone: string | undefined;
}

/** What a mailed link, or a ticket, is worth at this moment. Times are ISO 8601 UTC. */
export type Right =
  /** It may set a password; `expiresAt` null: never expires. */
  | { readonly state: 'valid'; readonly person: Person; readonly expiresAt: string | null }
  | {
      /** `superseded`: a newer message was sent; `locked`: too many wrong codes; `notYet`: the start date has not come, see `at`. */
      readonly state: 'expired' | 'superseded' | 'used' | 'cancelled' | 'locked' | 'notYet';
      readonly person: Person;
      /** When it came to this, or for `notYet` when it begins. */
      readonly at: string | undefined;
    }
  | { readonly state: 'unknown' };

/** A link or ticket that sets no password (any more, or yet). */
export type VoidRight = Exclude<Right, { readonly state: 'valid' }>;

/** A rule that a new password breaks. */
export type PasswordFault =
  | { readonly rule: 'tooShort'; readonly min: number }
  | { readonly rule: 'tooLong'; readonly max: number }
  | { readonly rule: 'common' | 'personal' | 'guessable' | 'reused' | 'composition' | 'characters' };

/** What proves the right to set a password: the token of a mailed link, or a ticket that `verify` gave for a code or for a forced change. */
export type Proof = { readonly token: string } | { readonly ticket: string };

/** How setting a password ended. */
export type SetPasswordResult =
  | { readonly outcome: 'done'; readonly person: Person }
  /** Nothing was consumed: the person may try another password. */
  | { readonly outcome: 'refused'; readonly person: Person; readonly faults: readonly PasswordFault[] }
  /** The right does not hold (any more). */
  | { readonly outcome: 'void'; readonly right: VoidRight };

/** How a sign-in ended. A one-time code is taken in the password's place. Timing is equal whether or not the user exists. */
export type SignInResult =
  | { readonly outcome: 'ok'; readonly person: Person; /** The one before this. */ readonly lastSignInAt: string | undefined }
  /** The password is right but must be changed: `ticket` is the right to do so, short-lived. */
  | { readonly outcome: 'changeRequired'; readonly person: Person; readonly ticket: string }
  /** The secret was a live invitation's code: `ticket` is the right to set a password. */
  | { readonly outcome: 'codeAccepted'; readonly person: Person; readonly ticket: string }
  | { readonly outcome: 'locked'; readonly until: string | undefined }
  | { readonly outcome: 'notStarted'; readonly startsAt: string | undefined }
  | { readonly outcome: 'invalid' };

/**
 * PORT: what the hosted pages need of the product; implemented by `provisioning`. Reading (`lookUp`, `holder`) changes nothing.
 * Unexpected trouble is thrown (StoreUnavailableError …).
 */
export interface Keys {
  /** What a link's token or a ticket is worth. */
  lookUp(tenant: string, proof: Proof): Promise<Right>;
  /** Stores a password and consumes the right; a refused password consumes nothing. */
  setPassword(tenant: string, proof: Proof, password: string): Promise<SetPasswordResult>;
  /** Sends the holder of an old link a new message, to the recorded address only; silently does nothing within the cool-down. */
  renew(tenant: string, token: string): Promise<void>;
  /** Checks a user name with its password or one-time code. `address` is the caller's, for counting failures. */
  signIn(tenant: string, userName: string, secret: string, address: string): Promise<SignInResult>;
  /** Sends a way back in where there is an account; same answer and timing where there is none. */
  forgotPassword(tenant: string, userName: string): Promise<void>;
  /** The user of a session begun at `signedInAt`; undefined when it no longer counts (`sessionsValidFrom`, deactivated, deleted). */
  holder(tenant: string, userId: string, signedInAt: Date): Promise<Person | undefined>;
  /** Changes a signed-in user's password; `wrongPassword` counts as a failed sign-in. */
  changePassword(tenant: string, userId: string, current: string, password: string, address: string): Promise<ChangePasswordResult>;
}

/** How a signed-in user's change ended. */
export type ChangePasswordResult =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'refused'; readonly faults: readonly PasswordFault[] }
  | { readonly outcome: 'wrongPassword' }
  | { readonly outcome: 'locked'; readonly until: string | undefined };
