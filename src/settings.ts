/** A tenant's settings with every default filled in (product defaults in `schemas/settings.schema.json`). */
export interface Settings {
  readonly onboarding: {
    readonly invitationMethod: InvitationMethod;
    /** Minutes; -1 never, 0 at once. */
    readonly expiryMinutes: Readonly<Record<InvitationMethod, number>>;
    readonly lockUntilPasswordSet: boolean;
    readonly activationNotice: boolean;
    readonly verifyEmail: boolean;
    readonly code: { readonly length: number; readonly uppercase: boolean; readonly lowercase: boolean; readonly digits: boolean };
    readonly changeMailedPassword: boolean;
    readonly leadDays: number;
    /** Local times `HH:MM`; null: none. */
    readonly quietHours: { readonly from: string; readonly to: string } | null;
    readonly reminderHours: readonly number[];
    /** What a first mail without any address does: `accept` (status `failed`) or `refuse` (400). */
    readonly noAddress: 'accept' | 'refuse';
  };
  readonly passwords: {
    readonly minLength: number;
    readonly history: number;
    readonly maxAgeDays: number | null;
    readonly fromClients: 'keep' | 'drop';
    /** Older systems' rule: at least one upper, one lower, one digit. */
    readonly composition: boolean;
  };
  readonly scim: {
    readonly profile: 'auto' | 'entra' | 'okta' | 'strict';
    readonly uniqueGroupNames: boolean;
    readonly unknownAttributes: 'drop' | 'refuse';
    readonly maxPageSize: number;
  };
  readonly sms: { readonly gatewayUrl: string | null; readonly countries: readonly string[] };
  readonly locale: string;
  readonly timezone: string;
  readonly productName: string;
}

/** How a user is invited. */
export type InvitationMethod = 'emailLink' | 'emailOtp' | 'smsOtp';
