/**
 * The private half of a user: what the first key needs and no SCIM answer ever shows. It is kept in the same record as
 * the resource, so one atomic write covers both. All times are ISO 8601 UTC.
 */
export interface Account {
  /** The name of the client that created the user; absent where that is not known. */
  source?: string;
  /** argon2id, PHC string. */
  passwordHash?: string;
  /** Earlier hashes, newest first, as many as the tenant's `passwords.history` asks for. */
  passwordHistory: readonly string[];
  /**
   * A password the caller gave with `sendPassword`: sealed (AES-256-GCM, bound to tenant and id), until its mail is
   * sent, or its link has shown it; until that is cancelled, expired or dead.
   */
  sealedPassword?: string;
  /**
   * Tokens of links, codes and generated passwords of messages under way, sealed (AES-256-GCM, bound to tenant, user
   * and delivery) with the hash that is in force for each: a server may have taken a try that was cut off, and the next
   * one carries the same. Gone as soon as the delivery has ended.
   */
  minted?: readonly { readonly delivery: string; readonly hash: string; readonly sealed: string }[];
  /** The live invitation, recovery, verification or link to a password, if any. */
  invitation?: Invitation;
  /** What came before it, newest first, at most 20: so that an old link's page can say what happened to it. */
  pastInvitations: readonly Invitation[];
  /** A password mail that is wanted: a delivery that names another id is out of date. */
  passwordMail?: { readonly id: string; readonly createdAt: string };
  /** True while the password in force is one that was mailed and must be changed at the next sign-in. */
  mailedPassword?: boolean;
  /**
   * The addresses that the current password was mailed to, until it is first used: it stops working when they are no
   * longer the user's. Absent in older records.
   */
  mailedTo?: readonly SentMessage[];
  /** True while the password in force is one that Latchkey made: what is pasted around it does not count. */
  generatedPassword?: boolean;
  /** True once the user has chosen a password or signed in, whatever became of it since. */
  hasArrived?: boolean;
  /** True while an invited user still has an earlier, unused password: that password keeps working. */
  keepsPassword?: boolean;
  /** The last password that a client gave (argon2id): a full sync that repeats it brings nothing back. */
  clientPassword?: string;
  /** True while `forcePasswordReset` shows that a mailed password must be changed, which no client asked for. */
  changeForced?: boolean;
  /** When messages went out that anybody can ask for in the user's name: those of the last day. */
  selfService?: readonly string[];
  /**
   * What clients last said of `forcePasswordReset`: a full sync that repeats `true` is not a new request, even after
   * the user has changed the password.
   */
  namedReset?: boolean;
  /** The address (case-folded) that the user has proved to read. */
  verifiedEmail?: string;
  /**
   * Addresses (case-folded) that nothing more is sent to, newest first: mail to them came back or was complained of.
   */
  undeliverable?: readonly {
    readonly address: string;
    readonly reason: 'bounced' | 'complained';
    readonly at: string;
  }[];
  /** Who switched the user off, or on again, and who has said the same since. */
  switched?: Switched;
  /** The last `resend` value acted on. */
  resend?: string;
  /** When a message was last sent again on request: the cool-down starts here. */
  resentAt?: string;
  /** Tries of strangers, or of the owner in a browser that is not known; see `failuresOf`. */
  failedSignIns: number;
  /** When the last of them was. */
  failedAt?: string;
  /** Sign-in is refused until then. */
  lockedUntil?: string;
  /** When all sessions last ended: one that began under an earlier mark no longer counts. */
  sessionsValidFrom?: string;
  /** Sessions that the user has signed out of, newest first, each until its cookie is certainly out of date. */
  endedSessions?: readonly { readonly id: string; readonly until: string }[];
}

/** A message that carried a key. */
export interface SentMessage {
  readonly delivery: string;
  /**
   * Where it went: an e-mail address (case-folded) or a phone number (E.164). Absent in records from before this was
   * kept.
   */
  readonly to?: string;
}

/** Who has said that a user is active, or is not: by client its first request that said so. */
export interface Switched {
  readonly active: boolean;
  readonly by: readonly { readonly client: string; readonly request: string }[];
}

/** A mailed link: the SHA-256 of its token, hex, and the message that carried it. */
export interface InvitationLink extends SentMessage {
  readonly tokenHash: string;
  /** Of a way back in that was asked for while an address was to be proved: it may set a password. */
  readonly purpose?: 'recovery';
}

/** A live (or once live) right to set a password or, with the purpose `reveal`, to be shown the mailed one. */
export interface Invitation {
  readonly id: string;
  readonly purpose: 'invitation' | 'recovery' | 'verifyEmail' | 'reveal';
  readonly method: 'emailLink' | 'emailOtp' | 'smsOtp';
  readonly state: 'pending' | 'used' | 'superseded' | 'cancelled' | 'spent';
  /** Each link mailed for it, newest first: a retried mail carries a new one and the older stays good. */
  readonly links: readonly InvitationLink[];
  /** The code: its argon2id, the message that carried it last, and those that carried the same one before. */
  readonly code?: SentMessage & { readonly hash: string; readonly earlier?: readonly SentMessage[] };
  readonly wrongTries: number;
  /** Of a password link: the code sent over another channel than the link. It does not sign anyone in. */
  readonly secondCode?: {
    readonly requestedAt: string;
    /** argon2id; absent until it is sent. */ readonly hash?: string;
    readonly expiresAt?: string | null;
    /** The number it went to, E.164. */ readonly to?: string;
  };
  readonly createdAt: string;
  /** Absent until first sent; null means never. */
  readonly expiresAt?: string | null;
  readonly endedAt?: string;
  /** True once its reminders are planned: at the first message that went out. */
  readonly remindersPlanned?: boolean;
  /** The reminder that last went out for it: the id of its delivery, and when. */
  readonly lastReminder?: { readonly delivery: string; readonly at: string };
}

/** The account of a new user. */
export const emptyAccount: Account = { passwordHistory: [], pastInvitations: [], failedSignIns: 0 };
