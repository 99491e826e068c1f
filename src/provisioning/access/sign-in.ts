import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Invitation } from '../records/account.ts';
import { AccountFailures } from './account-failures.ts';
import { BackgroundWork } from '../../base/background-work.ts';
import type { Pauses, SignInLimits, SignInTry } from './sign-in-limits.ts';
import { pausedUntil } from '../user/account-lock.ts';
import type { ChangeTickets } from './change-ticket.ts';
import { isActive } from '../user/event-policy.ts';
import { startOf } from '../user/first-key-address.ts';
import { codeBits, readCode } from '../first-key/invitation-code.ts';
import { usableInvitation } from '../first-key/invitations.ts';
import type { MessageUses } from '../messages/message-uses.ts';
import { keep } from '../user/change-user.ts';
import { readPhoneNumber } from '../user/phone-number.ts';
import { phoneKey } from '../records/lookup-keys.ts';
import { personOf } from '../user/person.ts';
import { RefusalDelay, type Stopwatch } from './refusal-delay.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';
import { bySelf } from '../records/origin.ts';
import { userNameKey } from '../user/user-name-key.ts';
import type { BrowserGrant } from '../../domain/browser-grant.ts';
import type { SignInResult, AcceptResult, Refusal } from './sign-in-result.ts';
import { letIn } from './admission.ts';
import { rightPassword } from './right-password.ts';

/** The user that an attempt is for. */
interface Found {
  /** Undefined for a deactivated user too: they count as unknown, and must not be told apart by never being locked. */
  readonly known: StoredRecord | undefined;
  readonly record: StoredRecord | undefined;
  /** False where a phone number was typed in the name's place: it opens the way for a code alone. */
  readonly isNamed: boolean;
}

/** What signing in works with. */
export interface SignInParts extends Omit<ServiceParts, 'secrets'> {
  readonly limits: SignInLimits;
  readonly tickets: ChangeTickets;
  readonly userType: ResourceType;
  readonly uses: Pick<MessageUses, 'codeAccepted'>;
  /** Told of a failed try that could not be counted. */
  readonly onError: (error: unknown) => void;
  /** Refused sign-ins are answered at multiples of this, in milliseconds, so that their work cannot be timed. */
  readonly refusalMs?: number;
  readonly stopwatch?: Stopwatch;
}

/** Tries of one account's code that may be under way together. */
const guessesAtOnce = 4;

/**
 * Checks user names with passwords or one-time codes. A name that does not exist costs the same work and is counted
 * and paused alike. All refusals are delayed to the next tick; a failed try is counted meanwhile.
 *
 * Strangers' tries count apart from the owner's: a browser known to the owner has a count of its own, and a right
 * code is taken however often others have guessed, see `SignInLimits`.
 */
export class SignIn {
  readonly #parts: SignInParts;
  readonly #limits: SignInLimits;
  readonly #beat: RefusalDelay;
  readonly #failures: AccountFailures;
  readonly #counting: BackgroundWork;
  /** Tries of a code that are not answered yet, by the name they are for. */
  readonly #guesses = new Map<string, number>();

  constructor(parts: SignInParts) {
    this.#parts = parts;
    this.#limits = parts.limits;
    this.#beat = new RefusalDelay(parts.refusalMs ?? 250, parts.stopwatch);
    this.#failures = new AccountFailures(parts);
    this.#counting = new BackgroundWork(parts.onError);
  }

  /** Resolves when every failed try is counted. */
  async settled(): Promise<void> {
    await Promise.all([this.#failures.settled(), this.#counting.settled()]);
  }

  /**
   * Checks a user name with a password or code.
   * @param address where the person is, as far as it is known: failures are counted for it too
   * @param browsers whose browser this is, as an earlier sign-in has proved
   */
  async verify(
    tenant: string,
    userName: string,
    secret: string,
    address?: string,
    browsers: readonly BrowserGrant[] = [],
  ): Promise<SignInResult> {
    const { store, clock } = this.#parts;
    const beat = this.#beat.begin();
    const name = userNameKey(userName);
    const named = await store.findByKey(tenant, 'User', name);
    const record = named ?? (await this.#textedAt(tenant, userName));
    const known = record !== undefined && isActive(record.resource) ? record : undefined;
    const mark = known?.account?.sessionsValidFrom ?? '';
    const browser = browsers.find(({ ownerId, validFrom }) => ownerId === known?.id && validFrom === mark)?.id;
    const attempt: SignInTry = { tenant, name, mark, address, browser };
    const pauses = await this.#limits.pauses(attempt, clock.now());
    const { result, counts } = await this.#check(
      attempt,
      { known, record, isNamed: named !== undefined },
      secret,
      pauses,
    );
    if (counts) this.#counting.run(() => this.#limits.fail(attempt, known !== undefined, clock.now()));
    if (result.outcome === 'ok' && result.noted) this.#counting.run(() => this.#limits.succeed(attempt, clock.now()));
    if (result.outcome === 'invalid' || result.outcome === 'locked') await beat();
    return result;
  }

  /**
   * The user whose live code was texted to the number that was typed in the name's place. It opens the way for that
   * code alone, never for a password. A number that two users share says nothing of which of them it is: they type
   * their user names.
   */
  async #textedAt(tenant: string, typed: string): Promise<StoredRecord | undefined> {
    const { store, settingsOf } = this.#parts;
    const phone = readPhoneNumber(typed, settingsOf(tenant));
    if (phone === undefined) return undefined;
    const { records } = await store.query({
      tenant,
      type: 'User',
      condition: undefined,
      keys: [{ anyOf: [{ is: phoneKey(phone) }] }],
      sort: undefined,
      limit: 2,
      page: { offset: 0 },
    });
    return records.length === 1 ? records[0] : undefined;
  }

  /** Checks the present password that the holder of a session gives; counts a failure. */
  async verifyPresent(
    record: StoredRecord,
    password: string,
  ): Promise<{ readonly outcome: 'right' | 'wrong' } | Extract<SignInResult, { outcome: 'locked' }>> {
    const { clock } = this.#parts;
    const until = await this.#limits.beginPresent(record.tenant, record.id, clock.now());
    if (until !== undefined) return { outcome: 'locked', until };
    if ((await rightPassword(this.#parts.hasher, record, password)) !== undefined) {
      await this.#limits.passPresent(record.tenant, record.id);
      return { outcome: 'right' };
    }
    await this.#failures.count(record);
    return { outcome: 'wrong' };
  }

  /** @returns `counts`: it is a failure to be counted beside the account too */
  async #check(
    attempt: SignInTry,
    { known, record, isNamed }: Found,
    secret: string,
    pauses: Pauses,
  ): Promise<{ readonly result: AcceptResult; readonly counts: boolean }> {
    const { clock, settingsOf } = this.#parts;
    const now = clock.now();
    const { code: codes } = settingsOf(attempt.tenant).onboarding;
    const ofName = pausedUntil(record?.account, now) ?? (known === undefined ? pauses.name : undefined);
    const until = attempt.browser === undefined ? latest(ofName, pauses.place) : pauses.browser;
    const locked = { result: { outcome: 'locked', until } as const, counts: false };
    // Whether a second check is made depends on what was typed alone, never on whether there is a code to check it
    // against.
    const code = readCode(secret, codes);
    if (until !== undefined && code === undefined) return locked;

    const invitation = usableInvitation(known?.account, now);
    const guess = code === undefined ? undefined : await this.#guess(attempt, invitation, code, codeBits(codes));
    if (known !== undefined && invitation !== undefined && guess?.right === true)
      return { result: await this.#acceptCode(known, invitation), counts: false };
    const failed = {
      code: code === undefined || invitation?.code === undefined ? undefined : invitation.id,
      spent: guess?.spent ?? false,
    };
    if (until !== undefined) {
      // A locked account is not written for each further guess.
      if (known !== undefined && failed.spent && failed.code !== undefined)
        this.#failures.file(known, { ...failed, apart: true });
      return locked;
    }
    const password = await rightPassword(this.#parts.hasher, record, secret);
    if (known === undefined) return { result: { outcome: 'invalid' }, counts: true };
    const apart = attempt.browser !== undefined;
    if (password !== undefined && isNamed && (apart || !this.#failures.areClosing(known, now)))
      return { result: await letIn(this.#parts, known, password, apart), counts: false };
    this.#failures.file(known, { ...failed, apart });
    return { result: { outcome: 'invalid' }, counts: true };
  }

  /** Checks what may be a code, and counts that it was tried. Unknown names cost the same. */
  async #guess(
    attempt: SignInTry,
    invitation: Invitation | undefined,
    code: string,
    bits: number,
  ): Promise<{ readonly right: boolean; readonly spent: boolean }> {
    const { hasher, clock } = this.#parts;
    const key = JSON.stringify([attempt.tenant, attempt.name]);
    const atOnce = (this.#guesses.get(key) ?? 0) + 1;
    this.#guesses.set(key, atOnce);
    try {
      const { place, spent } = await this.#limits.tryCode(attempt, invitation?.code?.delivery, bits, clock.now());
      const right = await hasher.verify(invitation?.code?.hash, code);
      // A right guess among many at once is not better than the others.
      return { right: right && place && !spent && atOnce <= guessesAtOnce, spent };
    } finally {
      const others = (this.#guesses.get(key) ?? 1) - 1;
      if (others === 0) this.#guesses.delete(key);
      else this.#guesses.set(key, others);
    }
  }

  /**
   * The code was right: whether it still counts is decided on the record as it is now, behind every wrong one that
   * was tried before it.
   */
  async #acceptCode(checked: StoredRecord, { id, code }: Invitation): Promise<Refusal> {
    const { changeUser, tickets, uses } = this.#parts;
    const result = (await changeUser<Refusal>(checked, bySelf, ({ onboarding }, { settings, now }, record) => {
      const live = usableInvitation(record.account, now);
      if (!isActive(record.resource) || live?.id !== id) return keep({ outcome: 'invalid' });
      const start = startOf(onboarding, settings);
      if (start !== undefined && start > now) return keep({ outcome: 'notStarted', startsAt: start.toISOString() });
      const issued = tickets.issue({ tenant: record.tenant, userId: record.id, reason: 'code', binding: id }, now);
      return keep({ outcome: 'codeAccepted', person: personOf(record), ...issued });
    })) ?? { outcome: 'invalid' };
    if (result.outcome !== 'invalid' && code !== undefined) uses.codeAccepted(checked, code.delivery);
    return result;
  }
}

function latest(...instants: readonly (string | undefined)[]): string | undefined {
  return instants
    .filter((one) => one !== undefined)
    .sort()
    .at(-1);
}
