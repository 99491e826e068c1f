import type { Settings } from '../../config/settings.ts';
import type { Account } from '../records/account.ts';
import { lockedReason } from '../user/account-lock.ts';
import { isActive } from '../user/event-policy.ts';
import { notBefore } from '../user/first-key-address.ts';
import { pendingRequest, requestFor } from './first-key-request.ts';
import type { KeyRequest } from './key-address.ts';
import type { UserDraft } from '../user/user-draft.ts';
import { hasExpired } from './invitations.ts';
import type { DeliveryNote, LockedReason, Onboarding, OnboardingStatus } from '../user/latchkey-extension.ts';
import { needsProof } from '../user/needs-proof.ts';
import { draftOf } from '../user/change-user.ts';
import { personOf } from '../user/person.ts';
import type { StoredRecord } from '../records/resource-store.ts';

/** Why a user has not signed in yet: what must happen next. */
export type Hindrance =
  | 'deactivated'
  | 'notStarted'
  | 'nothingSent'
  | 'held'
  | 'queued'
  | 'noAddress'
  | 'deliveryFailed'
  | 'bounced'
  | 'expired'
  | 'tooManyWrongCodes'
  | 'invitationUnused'
  | 'passwordUnused'
  | 'failedSignIns'
  | 'emailNotVerified';

/** How far a user is on the way to their key, at one moment. Times are ISO 8601 UTC. */
export interface KeyProgress {
  readonly user: {
    readonly id: string;
    readonly userName: string;
    readonly displayName?: string | undefined;
    readonly active: boolean;
  };
  readonly status: OnboardingStatus;
  /** Absent once the user is in, with nothing in the way of the next sign-in. */
  readonly hindrance?: Hindrance | undefined;
  /** What a mail server said, or our own reason. */
  readonly detail?: string | undefined;
  /** What a resend would send. */
  readonly pending?: KeyRequest | undefined;
  readonly invitation?:
    | {
        readonly purpose: KeyRequest;
        readonly method: 'emailLink' | 'emailOtp' | 'smsOtp';
        readonly state: 'open' | 'expired';
        readonly createdAt: string;
        /** null: never; absent: it has not been sent. */
        readonly expiresAt?: string | null | undefined;
        readonly wrongTries: number;
      }
    | undefined;
  readonly locked: boolean;
  readonly lockedReason?: LockedReason | undefined;
  readonly lockedUntil?: string | undefined;
  readonly forcePasswordReset: boolean;
  readonly createdAt: string;
  readonly startsAt?: string | undefined;
  readonly invitedAt?: string | undefined;
  readonly passwordChangedAt?: string | undefined;
  readonly lastSignInAt?: string | undefined;
}

/** What a progress is judged by. */
interface Moment {
  readonly settings: Settings;
  readonly now: Date;
}

/**
 * Reads off a user's record how far they are. Time counts as it is now, whether or not anybody has written down what
 * it brought about.
 */
export function keyProgress(record: StoredRecord, moment: Moment): KeyProgress {
  const draft = draftOf(record);
  const { onboarding, account } = draft;
  const person = personOf(record);
  const { invitation } = account;
  const reason = lockedReason(draft, moment);
  const hindrance = hindranceOf(draft, moment);
  return {
    user: {
      id: record.id,
      userName: person.userName,
      displayName: person.displayName,
      active: isActive(record.resource),
    },
    status: hindrance === 'expired' ? 'expired' : (onboarding.status ?? 'none'),
    hindrance,
    detail: hindrance === undefined ? undefined : detailOf(onboarding, hindrance),
    pending: pendingRequest(draft),
    invitation:
      invitation === undefined
        ? undefined
        : {
            purpose: requestFor(invitation),
            method: invitation.method,
            state: hasExpired(invitation, moment.now) ? 'expired' : 'open',
            createdAt: invitation.createdAt,
            expiresAt: invitation.expiresAt,
            wrongTries: invitation.wrongTries,
          },
    locked: reason !== undefined,
    lockedReason: reason,
    lockedUntil: reason === 'failedAttempts' ? account.lockedUntil : undefined,
    forcePasswordReset: onboarding.forcePasswordReset === true,
    createdAt: record.created,
    startsAt: notBefore(onboarding, moment.settings, moment.now)?.toISOString(),
    invitedAt: onboarding.invitedAt,
    passwordChangedAt: onboarding.passwordChangedAt,
    lastSignInAt: onboarding.lastSignInAt,
  };
}

function hindranceOf(draft: UserDraft, moment: Moment): Hindrance | undefined {
  const { resource, onboarding, account } = draft;
  if (!isActive(resource)) return 'deactivated';
  if (lockedReason(draft, moment) === 'failedAttempts') return 'failedSignIns';
  if (notBefore(onboarding, moment.settings, moment.now) !== undefined) return 'notStarted';
  return (
    hindranceOfStatus(onboarding, account, moment.now) ?? (needsProof(draft, moment) ? 'emailNotVerified' : undefined)
  );
}

function hindranceOfStatus(onboarding: Onboarding, account: Account, now: Date): Hindrance | undefined {
  switch (onboarding.status) {
    case undefined:
    case 'none':
      return account.passwordHash === undefined ? 'nothingSent' : undefined;
    case 'held':
    case 'queued':
      return onboarding.status;
    case 'failed':
      return lastFailure(onboarding)?.state === 'failed' ? 'noAddress' : 'deliveryFailed';
    case 'bounced':
      return 'bounced';
    case 'expired':
      return account.pastInvitations[0]?.state === 'spent' && account.invitation === undefined
        ? 'tooManyWrongCodes'
        : 'expired';
    case 'invited':
      return account.invitation !== undefined && hasExpired(account.invitation, now) ? 'expired' : 'invitationUnused';
    case 'delivered':
      return account.invitation?.purpose === 'reveal' && hasExpired(account.invitation, now)
        ? 'expired'
        : 'passwordUnused';
    case 'active':
      return undefined;
  }
}

function detailOf(onboarding: Onboarding, hindrance: Hindrance): string | undefined {
  switch (hindrance) {
    case 'noAddress':
    case 'deliveryFailed':
    case 'bounced':
      return lastFailure(onboarding)?.reply;
    case 'held':
      return onboarding.deliveries?.find(({ state }) => state === 'held')?.reply;
    default:
      return undefined;
  }
}

function lastFailure({ deliveries = [] }: Onboarding): DeliveryNote | undefined {
  return deliveries.find(
    ({ state }) => state === 'failed' || state === 'dead' || state === 'bounced' || state === 'complained',
  );
}
