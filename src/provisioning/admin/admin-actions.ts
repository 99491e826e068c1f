import type { Clock } from '../../base/clock.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import { foldCase } from '../../scim/model/case-fold.ts';
import { ConflictError, InvalidValueError } from '../../scim/model/scim-error.ts';
import { forgetFailures } from '../user/account-lock.ts';
import type { AdminActor, AdminRecords } from './admin-records.ts';
import { isActive } from '../user/event-policy.ts';
import { emailAddress, whyNoEmail } from '../user/first-key-address.ts';
import {
  changeInvitation,
  pendingRequest,
  requireAddress,
  requestKey,
  cancelPending,
} from '../first-key/first-key-request.ts';
import type { UserDraft } from '../user/user-draft.ts';
import { leadsToFirstKey } from '../first-key/invitations.ts';
import { keepUnusedPassword } from '../first-key/keep-password.ts';
import type { InvitationMethod } from '../../config/settings.ts';
import { addressOperations, type AddressOrder } from './correct-address.ts';
import { contextOf, createUser, type CreatedUser, type CreateUserParts, type NewUser } from './create-user.ts';
import { restoreUser, type RestoreUserParts } from './restore-user.ts';
import type { PatchOperation } from '../../scim/patch/patch-op.ts';
import type { ResourceHandler } from '../../scim/port/resource-handler.ts';
import { proveAddress } from '../access/own-password.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { requeueDelivery } from './requeue-delivery.ts';
import {
  type EndedDeliveryList,
  requeueDeliveries,
  type RequeueOrder,
  type RequeueReport,
} from './requeue-deliveries.ts';
import { type PasswordOrder, type PasswordReset, resetPassword } from './reset-password.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import type { SecretBox } from '../../base/secret-box.ts';
import { isUndeliverable } from '../user/undeliverable.ts';
import { SetPassword, type SetPasswordParts } from '../access/set-password.ts';
import { resendKey } from '../first-key/resend-key.ts';
import { refuseInCoolDown, notLockedOut } from './why-refused.ts';

/** What the actions work with. */
export interface AdminActionsParts extends SetPasswordParts, CreateUserParts, RestoreUserParts {
  readonly records: AdminRecords;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly secrets: SecretBox;
  readonly deliveries: EndedDeliveryList;
  readonly handler: Pick<ResourceHandler, 'create' | 'patch' | 'remove'>;
}

/**
 * What administrators do about a user's key, by the same rules as SCIM and the hosted pages. Each action returns the
 * user's record after it; it throws NotFoundError (404) for a user who does not exist, and ConflictError (409) with the
 * reason when the action does not fit the user's state.
 */
export class AdminActions {
  readonly #parts: AdminActionsParts;
  readonly #records: AdminRecords;
  readonly #setPassword: SetPassword;

  constructor(parts: AdminActionsParts) {
    this.#parts = parts;
    this.#records = parts.records;
    this.#setPassword = new SetPassword(parts);
  }

  /**
   * Sends the user's pending message again; the older one stops working.
   * @throws ScimError 429 with Retry-After within a minute of the last one; InvalidValueError where the tenant refuses
   *   users without an address
   */
  resend(actor: AdminActor, userId: string): Promise<StoredRecord> {
    return this.#records.change(actor, userId, (draft, rules) => {
      const kind = pendingRequest(draft);
      if (!isActive(draft.resource)) throw new ConflictError('The user is deactivated: nothing is sent to them.');
      if (kind === undefined && isStopped(draft)) {
        resendKey(draft, rules, 'administrator');
        if (wasWithheld(draft)) requestKey(draft, rules, 'recovery');
        return true;
      }
      if (kind === undefined)
        throw new ConflictError('Nothing is pending: the user has their key. Reset the password to give them another.');
      refuseInCoolDown(draft, rules);
      requireAddress(draft, rules, kind);
      return resendKey(draft, rules, 'administrator');
    });
  }

  /**
   * Invites a user who has not set a password yet; an invitation or password mail that was pending is superseded. A
   * password that the user has got and not used yet goes on working.
   * @param method how, instead of the user's own method or the tenant's
   * @throws ScimError 429 with Retry-After within a minute of the last message; InvalidValueError where the tenant
   *   refuses users without an address
   */
  invite(actor: AdminActor, userId: string, method?: InvitationMethod): Promise<StoredRecord> {
    return this.#records.change(actor, userId, (draft, rules) => {
      if (!isActive(draft.resource)) throw new ConflictError('The user is deactivated: nothing is sent to them.');
      if (draft.onboarding.status === 'active' || draft.onboarding.lastSignInAt !== undefined)
        throw new ConflictError('The user has their key already. Reset the password to give them another.');
      refuseInCoolDown(draft, rules);
      if (draft.onboarding.preRegistration !== true) keepUnusedPassword(draft, draft);
      draft.onboarding.preRegistration = true;
      if (method !== undefined) draft.onboarding.invitationMethod = method;
      requireAddress(draft, rules, 'invitation');
      requestKey(draft, rules, 'invitation');
      draft.account = { ...draft.account, resentAt: rules.now.toISOString() };
      return true;
    });
  }

  /**
   * Creates a user, see `create-user.ts`.
   * @returns the SCIM resource and the record; `password` only where one was generated that is not mailed
   */
  async createUser(actor: AdminActor, order: NewUser): Promise<CreatedUser & { readonly record: StoredRecord }> {
    const created = await createUser(this.#parts, actor, order);
    return { ...created, record: await this.#records.read(actor.tenant, created.id) };
  }

  /** Ends sign-in, sessions and whatever is pending; undone by {@link reactivate}. */
  deactivate(actor: AdminActor, userId: string): Promise<StoredRecord> {
    return this.#patch(actor, userId, () => [{ op: 'replace', path: 'active', value: false }]);
  }

  reactivate(actor: AdminActor, userId: string): Promise<StoredRecord> {
    return this.#patch(actor, userId, () => [{ op: 'replace', path: 'active', value: true }]);
  }

  /**
   * Replaces the address that mail goes to; what was sent to the old one stops working, and what is pending is sent
   * again.
   * @throws InvalidValueError naming what is not an address
   */
  correctAddress(actor: AdminActor, userId: string, order: AddressOrder): Promise<StoredRecord> {
    return this.#patch(actor, userId, ({ resource }) => addressOperations(resource, order));
  }

  /** Deletes a user; for 30 days they can be put back. */
  async remove(actor: AdminActor, userId: string): Promise<void> {
    await this.#parts.handler.remove(contextOf(actor), this.#parts.userType, userId, {});
  }

  /** Puts a deleted user back, see `restore-user.ts`. */
  restore(actor: AdminActor, userId: string): Promise<StoredRecord> {
    return restoreUser(this.#parts, actor, userId);
  }

  /** Calls off the open invitation, recovery or password mail, and every message that has not gone out. */
  cancel(actor: AdminActor, userId: string): Promise<StoredRecord> {
    return this.#records.change(actor, userId, (draft, rules) => {
      if (!cancelPending(draft, rules))
        throw new ConflictError('There is nothing to cancel: nothing is pending for this user.');
      return true;
    });
  }

  /**
   * Gives the open invitation, recovery, verification or link to a password another end, even when it has run out
   * already.
   * @param expiresAt null: it never ends
   * @throws InvalidValueError naming `expiresAt` when that has passed
   */
  extend(actor: AdminActor, userId: string, expiresAt: Date | null): Promise<StoredRecord> {
    return this.#records.change(actor, userId, (draft, { now }) => {
      if (expiresAt !== null && expiresAt <= now) throw new InvalidValueError('expiresAt must lie in the future.');
      const { invitation } = draft.account;
      if (invitation === undefined)
        throw new ConflictError('There is nothing to extend: no invitation is open. Resend instead.');
      const wasSent = invitation.links.length > 0 || invitation.code !== undefined;
      if (!wasSent)
        throw new ConflictError(
          'There is nothing to extend: the message has not gone out, and its time begins when it does.',
        );
      const end = expiresAt?.toISOString() ?? null;
      changeInvitation(draft, (live) => ({ ...live, expiresAt: end }));
      if (leadsToFirstKey(invitation) && draft.onboarding.status === 'expired')
        draft.onboarding.status = invitation.purpose === 'reveal' ? 'delivered' : 'invited';
      draft.events.push({ type: 'invitation.extended', data: { expiresAt: end } });
      return true;
    });
  }

  /** Puts another password in place of the present one, see `reset-password.ts`. */
  resetPassword(actor: AdminActor, userId: string, order: PasswordOrder): Promise<PasswordReset> {
    return resetPassword({ ...this.#parts, setPassword: this.#setPassword }, actor, userId, order);
  }

  /** Ends the pause or lock after failed sign-ins. */
  unlock(actor: AdminActor, userId: string): Promise<StoredRecord> {
    return this.#records.change(actor, userId, (draft, rules) => {
      if (!forgetFailures(draft)) throw new ConflictError(`There is nothing to unlock: ${notLockedOut(draft, rules)}`);
      return true;
    });
  }

  /** Takes the user's own e-mail address as proved; doing so again changes nothing. */
  verifyEmail(actor: AdminActor, userId: string): Promise<StoredRecord> {
    return this.#records.change(actor, userId, (draft, rules) => {
      const address = emailAddress(draft.resource);
      if (address === undefined)
        throw new ConflictError(`There is nothing to verify. ${whyNoEmail(draft.resource, draft.onboarding)}`);
      return draft.account.verifiedEmail !== foldCase(address) && proveAddress(draft, rules);
    });
  }

  async #patch(
    actor: AdminActor,
    userId: string,
    operationsOf: (record: StoredRecord) => readonly PatchOperation[],
  ): Promise<StoredRecord> {
    const record = await this.#records.read(actor.tenant, userId);
    const wants = { members: false, groups: false };
    const { handler, userType } = this.#parts;
    await handler.patch(contextOf(actor), userType, userId, operationsOf(record), {}, wants);
    return this.#records.read(actor.tenant, userId);
  }

  /** Puts messages back in the queue by their state and the reason of their end, see `requeue-deliveries.ts`. */
  requeueAll(actor: AdminActor, order: RequeueOrder): Promise<RequeueReport> {
    return requeueDeliveries(this.#parts, actor, order);
  }

  /** Puts a dead or cancelled message back in the queue, see `requeue-delivery.ts`. @returns it as it is now */
  requeue(actor: AdminActor, deliveryId: string): Promise<Delivery> {
    return requeueDelivery(this.#parts, actor, deliveryId);
  }
}

/** True where mail to the user's own address came back: a resend has it tried again. */
function isStopped({ account, resource }: UserDraft): boolean {
  const address = emailAddress(resource);
  return address !== undefined && isUndeliverable(account, address);
}

/** True where the user has asked for a way back in and nothing was sent. */
function wasWithheld({ onboarding }: UserDraft): boolean {
  return onboarding.deliveries?.some(({ state }) => state === 'withheld') === true;
}
