import type { Role } from '../domain/role.ts';

/** A tenant's settings with every default filled in (product defaults in `schemas/settings.schema.json`). */
export interface Settings {
  readonly onboarding: {
    readonly invitationMethod: InvitationMethod;
    /** Minutes; -1 never, 0 at once. */
    readonly expiryMinutes: Readonly<Record<InvitationMethod, number>>;
    readonly lockUntilPasswordSet: boolean;
    /** Whether every new user is invited whose client does not say `preRegistration` or `sendPassword` itself. */
    readonly inviteEveryone: boolean;
    readonly activationNotice: boolean;
    readonly verifyEmail: boolean;
    readonly code: {
      readonly length: number;
      readonly uppercase: boolean;
      readonly lowercase: boolean;
      readonly digits: boolean;
    };
    readonly changeMailedPassword: boolean;
    /** What the mail of a password holds: the password itself, or a link to the page that shows it once. */
    readonly mailedPassword: 'inline' | 'reveal';
    readonly leadDays: number;
    /** Local times `HH:MM`; null: none. */
    readonly quietHours: { readonly from: string; readonly to: string } | null;
    /** The days of the recipient's week on which messages go out. */
    readonly workingDays: readonly Weekday[];
    /** Hours after the invitation went out, in any order. */
    readonly reminderHours: readonly number[];
    /**
     * Whether the user's manager is told of the invitation, and when the last reminder was in vain; never with a
     * secret.
     */
    readonly managerNotice: boolean;
    /** What a first mail without any address does: `accept` (status `failed`) or `refuse` (400). */
    readonly noAddress: 'accept' | 'refuse';
    /** Where people go on to once their password is set: https, or this very machine; null: nowhere. */
    readonly continueUrl: string | null;
    /** What is different for the users of an application, by its name. */
    readonly applications: Readonly<Record<string, ApplicationSettings>>;
  };
  readonly passwords: {
    readonly minLength: number;
    readonly history: number;
    readonly maxAgeDays: number | null;
    readonly fromClients: 'keep' | 'drop';
    /** Older systems' rule: at least one upper, one lower, one digit. */
    readonly composition: boolean;
    /** Whether users get a mail when their password was changed, by themselves or by someone else. */
    readonly changeNotice: boolean;
  };
  readonly scim: {
    readonly profile: 'auto' | 'entra' | 'ipsie' | 'okta' | 'strict';
    readonly uniqueGroupNames: boolean;
    readonly unknownAttributes: 'drop' | 'refuse';
    /** What becomes of members that do not exist: `byProfile` skips them for clients with the profile okta or entra. */
    readonly unknownMembers: 'byProfile' | 'refuse' | 'skip';
    readonly maxPageSize: number;
    /** Attributes that the tenant adds to users, by name. */
    readonly attributes: Readonly<Record<string, OwnAttributeKind>>;
  };
  readonly sms: {
    readonly gatewayUrl: string | null;
    /** How the gateway wants to be spoken to. */
    readonly preset: 'json' | 'twilio';
    /** What Twilio shows as the sender: a number, or the id of a messaging service. */
    readonly from: string | null;
    /** ISO 3166 codes; empty: all. The first is where numbers without a country code are taken to be. */
    readonly countries: readonly string[];
    /** `kept:NAME`, the tenant's own secret for its gateway; null: the operator's. */
    readonly secret: string | null;
    /** The most messages to one number within an hour. */
    readonly perNumberHourly: number;
  };
  /** What mails show of the tenant; each null: nothing. */
  readonly brand: {
    /** An https URL. */
    readonly logoUrl: string | null;
    /** `#rrggbb`. */
    readonly color: string | null;
    readonly helpText: string | null;
    /** An https URL. */
    readonly helpUrl: string | null;
  };
  readonly mail: {
    /** Where replies go; null: to the sender, and the footer says that they are not read. */
    readonly replyTo: string | null;
    /** The name that mails come from; null: as the installation's sender has it. */
    readonly fromName: string | null;
    /** The address that mails come from; null: the installation's. */
    readonly from: string | null;
  };
  readonly console: { readonly oidc: OidcSettings };
  readonly webhooks: readonly WebhookEndpoint[];
  /** What is kept of each SCIM call, and for how long. */
  readonly requestLog: { readonly reads: boolean; readonly bodies: boolean; readonly keepDays: number };
  /** For how long deliveries that have ended are kept; the users' own timelines stay. */
  readonly deliveries: { readonly keepDays: number };
  readonly audit: {
    /** Null: events of the audit are kept for good. */
    readonly keepDays: number | null;
    /** Addresses that get checkpoints by mail, and hours between two mails at least. */
    readonly auditors: readonly string[];
    readonly auditorHours: number;
  };
  readonly locale: string;
  readonly timezone: string;
  readonly productName: string;
}

/** How administrators come in from the company's identity provider; off while `issuer` is null. */
export interface OidcSettings {
  /** An https URL. */
  readonly issuer: string | null;
  readonly clientId: string | null;
  /** Where the secret is (`kept:NAME`, `env:NAME`, `file:/path`), never what it is; null: a public client. */
  readonly clientSecret: string | null;
  /** What people call the provider. */
  readonly name: string | null;
  /** The claim that says what a person may do. */
  readonly claim: string;
  /** Roles by the claim's values. */
  readonly roles: Readonly<Record<string, Role>>;
  readonly scopes: readonly string[];
}

/** What is set for the users of one application. */
export interface ApplicationSettings {
  /** What people call it. */
  readonly name?: string;
  readonly continueUrl?: string;
}

/** A receiver of events. */
export type WebhookEndpoint = {
  readonly id: string;
  /** Names of events, beginnings such as `user.*`, or `*`. */
  readonly events: readonly string[];
  /** Attributes of the user that an event tells as well, as a list's `attributes` names them (RFC 7644 §3.4.2.5). */
  readonly attributes: readonly string[];
} & (HttpTarget | ModuleTarget | SiemTarget | PushTarget | PollTarget);

/** An endpoint that events are posted to. */
export interface HttpTarget {
  readonly kind: 'http';
  readonly url: string;
  /**
   * Where its secrets are (`kept:NAME`, `env:NAME`, `file:/path`), never what they are; while one is replaced there are
   * two.
   */
  readonly secrets: readonly string[];
}

/** An endpoint that is an ES module in the operator's folder of modules. */
export interface ModuleTarget {
  readonly kind: 'module';
  /** The file's name in that folder. */
  readonly module: string;
}

/** An endpoint that the audit is posted to, many events at a time, in its order. */
export interface SiemTarget {
  readonly kind: 'siem';
  readonly url: string;
  /** As of `HttpTarget`. */
  readonly secrets: readonly string[];
  /** Events in one post at most. */
  readonly batch: number;
}

/** An endpoint that security event tokens are pushed to (RFC 8935). */
export interface PushTarget {
  readonly kind: 'push';
  readonly url: string;
  /** Where the value of the header `Authorization` is (`env:NAME`, `file:/path`); null: none is sent. */
  readonly authorization: string | null;
  /** What tokens have as `aud`; null: the URL. */
  readonly audience: string | null;
}

/** Security event tokens that a client fetches (RFC 8936). */
export interface PollTarget {
  readonly kind: 'poll';
  /** The id of the client. */
  readonly client: string;
  /** What tokens have as `aud`; null: the client's id. */
  readonly audience: string | null;
}

/** The kind of an attribute that a tenant adds (RFC 7643 §2.3); `strings`: several of them. */
export type OwnAttributeKind = 'string' | 'strings' | 'boolean' | 'integer' | 'decimal' | 'dateTime';

/** How a user is invited. */
export type InvitationMethod = 'emailLink' | 'emailOtp' | 'smsOtp';

/** A day of the week. */
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';
