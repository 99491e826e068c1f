import type { Resource } from '../../scim/model/resource.ts';
import { isActive } from '../user/event-policy.ts';
import { startOf } from '../user/first-key-address.ts';
import { pendingRequest } from './first-key-request.ts';
import { addressFor, type KeyRequest, methodOf } from './key-address.ts';
import type { Rules } from '../user/user-draft.ts';
import { hasArrived, standingOf } from '../user/arrival.ts';
import type { Onboarding } from '../user/latchkey-extension.ts';
import { isUndeliverable } from '../user/undeliverable.ts';
import type { UserChange } from './user-change.ts';

export function wishOf(
  wanted: Onboarding,
  had: Onboarding,
  change: UserChange,
  rules: Rules,
): KeyRequest | 'standDown' | undefined {
  const { before, after } = change;
  const late = lateFlag(had, wanted, change);
  if (late !== undefined) return late === 'nothing' ? undefined : late;
  if (before === undefined) return undefined;
  const { account } = before;
  if (had.preRegistration === true && wanted.preRegistration !== true && account.invitation?.purpose === 'invitation')
    return 'standDown';
  if (
    had.sendPassword === true
    && wanted.sendPassword !== true
    && (account.passwordMail !== undefined || account.invitation?.purpose === 'reveal')
  )
    return 'standDown';
  const hasKey = hasArrived(had, account) && account.passwordHash !== undefined && account.mailedPassword !== true;
  if (!isActive(before.resource) && had.status !== 'active' && !hasKey) {
    if (wanted.preRegistration === true) return 'invitation';
    return wanted.sendPassword === true ? 'passwordMail' : undefined;
  }
  const draft = { resource: before.resource, onboarding: had, account, events: [] };
  const pending = pendingRequest(draft);
  if (pending !== 'invitation' && pending !== 'passwordMail') return undefined;
  const startMoved = startOf(had, rules.settings)?.getTime() !== startOf(wanted, rules.settings)?.getTime();
  if (had.status === 'held' && startMoved) return pending;
  const canReach = (resource: Resource, onboarding: Onboarding): boolean => {
    const address = addressFor(
      { ...draft, resource, onboarding },
      rules,
      pending,
      methodOf(onboarding, rules.settings),
    );
    return address !== undefined && !isUndeliverable(account, address);
  };
  const wasStranded = (had.status === 'failed' || had.status === 'bounced') && !canReach(before.resource, had);
  return wasStranded && canReach(after, wanted) ? pending : undefined;
}

/**
 * What a flag that turns true asks for. One that comes after the create (a constant that an admin adds to all users)
 * does nothing to a user who has arrived, and invites a user whose password was never used; a password in the same
 * write is an explicit reset.
 * @returns undefined where none turns true
 */
function lateFlag(
  had: Onboarding,
  wanted: Onboarding,
  { before, password }: UserChange,
): 'invitation' | 'passwordMail' | 'nothing' | undefined {
  const invites = rises('preRegistration', had, wanted);
  if (!invites && !rises('sendPassword', had, wanted)) return undefined;
  if (before === undefined) return invites ? 'invitation' : 'passwordMail';
  if (password?.sealed !== undefined) return 'passwordMail';
  switch (standingOf(had, before.account)) {
    case 'arrived':
      return 'nothing';
    case 'unusedPassword':
      return 'invitation';
    case 'noPassword':
      return invites ? 'invitation' : 'passwordMail';
  }
}

export function rises(
  flag: 'preRegistration' | 'sendPassword' | 'verifyEmail',
  had: Onboarding,
  wanted: Onboarding,
): boolean {
  return wanted[flag] === true && had[flag] !== true;
}
