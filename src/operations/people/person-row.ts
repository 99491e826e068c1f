import type { KeyProgress } from '../../provisioning/first-key/key-progress.ts';
import type { GroupOfMember, StoredRecord } from '../../provisioning/records/resource-store.ts';
import { emailAddress } from '../../provisioning/user/first-key-address.ts';
import { readOnboarding } from '../../provisioning/user/latchkey-extension.ts';

/** The last thing that happened to a user's key: a line of the timeline, or one of these. */
export interface LastEvent {
  /** The state of a message or what was done with it, `signedIn`, `passwordSet` or `created`. */
  readonly what: string;
  readonly template?: string | undefined;
  readonly verdict?: string | undefined;
  readonly reply?: string | undefined;
  readonly at: string;
}

/** A person in a list. */
export interface PersonRow {
  readonly id: string;
  readonly userName: string;
  readonly displayName?: string | undefined;
  readonly mail?: string | undefined;
  readonly active: boolean;
  readonly status: string;
  readonly hindrance?: string | undefined;
  readonly detail?: string | undefined;
  readonly lockedOut: boolean;
  /** The name of the client that made them. */
  readonly source?: string | undefined;
  /** Those they are in themselves, the first few. */
  readonly groups: readonly { readonly id: string; readonly displayName?: string | undefined }[];
  readonly startDate?: string | undefined;
  readonly invitedAt?: string | undefined;
  readonly expiresAt?: string | null | undefined;
  readonly createdAt: string;
  readonly lastEvent: LastEvent;
}

const groupsShown = 4;

/** A record as a line of a list. */
export function personRow(
  record: StoredRecord,
  progress: KeyProgress,
  groups: readonly GroupOfMember[] = [],
): PersonRow {
  const onboarding = readOnboarding(record.resource);
  return {
    id: record.id,
    userName: progress.user.userName,
    displayName: progress.user.displayName,
    mail: emailAddress(record.resource) ?? onboarding.notificationEmail,
    active: progress.user.active,
    status: progress.status,
    hindrance: progress.hindrance,
    detail: progress.detail,
    lockedOut: progress.lockedReason === 'failedAttempts',
    source: record.account?.source,
    groups: groups
      .filter(({ type }) => type === 'direct')
      .slice(0, groupsShown)
      .map(({ value, display }) => ({ id: value, displayName: display })),
    startDate: onboarding.startDate,
    invitedAt: progress.invitedAt,
    expiresAt: progress.invitation?.expiresAt,
    createdAt: record.created,
    lastEvent: lastEventOf(record),
  };
}

function lastEventOf(record: StoredRecord): LastEvent {
  const { deliveries = [], lastSignInAt, passwordChangedAt } = readOnboarding(record.resource);
  const events: LastEvent[] = [
    { what: 'created', at: record.created },
    ...deliveries.map(({ state, template, verdict, reply, at, lastAt }) => ({
      what: state,
      template,
      verdict,
      reply,
      at: lastAt ?? at,
    })),
    ...(passwordChangedAt === undefined ? [] : [{ what: 'passwordSet', at: passwordChangedAt }]),
    ...(lastSignInAt === undefined ? [] : [{ what: 'signedIn', at: lastSignInAt }]),
  ];
  return events.reduce((latest, event) => (event.at >= latest.at ? event : latest));
}
