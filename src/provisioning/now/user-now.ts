import { omit } from '../../base/omit.ts';
import { emptyAccount } from '../records/account.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { lockedReason } from '../user/account-lock.ts';
import { latchkeyUrn, type Onboarding, readOnboarding, writeOnboarding } from '../user/latchkey-extension.ts';
import type { Rules } from '../user/user-draft.ts';

/**
 * A stored user as they are at this moment: `status`, `locked` and `lockedReason` as time has made them, whether or
 * not the sweep has written it down.
 */
export function userNow(record: StoredRecord, rules: Pick<Rules, 'settings' | 'now'>): StoredRecord {
  const { resource, account = emptyAccount } = record;
  if (resource[latchkeyUrn] === undefined) return record;
  const onboarding = readOnboarding(resource);
  const reason = lockedReason({ resource, onboarding, account }, rules);
  const status = hasRunOut(onboarding, rules.now) ? 'expired' : onboarding.status;
  if (status === onboarding.status && reason === onboarding.lockedReason) return record;
  const now: Onboarding = {
    ...omit(onboarding, 'lockedReason'),
    ...(status === undefined ? {} : { status }),
    locked: reason !== undefined,
    ...(reason === undefined ? {} : { lockedReason: reason }),
  };
  return { ...record, resource: writeOnboarding(resource, now) };
}

function hasRunOut({ status, invitationExpiresAt }: Onboarding, now: Date): boolean {
  const isOpen = status === 'invited' || status === 'delivered';
  return isOpen && invitationExpiresAt !== undefined && Date.parse(invitationExpiresAt) <= now.getTime();
}
