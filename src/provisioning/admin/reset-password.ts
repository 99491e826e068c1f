import { ConflictError, InvalidValueError } from '../../scim/model/scim-error.ts';
import type { Settings } from '../../config/settings.ts';
import { forgetFailures } from '../user/account-lock.ts';
import type { AdminActor, AdminRecords } from './admin-records.ts';
import { whyNoEmail } from '../user/first-key-address.ts';
import { isActive } from '../user/event-policy.ts';
import { requestKey, withoutPasswordMail } from '../first-key/first-key-request.ts';
import { addressFor } from '../first-key/key-address.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { generatePassword } from '../passwords/generate-password.ts';
import { endInvitation } from '../first-key/invitations.ts';
import { dropPassword } from '../first-key/mailed-password.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { WeakPasswordError } from '../passwords/weak-password-error.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { purposeOfPassword } from '../passwords/sealed-password.ts';
import type { SecretBox } from '../../base/secret-box.ts';
import type { SetPassword } from '../access/set-password.ts';
import { keepPassword } from '../first-key/keep-password.ts';

/** What an administrator wants in place of the user's present password. */
export interface PasswordOrder {
  /** Left out: one is generated. */
  readonly password?: string;
  /** Mailed to the user. Left out: a generated one is, a given one is not. */
  readonly send?: boolean;
  /** The user must choose their own at the next sign-in. Left out: they must. */
  readonly forceChange?: boolean;
}

/** What came of it; `password` only where one was generated that is not mailed: it is kept nowhere. */
export interface PasswordReset {
  readonly record: StoredRecord;
  readonly password?: string;
}

/** What the reset works with. */
export interface ResetPasswordParts {
  readonly records: AdminRecords;
  readonly settingsOf: (tenant: string) => Settings;
  readonly hasher: PasswordHasher;
  readonly secrets: SecretBox;
  readonly setPassword: SetPassword;
}

/**
 * Puts another password in place of a user's present one, which is worth nothing from that moment, like every session
 * begun with it. What was pending ends, a lock after failed sign-ins is lifted. A password that is generated to be
 * mailed is made when its mail goes out.
 * @throws NotFoundError; InvalidValueError naming `password` or `forceChange`; ConflictError where there is nobody to
 *   write to
 */
export async function resetPassword(
  parts: ResetPasswordParts,
  actor: AdminActor,
  userId: string,
  order: PasswordOrder,
): Promise<PasswordReset> {
  const { records, settingsOf, hasher, secrets, setPassword } = parts;
  const settings = settingsOf(actor.tenant);
  const send = order.send ?? order.password === undefined;
  const forceChange = order.forceChange ?? true;
  if (send && !forceChange && settings.onboarding.changeMailedPassword) {
    throw new InvalidValueError(
      'forceChange: a mailed password must be changed, unless the setting onboarding.changeMailedPassword '
        + 'says otherwise.',
    );
  }
  const before = await records.read(actor.tenant, userId);
  if (order.password !== undefined) {
    const faults = await setPassword.faultsOf(before, order.password);
    if (faults.length > 0) throw new WeakPasswordError(faults);
  }
  const text = order.password ?? (send ? undefined : generatePassword(settings.passwords.minLength));
  const password =
    text === undefined
      ? undefined
      : {
          hash: await hasher.hash(text),
          generated: order.password === undefined,
          ...(send
            ? { sealed: secrets.seal(text, { tenant: actor.tenant, id: userId, purpose: purposeOfPassword }) }
            : {}),
        };
  const record = await records.change(actor, userId, (draft, rules) => {
    if (!isActive(draft.resource)) throw new ConflictError('The user is deactivated.');
    if (send && addressFor(draft, rules, 'passwordMail', 'emailLink') === undefined)
      throw new ConflictError(`The password cannot be mailed. ${whyNoEmail(draft.resource, draft.onboarding)}`);
    replacePassword(draft, rules, password);
    forgetFailures(draft);
    if (send) sendPassword(draft, rules);
    else handOver(draft, rules);
    draft.onboarding.forcePasswordReset = forceChange;
    return true;
  });
  return { record, ...(text === undefined || order.password !== undefined ? {} : { password: text }) };
}

function replacePassword(
  draft: UserDraft,
  rules: Rules,
  password: { hash: string; sealed?: string; generated: boolean } | undefined,
): void {
  const { resource, account } = draft;
  if (password === undefined) dropPassword(draft, rules);
  else keepPassword(draft, { before: { resource, account }, password }, rules);
}

function sendPassword(draft: UserDraft, rules: Rules): void {
  requestKey(draft, rules, 'passwordMail');
  draft.account = { ...draft.account, resentAt: rules.now.toISOString() };
}

/** The administrator has the password and gives it to the user: nothing else is to reach them. */
function handOver(draft: UserDraft, { now }: Rules): void {
  draft.account = {
    ...withoutPasswordMail(endInvitation(draft.account, 'superseded', now.toISOString())),
    // It is theirs to use, whatever invites them anew later.
    keepsPassword: true,
  };
  delete draft.onboarding.invitationExpiresAt;
  if (draft.onboarding.status !== 'active') draft.onboarding.status = 'delivered';
  draft.events.push({ type: 'deliveries.cancelled', data: {} });
}
