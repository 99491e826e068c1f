import { emptyAccount } from '../records/account.ts';
import { showLock } from '../user/account-lock.ts';
import type { SearchDocument } from '../../scim/search/search-document.ts';
import { lockInSearch } from '../user/lock-in-search.ts';
import { needsProof } from '../user/needs-proof.ts';
import { changeEvents, isActive } from '../user/event-policy.ts';
import type { EventDraft } from '../records/origin.ts';
import { emailAddress } from '../user/first-key-address.ts';
import { requestKey, requireAddress, cancelPending } from './first-key-request.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import { followAddress } from './follow-address.ts';
import { followMethod } from './follow-method.ts';
import { showForcedChange } from '../user/forced-change.ts';
import { type Onboarding, readOnboarding, writeOnboarding } from '../user/latchkey-extension.ts';
import type { UserState, UserChange } from './user-change.ts';
import { wishOf, rises } from './key-wish.ts';
import { keepPassword, keepUnusedPassword } from './keep-password.ts';
import { resendKey } from './resend-key.ts';

/** The result of a change. */
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
 * be sent. Pure: time and ids come from the rules. A flag acts when it turns true, or on a create; `resend` when it has
 * a new value; deactivating cancels everything, and activating a user who still has no key starts again. When both
 * `preRegistration` and `sendPassword` turn true the invitation wins, because it puts no password into a mailbox.
 * @throws InvalidValueError where the tenant refuses users without an address
 */
export function onboard(change: UserChange, rules: Rules): OnboardingOutcome {
  const before: Onboarding = change.before === undefined ? {} : readOnboarding(change.before.resource);
  const { draft, resend } = beginDraft(change, before);
  keepPassword(draft, change, rules);
  followActivity(draft, change, rules);
  const had = change.before && { ...change.before, onboarding: before, events: [] };
  const anew =
    had
    && (followAddress(had, draft, rules)
      ?? followMethod(had, draft, rules)
      ?? (change.password?.sealed === undefined ? undefined : 'passwordMail'));
  keepPasswordOfInvited(draft, before, change);
  if (isActive(change.after)) {
    const wish = wishOf(draft.onboarding, before, change, rules) ?? anew;
    if (wish === 'standDown') cancelPending(draft, rules);
    else if (wish !== undefined) {
      requireAddress(draft, rules, wish);
      requestKey(draft, rules, wish);
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

function followActivity(draft: UserDraft, { before, after }: UserChange, rules: Rules): void {
  if (before === undefined || isActive(after) || !isActive(before.resource)) return;
  cancelPending(draft, rules);
  draft.account = { ...draft.account, sessionsValidFrom: rules.now.toISOString() };
}

/** Where a flag comes late, see `keepUnusedPassword`. */
function keepPasswordOfInvited(draft: UserDraft, had: Onboarding, { before, password }: UserChange): void {
  const isLate = rises('preRegistration', had, draft.onboarding) || rises('sendPassword', had, draft.onboarding);
  if (isLate && before !== undefined && password?.sealed === undefined)
    keepUnusedPassword(draft, { onboarding: had, account: before.account });
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
