import type { Json } from '../../base/json.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { InvitationMethod } from '../../config/settings.ts';

/** URN of the extension that holds a user's onboarding. */
export const latchkeyUrn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

/** How far a user is on the way to their first key. */
export type OnboardingStatus =
  'none' | 'held' | 'queued' | 'invited' | 'delivered' | 'bounced' | 'expired' | 'failed' | 'active';

/** Why sign-in is refused. */
export type LockedReason = 'pendingPassword' | 'failedAttempts' | 'notStarted' | 'emailNotVerified';

/**
 * One line of a user's timeline: the present state of a message, its past states, or what was done with it. See
 * `timeline.ts`.
 */
export type DeliveryNote = {
  id: string;
  channel: Delivery['channel'];
  template: string;
  state: string;
  attempts: number;
  at: string;
  reply?: string;
  queuedAt?: string;
  leasedAt?: string;
  verdict?: 'person' | 'scanner' | 'right' | 'wrong';
  lastAt?: string;
  count?: number;
};

/** The extension's attributes as a stored resource holds them; times are ISO 8601. */
export type Onboarding = {
  forcePasswordReset?: boolean;
  preRegistration?: boolean;
  sendPassword?: boolean;
  invitationMethod?: InvitationMethod;
  verifyEmail?: boolean;
  startDate?: string;
  notificationEmail?: string;
  application?: string;
  resend?: string;
  status?: OnboardingStatus;
  locked?: boolean;
  lockedReason?: LockedReason;
  invitedAt?: string;
  invitationExpiresAt?: string;
  passwordChangedAt?: string;
  lastSignInAt?: string;
  deliveries?: DeliveryNote[];
};

/** The onboarding extension of a validated user, as a copy; empty where there is none. */
export function readOnboarding(resource: Resource): Onboarding {
  return { ...(resource[latchkeyUrn] as Onboarding | undefined) };
}

/**
 * The resource with this onboarding in the extension's place, and the extension's URN in `schemas`. Attributes that
 * are undefined are left out.
 */
export function writeOnboarding(resource: Resource, onboarding: Onboarding): Resource {
  const extension: Record<string, Json> = {};
  for (const [name, value] of Object.entries(onboarding)) if (value !== undefined) extension[name] = value;
  const schemas = Array.isArray(resource['schemas']) ? resource['schemas'] : [];
  return {
    ...resource,
    schemas: schemas.includes(latchkeyUrn) ? schemas : [...schemas, latchkeyUrn],
    [latchkeyUrn]: extension,
  };
}

/** Statuses of a user who is on the way to their first key. */
export const statusesUnderWay: readonly OnboardingStatus[] = [
  'held',
  'queued',
  'invited',
  'delivered',
  'bounced',
  'expired',
  'failed',
];

/** True while the user's first key is neither in their hands nor given up. */
export function isUnderWay({ status }: Onboarding): boolean {
  return status !== undefined && statusesUnderWay.includes(status);
}
