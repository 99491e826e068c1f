import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Settings } from '../../config/settings.ts';
import type { Account, Invitation } from '../records/account.ts';
import { AccountFailures } from './account-failures.ts';
import { forgetFailures, lockedReason } from '../user/account-lock.ts';
import { bindToPassword, type ChangeTickets, type IssuedTicket } from './change-ticket.ts';
import { isActive } from '../user/event-policy.ts';
import { FailedSignIns } from './failed-sign-ins.ts';
import { startOf } from '../user/first-key-address.ts';
import { omit } from '../../omit.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { readCode } from '../first-key/invitation-code.ts';
import { endReveal, usableInvitation } from '../first-key/invitations.ts';
import { readOnboarding } from '../user/latchkey-extension.ts';
import type { MessageUses } from '../messages/message-uses.ts';
import { needsProof } from '../first-key/onboarding.ts';
import { write, keep } from '../user/change-user.ts';
import { maxPasswordLength } from '../passwords/password-policy.ts';
import { readPhoneNumber } from '../user/phone-number.ts';
import { phoneKey } from '../records/lookup-keys.ts';
import { type Person, personOf } from '../user/person.ts';
import { RefusalDelay, type Stopwatch } from './refusal-delay.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';
import { bySelf } from '../records/origin.ts';
import { grantSession, type SessionGrant } from './session-grant.ts';
import { userNameKey } from '../user/user-name-key.ts';

/** How a sign-in ended. A one-time code is taken in the password's place. */
export type SignInResult =
  | {
      readonly outcome: 'ok';
      readonly person: Person;
      /** The one before this. */
      readonly lastSignInAt: string | undefined;
      /** For pages that keep the person signed in. */
      readonly session: SessionGrant;
    }
  /** The password is right but must be changed: `ticket` is the right to do so, short-lived. */
  | ({ readonly outcome: 'changeRequired'; readonly person: Person } & IssuedTicket)
  /** The secret was a live invitation's code: `ticket` is the right to set a password. */
  | ({ readonly outcome: 'codeAccepted'; readonly person: Person } & IssuedTicket)
  | { readonly outcome: 'locked'; readonly until: string | undefined }
  | { readonly outcome: 'notStarted'; readonly startsAt: string | undefined }
  | { readonly outcome: 'invalid' };

/** What signing in works with. */
export interface SignInParts extends Omit<ServiceParts, 'secrets'> {
  readonly tickets: ChangeTickets;
  readonly userType: ResourceType;
  readonly uses: Pick<MessageUses, 'codeAccepted'>;
  /** Told of a failed try that could not be counted. */
  readonly onError: (error: unknown) => void;
  /** Refused sign-ins are answered at multiples of this, in milliseconds, so that their work cannot be timed. */
  readonly refusalMs?: number;
  readonly stopwatch?: Stopwatch;
}

/** `lastSignInAt` is exact to this: a user who signs in every minute does not cost a write every minute. */
const signInNotedEveryMs = 15 * 60_000;
const dayMs = 86_400_000;

/**
 * Checks user names with passwords or one-time codes. A name that does not exist costs the same work and is counted
 * and paused alike. Its refusal leaves on a beat, and so does that of a name that does; a failed try is filed on the
 * record meanwhile, and no answer waits for it.
 */
export class SignIn {
  readonly #parts: SignInParts;
  readonly #unknown = FailedSignIns.ofUnknownNames();
  readonly #addresses = FailedSignIns.ofAddresses();
  readonly #beat: RefusalDelay;
  readonly #failures: AccountFailures;

  constructor(parts: SignInParts) {
    this.#parts = parts;
    this.#beat = new RefusalDelay(parts.refusalMs ?? 250, parts.stopwatch);
    this.#failures = new AccountFailures(parts);
  }

  /** Resolves when every failed try is filed. */
  async settled(): Promise<void> {
    await this.#failures.settled();
  }

  /**
   * Checks a user name with a password or code.
   * @param address where the person is, as far as it is known: failures are counted for it too
   */
  async verify(tenant: string, userName: string, secret: string, address?: string): Promise<SignInResult> {
    const { store, clock } = this.#parts;
    const beat = this.#beat.begin();
    const addressKey = JSON.stringify([tenant, address]);
    const until = address === undefined ? undefined : this.#addresses.lockedUntil(addressKey, clock.now());
    if (until !== undefined) return { outcome: 'locked', until };
    const name = userNameKey(userName);
    const named = await store.findByKey(tenant, 'User', name);
    const record = named ?? (await this.#textedAt(tenant, userName));
    const result = await this.#check(tenant, name, record, secret, named !== undefined);
    if (result.outcome === 'invalid' && address !== undefined) this.#addresses.fail(addressKey, clock.now());
    if (result.outcome === 'invalid' || result.outcome === 'locked') await beat();
    return result;
  }

  /**
   * The user whose live code was texted to the number that was typed in the name's place. It opens the way for that
   * code alone, never for a password.
   */
  async #textedAt(tenant: string, typed: string): Promise<StoredRecord | undefined> {
    const { store, settingsOf } = this.#parts;
    const phone = readPhoneNumber(typed, settingsOf(tenant));
    return phone === undefined ? undefined : store.findByKey(tenant, 'User', phoneKey(phone));
  }

  /** Checks a known user's present password; counts a failure. */
  async verifyPresent(
    record: StoredRecord,
    password: string,
  ): Promise<{ readonly outcome: 'right' | 'wrong' } | Extract<SignInResult, { outcome: 'locked' }>> {
    const now = this.#parts.clock.now();
    const until = pausedUntil(record.account, now);
    if (until !== undefined) return { outcome: 'locked', until };
    if ((await this.#rightPassword(record, password)) !== undefined) return { outcome: 'right' };
    await this.#failures.count(record, undefined);
    return { outcome: 'wrong' };
  }

  async #check(
    tenant: string,
    name: string,
    record: StoredRecord | undefined,
    secret: string,
    isNamed: boolean,
  ): Promise<SignInResult> {
    const { clock, settingsOf, hasher } = this.#parts;
    const now = clock.now();
    const settings = settingsOf(tenant);
    const nameKey = JSON.stringify([tenant, name]);
    // A deactivated user counts as unknown, and must not be told apart by never being locked.
    const known = record !== undefined && isActive(record.resource);
    const until = pausedUntil(record?.account, now) ?? (known ? undefined : this.#unknown.lockedUntil(nameKey, now));
    if (until !== undefined) return { outcome: 'locked', until };

    const password = await this.#rightPassword(record, secret);
    // Whether a second check is made depends on what was typed alone, never on whether there is a code to check it
    // against.
    const code = readCode(secret, settings.onboarding.code);
    const invitation = usableInvitation(record?.account, now);
    const codeIsRight = code !== undefined && (await hasher.verify(invitation?.code?.hash, code));

    if (!known) {
      this.#unknown.fail(nameKey, now);
      return { outcome: 'invalid' };
    }
    if (!this.#failures.areClosing(record)) {
      if (codeIsRight && invitation !== undefined) return this.#acceptCode(record, invitation);
      if (password !== undefined && isNamed) return this.#accept(record, password);
    }
    this.#failures.file(record, code === undefined || invitation?.code === undefined ? undefined : invitation.id);
    return { outcome: 'invalid' };
  }

  /**
   * The user's password, as it was typed or as it was pasted: blanks and invisible characters around a password that
   * Latchkey made, or mailed, are no part of it. Whether that second check is made depends on what was typed alone.
   * @returns undefined when what was typed is another one
   */
  async #rightPassword(record: StoredRecord | undefined, secret: string): Promise<string | undefined> {
    const { hasher } = this.#parts;
    const { passwordHash, generatedPassword, mailedPassword } = record?.account ?? {};
    const typed = secret.slice(0, 2 * maxPasswordLength);
    const isRight = await hasher.verify(passwordHash, typed);
    const bare = withoutBlanksAround(typed);
    if (bare === typed) return isRight ? typed : undefined;
    const isCopied = generatedPassword === true || mailedPassword === true;
    const bareIsRight = await hasher.verify(isCopied ? passwordHash : undefined, bare);
    if (isRight) return typed;
    return bareIsRight ? bare : undefined;
  }

  /**
   * The code was right: whether it still counts is decided on the record as it is now, behind every wrong one that
   * was tried before it.
   */
  async #acceptCode(checked: StoredRecord, { id, code }: Invitation): Promise<SignInResult> {
    const { changeUser, tickets, uses } = this.#parts;
    const result = (await changeUser<SignInResult>(checked, bySelf, ({ onboarding }, { settings, now }, record) => {
      const live = usableInvitation(record.account, now);
      if (!isActive(record.resource) || live?.id !== id || pausedUntil(record.account, now) !== undefined)
        return keep({ outcome: 'invalid' });
      const start = startOf(onboarding, settings);
      if (start !== undefined && start > now) return keep({ outcome: 'notStarted', startsAt: start.toISOString() });
      const issued = tickets.issue({ tenant: record.tenant, userId: record.id, reason: 'code', binding: id }, now);
      return keep({ outcome: 'codeAccepted', person: personOf(record), ...issued });
    })) ?? { outcome: 'invalid' };
    if (result.outcome !== 'invalid' && code !== undefined) uses.codeAccepted(checked, code.delivery);
    return result;
  }

  /**
   * The password was right: whether that lets its owner in is decided on the record as it is now, which may have been
   * locked meanwhile.
   */
  async #accept(checked: StoredRecord, secret: string): Promise<SignInResult> {
    const { changeUser, hasher, tickets } = this.#parts;
    const strongerHash = hasher.needsRehash(checked.account?.passwordHash ?? '')
      ? await hasher.hash(secret)
      : undefined;
    return (
      (await changeUser<SignInResult>(checked, bySelf, (draft, { settings, now, newId }, record) => {
        const { account } = record;
        if (
          account === undefined
          || !isActive(record.resource)
          || account.passwordHash !== checked.account?.passwordHash
        )
          return keep({ outcome: 'invalid' });
        // It was tried beside wrong ones that have closed the account meanwhile, and is answered as they are.
        if (pausedUntil(account, now) !== undefined) return keep({ outcome: 'invalid' });
        const refusal = refusalOf(record, account, { settings, now });
        if (refusal !== undefined) return keep(refusal);
        const person = personOf(record);
        if (mustChange(draft, settings, now)) {
          const issued = tickets.issue(
            {
              tenant: record.tenant,
              userId: record.id,
              reason: 'change',
              binding: bindToPassword(account.passwordHash),
            },
            now,
          );
          return keep({ outcome: 'changeRequired', person, ...issued });
        }
        const answer: SignInResult = {
          outcome: 'ok',
          person,
          lastSignInAt: draft.onboarding.lastSignInAt,
          session: grantSession(account, { now, id: newId() }),
        };
        const noted = noteSignIn(draft, now);
        if (strongerHash !== undefined) draft.account = { ...draft.account, passwordHash: strongerHash };
        return noted || strongerHash !== undefined ? write(answer) : keep(answer);
      })) ?? { outcome: 'invalid' }
    );
  }
}

function withoutBlanksAround(typed: string): string {
  return typed.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');
}

function pausedUntil(account: Account | undefined, now: Date): string | undefined {
  return account?.lockedUntil !== undefined && account.lockedUntil > now.toISOString()
    ? account.lockedUntil
    : undefined;
}

/** Why a right password does not let its owner in. */
function refusalOf(
  { resource }: StoredRecord,
  account: Account,
  moment: Pick<Rules, 'settings' | 'now'>,
): SignInResult | undefined {
  const onboarding = readOnboarding(resource);
  const reason = lockedReason(onboarding, account, moment);
  if (reason === 'notStarted')
    return { outcome: 'notStarted', startsAt: startOf(onboarding, moment.settings)?.toISOString() };
  if (reason !== undefined || needsProof(resource, onboarding, account, moment))
    return { outcome: 'locked', until: undefined };
  return undefined;
}

function mustChange({ onboarding, account }: UserDraft, { passwords }: Settings, now: Date): boolean {
  if (onboarding.forcePasswordReset === true || account.mailedPassword === true) return true;
  const changedAt = onboarding.passwordChangedAt === undefined ? Number.NaN : Date.parse(onboarding.passwordChangedAt);
  return passwords.maxAgeDays !== null && now.getTime() - changedAt >= passwords.maxAgeDays * dayMs;
}

/** Notes a sign-in where there is something to note; false when the record may stay as it is. */
function noteSignIn(draft: UserDraft, now: Date): boolean {
  const { onboarding, account } = draft;
  const last = onboarding.lastSignInAt === undefined ? Number.NEGATIVE_INFINITY : Date.parse(onboarding.lastSignInAt);
  const arrives = onboarding.status !== 'active';
  const wasTroubled = account.failedSignIns > 0 || account.lockedUntil !== undefined;
  if (now.getTime() - last < signInNotedEveryMs && !arrives && !wasTroubled) return false;
  forgetFailures(draft);
  onboarding.lastSignInAt = now.toISOString();
  if (arrives) {
    // They have the password already: nothing is left to be shown.
    draft.account = {
      ...omit(endReveal(draft.account, now.toISOString()), 'keepsPassword'),
      hasArrived: true,
      mailedTo: [],
    };
    onboarding.status = 'active';
    draft.events.push({ type: 'user.activated', data: {} });
  }
  draft.events.push({ type: 'signIn.succeeded', data: {} });
  return true;
}
