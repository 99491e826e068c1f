import type { Settings } from '../../config/settings.ts';
import { emptyAccount } from '../records/account.ts';
import type { DueAt, StoredRecord } from '../records/resource-store.ts';
import { startOf } from '../user/first-key-address.ts';
import { readOnboarding } from '../user/latchkey-extension.ts';
import { leadsToFirstKey } from './invitations.ts';

/**
 * When time alone next changes what a user's record shows: the end of an invitation, of the lock after failed sign-ins,
 * or of the wait for the start date, whichever comes first. It may lie in the past, when the change has not been
 * written down yet.
 * @returns null where time changes nothing
 */
export function dueAt({ resource, account = emptyAccount }: StoredRecord, settings: Settings): DueAt {
  return momentsOf(resource, account, settings).sort()[0] ?? null;
}

/** The same, but only what still lies ahead. */
export function dueAfter({ resource, account = emptyAccount }: StoredRecord, settings: Settings, now: Date): DueAt {
  const after = now.toISOString();
  return (
    momentsOf(resource, account, settings)
      .filter((moment) => moment > after)
      .sort()[0] ?? null
  );
}

function momentsOf(
  resource: StoredRecord['resource'],
  { invitation, lockedUntil }: NonNullable<StoredRecord['account']>,
  settings: Settings,
): string[] {
  const onboarding = readOnboarding(resource);
  const { status, lockedReason } = onboarding;
  const moments: (string | undefined | null)[] = [];
  if ((status === 'invited' || status === 'delivered') && invitation !== undefined && leadsToFirstKey(invitation))
    moments.push(invitation.expiresAt);
  if (lockedReason === 'notStarted') moments.push(startOf(onboarding, settings)?.toISOString());
  if (lockedReason === 'failedAttempts') moments.push(lockedUntil ?? new Date(0).toISOString());
  return moments.filter((moment) => typeof moment === 'string');
}
