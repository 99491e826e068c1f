import { emptyAccount } from '../records/account.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { Account } from '../records/account.ts';
import { showLock } from '../user/account-lock.ts';
import type { SearchDocument } from '../../scim/search/search-document.ts';
import { lockInSearch } from '../user/lock-in-search.ts';
import { needsProof } from '../user/needs-proof.ts';
import { changeEvents, isActive } from '../user/event-policy.ts';
import type { EventDraft } from '../records/origin.ts';
import { emailAddress, startOf } from '../user/first-key-address.ts';
import {
  pendingRequest,
  requestKey,
  requireAddress,
  resendKey,
  cancelPending,
  withoutPasswordMail,
} from './first-key-request.ts';
import { addressFor, type KeyRequest, methodOf } from './key-address.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import { followAddress } from './follow-address.ts';
import { rememberedHashes } from './mailed-password.ts';
import { endReveal } from './invitations.ts';
import { hasArrived, standingOf } from '../user/arrival.ts';
import { showForcedChange } from '../user/forced-change.ts';
import { type Onboarding, readOnboarding, writeOnboarding } from '../user/latchkey-extension.ts';
import { isUndeliverable } from '../user/undeliverable.ts';

/** A user as stored. */
export interface UserState {
  readonly resource: Resource;
  readonly account: Account;
}

/** What a client wants a user to be. */
export interface UserChange {
  /** A `replace` says everything the client knows, so what it repeats is no wish; a `patch` says what it wants. */
  readonly manner: 'create' | 'replace' | 'patch';
  readonly before: UserState | undefined;
  /** The resource as wanted, without `password`. */
  readonly after: Resource;
  /** The write itself says `sendPassword: true`; what is stored already, and repeated, does not count. */
  readonly sends?: boolean;
  /** A password to keep: its hash, its sealed text when it is to be mailed, and whether Latchkey made it. */
  readonly password?: { readonly hash: string; readonly sealed?: string; readonly generated?: boolean };
}

/** What comes of a change. */
export interface OnboardingOutcome extends UserState {
  /** See `RecordChange.search`. */
  readonly search: SearchDocument;
  readonly events: readonly EventDraft[];
}

/** The attributes of the extension that clients write; the others are ours. */
const clientAttributes = [
  'forcePasswordReset',
  'preRegistration',
  'sendPassword',
  'invitationMethod',
  'verifyEmail',
  'startDate',
  'notificationEmail',
  'application',
  'resend',
] as const satisfies readonly (keyof Onboarding)[];

/**
 * The onboarding state machine: from what a user was and what a client wants, to what the user becomes and what is to
 * be sent. Pure: time and ids come from the rules. A flag acts when it turns true, or on a create; `resend` when it
 * has a new value; deactivating calls everything off, and activating a user who still has no key begins anew. Where
 * both `preRegistration` and `sendPassword` turn true the invitation wins: it is the one that puts no password into a
 * mailbox.
 * @throws InvalidValueError where the tenant refuses users without an address
 */
export function onboard(change: UserChange, rules: Rules): OnboardingOutcome {
  const before: Onboarding = change.before === undefined ? {} : readOnboarding(change.before.resource);
  const { draft, resend } = beginDraft(change, before);
  keepPassword(draft, change, rules);
  followActivity(draft, change, rules);
  const anew =
    change.before === undefined
      ? undefined
      : (followAddress({ ...change.before, onboarding: before, events: [] }, draft, rules)
        ?? (change.password?.sealed === undefined ? undefined : 'passwordMail'));
  if (isActive(change.after)) {
    const wish = wishOf(draft.onboarding, before, change, rules) ?? anew;
    if (wish === 'standDown') cancelPending(draft, rules);
    else if (wish !== undefined) {
      requireAddress(draft, rules, wish);
      requestKey(draft, rules, wish);
      if (wish === 'invitation') keepUnusedPassword(draft, before, change);
    }
    if (
      resend !== undefined
      && resend !== change.before?.account.resend
      && change.before !== undefined
      && wish === undefined
    )
      resendKey(draft, rules, 'administrator');
    askForProof(draft, before, change, rules);
  }
  if (resend !== undefined) draft.account = { ...draft.account, resend };
  followReset(draft, before, change, rules);
  draft.onboarding.status ??= 'none';
  showForcedChange(draft, rules);
  showLock(draft, rules);
  const resource = writeOnboarding(draft.resource, draft.onboarding);
  return {
    resource,
    account: draft.account,
    search: lockInSearch(draft, rules),
    events: [...changeEvents('User', change.before?.resource, resource), ...draft.events],
  };
}

/**
 * Whether a password that comes with the change is to be mailed: `always`, only `ifNew` to the user, or `never`. It is
 * where the write says `sendPassword: true`, where the mail of an earlier one has not gone out, and where `resend`
 * restarts such a mail.
 */
export function mailsPassword({
  before,
  after,
  sends,
}: Pick<UserChange, 'before' | 'after' | 'sends'>): 'always' | 'ifNew' | 'never' {
  const wanted = readOnboarding(after);
  const had: Onboarding = before === undefined ? {} : readOnboarding(before.resource);
  if (!isActive(after)) return 'never';
  if (before === undefined) return wanted.sendPassword === true && wanted.preRegistration !== true ? 'always' : 'never';
  const standing = standingOf(had, before.account);
  if (rises('preRegistration', had, wanted) && standing !== 'arrived') return 'never';
  if (rises('sendPassword', had, wanted) && standing !== 'arrived') return 'always';
  const resends =
    wanted.resend !== undefined
    && wanted.resend !== before.account.resend
    && pendingRequest({ ...before, onboarding: had, events: [] }) === 'passwordMail';
  const awaits = awaitsMail(before.account, had) && wanted.sendPassword !== false;
  return sends === true || resends || awaits ? 'ifNew' : 'never';
}

function beginDraft(
  { manner, before, after }: UserChange,
  had: Onboarding,
): { draft: UserDraft; resend: string | undefined } {
  const wanted = readOnboarding(after);
  const onboarding: Onboarding = { ...had };
  for (const name of clientAttributes) {
    // A profile sync that does not know these attributes must not wipe them; only a PATCH can remove one.
    if (manner !== 'replace' || wanted[name] !== undefined) assign(onboarding, name, wanted[name]);
  }
  delete onboarding.resend;
  const draft = { resource: after, onboarding, account: before?.account ?? emptyAccount, events: [] };
  return { draft, resend: wanted.resend };
}

function assign<Name extends keyof Onboarding>(onboarding: Onboarding, name: Name, value: Onboarding[Name]): void {
  if (value === undefined) delete onboarding[name];
  else onboarding[name] = value;
}

/** True while the mail of a password has not gone out. */
function awaitsMail({ passwordMail, invitation }: Account, { status }: Onboarding): boolean {
  return (
    passwordMail !== undefined || (invitation?.purpose === 'reveal' && status !== 'delivered' && status !== 'expired')
  );
}

/**
 * Gives the user a password that somebody else chose for them; whoever had signed in with the one before is signed
 * out.
 */
export function keepPassword(
  draft: UserDraft,
  { before, password }: Pick<UserChange, 'before' | 'password'>,
  { settings, now }: Rules,
): void {
  if (password === undefined) return;
  draft.account = {
    ...(password.sealed === undefined
      ? withoutPasswordMail(endReveal(draft.account, now.toISOString()))
      : draft.account),
    passwordHash: password.hash,
    mailedTo: [],
    generatedPassword: password.generated === true,
    passwordHistory: rememberedHashes(draft.account, settings.passwords.history),
    mailedPassword: password.sealed !== undefined && settings.onboarding.changeMailedPassword,
    ...(password.sealed === undefined ? {} : { sealedPassword: password.sealed }),
  };
  draft.onboarding.passwordChangedAt = now.toISOString();
  if (before === undefined) return;
  draft.account = { ...draft.account, sessionsValidFrom: now.toISOString() };
  draft.events.push({ type: 'password.changed', data: {} });
}

function followActivity(draft: UserDraft, { before, after }: UserChange, rules: Rules): void {
  if (before === undefined || isActive(after) || !isActive(before.resource)) return;
  cancelPending(draft, rules);
  draft.account = { ...draft.account, sessionsValidFrom: rules.now.toISOString() };
}

function wishOf(
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
 * does nothing to somebody who has arrived, and invites who has a password that was never used; a password that comes
 * with it is an explicit reset.
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

/** A password from before a late invitation goes on working: a lock until one is set is for the create. */
function keepUnusedPassword(draft: UserDraft, had: Onboarding, { before }: UserChange): void {
  const isLate = rises('preRegistration', had, draft.onboarding) || rises('sendPassword', had, draft.onboarding);
  if (!isLate || before === undefined || draft.account.passwordHash === undefined) return;
  const isPending = before.account.invitation?.purpose === 'invitation' && before.account.keepsPassword !== true;
  if (!isPending) draft.account = { ...draft.account, keepsPassword: true };
}

function rises(flag: 'preRegistration' | 'sendPassword' | 'verifyEmail', had: Onboarding, wanted: Onboarding): boolean {
  return wanted[flag] === true && had[flag] !== true;
}

/** Asks for proof of the address where it is called for and nothing that is under way would prove it anyhow. */
function askForProof(draft: UserDraft, had: Onboarding, { before }: UserChange, rules: Rules): void {
  const { resource, onboarding, account } = draft;
  if (!needsProof(draft, rules) || account.passwordMail !== undefined) return;
  if (account.invitation !== undefined && account.invitation.purpose !== 'verifyEmail') return;
  if (onboarding.verifyEmail !== true && account.passwordHash === undefined) return;
  const asked =
    before !== undefined
    && isActive(before.resource)
    && !rises('verifyEmail', had, onboarding)
    && foldCase(emailAddress(before.resource) ?? '') === foldCase(emailAddress(resource) ?? '')
    && (before.account.passwordHash !== undefined || onboarding.verifyEmail === true);
  if (!asked) requestKey(draft, rules, 'verifyEmail');
}

/**
 * `forcePasswordReset` is lowered once the user has obeyed. A full sync that goes on saying `true` must not raise it
 * again; a PATCH that says so means it.
 */
function followReset(draft: UserDraft, had: Onboarding, { manner, before, after }: UserChange, rules: Rules): void {
  const named = readOnboarding(after).forcePasswordReset;
  if (manner === 'replace' && named === true && before?.account.namedReset === true) {
    assign(draft.onboarding, 'forcePasswordReset', had.forcePasswordReset);
  }
  const raised = draft.onboarding.forcePasswordReset === true && had.forcePasswordReset !== true;
  if (raised && before !== undefined) draft.account = { ...draft.account, sessionsValidFrom: rules.now.toISOString() };
  const changed = named !== had.forcePasswordReset || manner !== 'patch';
  if (named !== undefined && changed && named !== (before?.account.namedReset ?? false))
    draft.account = { ...draft.account, namedReset: named };
}
