import type { ResourceType } from '../../scim/model/resource-type.ts';
import type { Settings } from '../../config/settings.ts';
import { BackgroundWork } from '../../base/background-work.ts';
import { ChangeTickets } from './change-ticket.ts';
import { isActive } from '../user/event-policy.ts';
import { notBefore } from '../user/first-key-address.ts';
import { renewLink, sendWayBack } from '../first-key/way-back.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { hashToken } from '../first-key/invitations.ts';
import { type Account, emptyAccount } from '../records/account.ts';
import { tokenKey } from '../records/lookup-keys.ts';
import type { MessageUses, SeenVisit } from '../messages/message-uses.ts';
import { proveAddress } from './own-password.ts';
import { write, keep } from '../user/change-user.ts';
import { type Person, personOf } from '../user/person.ts';
import type { Stopwatch } from './refusal-delay.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { type Right, rightOfTicket, rightOfToken, rightToProve } from './right-to-set.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';
import { endSession, grantSession, type SessionGrant, sessionHolds } from './session-grant.ts';
import { SetPassword } from './set-password.ts';
import { bySelf } from '../records/origin.ts';
import type { Tallies } from '../../domain/tallies.ts';
import { SignInLimits } from './sign-in-limits.ts';
import { SignIn } from './sign-in.ts';
import { isCoolingDown } from '../first-key/resend-key.ts';
import type { BrowserGrant } from '../../domain/browser-grant.ts';
import type { SignInResult } from './sign-in-result.ts';
import type { Proof, SetPasswordResult, ChangePasswordResult } from './access-results.ts';
import { accountsNamed } from './accounts-named.ts';
import { rightGiven } from './right-given.ts';

/** What the service works with. */
export interface AccessParts extends ServiceParts {
  readonly userType: ResourceType;
  readonly uses: MessageUses;
  readonly tallies: Tallies;
  /** Called when background work fails. */
  readonly onError: (error: unknown) => void;
  /** See `SignInParts`. */
  readonly refusalMs?: number;
  readonly stopwatch?: Stopwatch;
}

/** People who share an address each get their own way back in, up to this many. */

const recoveriesAtOnce = 1_000;

/**
 * Everything a person does about their own key: looks at a link, sets a password, signs in, asks for another way in.
 */
export class Access {
  readonly #parts: AccessParts;
  readonly #tickets: ChangeTickets;
  readonly #signIn: SignIn;
  readonly #setPassword: SetPassword;
  readonly #recoveries: BackgroundWork;

  constructor(parts: AccessParts) {
    this.#parts = parts;
    this.#tickets = new ChangeTickets(() => parts.secrets.derive('change tickets'));
    this.#recoveries = new BackgroundWork(parts.onError);
    const [key = Buffer.alloc(0)] = parts.secrets.derive('sign-in tallies');
    this.#signIn = new SignIn({ ...parts, tickets: this.#tickets, limits: new SignInLimits(parts.tallies, key) });
    this.#setPassword = new SetPassword(parts);
  }

  /** What a link's token or a ticket is worth. Changes nothing: mail scanners open links. */
  async lookUp(tenant: string, proof: Proof): Promise<Right> {
    return this.#judge(tenant, proof, await this.#recordOf(tenant, proof));
  }

  /**
   * Has the opening of a link in the user's timeline before long. Nothing is written at once, and no right depends on
   * it.
   */
  async noteOpening(tenant: string, token: string, visit: SeenVisit): Promise<void> {
    const record = await this.#recordOf(tenant, { token });
    if (record !== undefined) this.#parts.uses.opened(record, hashToken(token), visit);
  }

  /** What the token of a link that proves an e-mail address is worth. Changes nothing: mail scanners open links. */
  async lookUpProof(tenant: string, token: string): Promise<Right> {
    return rightToProve(await this.#recordOf(tenant, { token }), hashToken(token), this.#moment(tenant));
  }

  /**
   * Stores a password and consumes the right; a refused password consumes nothing. Of two at once, one is done and
   * one finds the right used.
   */
  async setPassword(tenant: string, proof: Proof, password: string): Promise<SetPasswordResult> {
    for (let round = 0; round < 5; round += 1) {
      const record = await this.#recordOf(tenant, proof);
      const right = this.#judge(tenant, proof, record);
      if (right.state !== 'valid' || record === undefined)
        return { outcome: 'void', right: right.state === 'valid' ? { state: 'unknown' } : right };
      const stored = await this.#setPassword.store(
        record,
        password,
        rightGiven(this.#tickets, tenant, proof, record),
        (latest) => this.#judge(tenant, proof, latest).state === 'valid',
      );
      if (stored.outcome === 'done')
        return { outcome: 'done', person: right.person, session: this.#grant(stored.account) };
      if (stored.outcome === 'refused') return { outcome: 'refused', person: right.person, faults: stored.faults };
    }
    return { outcome: 'void', right: { state: 'unknown' } };
  }

  /**
   * Sends the holder of an old link a new message, to the recorded address only; silently does nothing within the
   * cool-down.
   */
  async renew(tenant: string, token: string): Promise<void> {
    const tokenHash = hashToken(token);
    const record = await this.#recordOf(tenant, { token });
    if (record === undefined) return;
    await this.#change(record, (draft, rules) => {
      if (!isActive(draft.resource) || isCoolingDown(draft.account, rules.now)) return false;
      return renewLink(draft, rules, tokenHash);
    });
  }

  /**
   * Checks a user name with its password or one-time code; timing does not tell whether there is such a user.
   * @param address where the person is, as far as it is known: failures count for it as well as for the account
   * @param browsers whose browser this is, as its signed cookie proves
   */
  async signIn(
    tenant: string,
    userName: string,
    secret: string,
    address?: string,
    browsers: readonly BrowserGrant[] = [],
  ): Promise<SignInResult> {
    return this.#signIn.verify(tenant, userName, secret, address, browsers);
  }

  /**
   * Sends a recovery message to the user with this user name or, failing that, this e-mail address. The answer comes at
   * once and is the same whether or not such a user exists; the work happens in the background, see {@link settled}.
   */
  async forgotPassword(tenant: string, userNameOrEmail: string): Promise<void> {
    if (this.#recoveries.size >= recoveriesAtOnce) return;
    this.#recoveries.run(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      await this.#recover(tenant, userNameOrEmail);
    });
  }

  /** Resolves when all background work is done: for a graceful stop. */
  async settled(): Promise<void> {
    await Promise.all([this.#recoveries.settled(), this.#signIn.settled()]);
  }

  /**
   * The user of a session; undefined when it no longer counts: signed out of, ended by a change, its user deactivated
   * or deleted.
   */
  async holder(tenant: string, userId: string, session: SessionGrant): Promise<Person | undefined> {
    const record = await this.#parts.store.get(tenant, 'User', userId);
    if (record === undefined || !isActive(record.resource)) return undefined;
    return sessionHolds(record.account ?? emptyAccount, session) ? personOf(record) : undefined;
  }

  /** Signs a user out of one session: from now on its cookie is worth nothing, in any process. */
  async endSession(tenant: string, userId: string, session: SessionGrant): Promise<void> {
    await this.#parts.changeUser({ tenant, id: userId }, bySelf, (draft, { now }) => {
      if (!sessionHolds(draft.account, session)) return keep(undefined);
      draft.account = endSession(draft.account, session, now);
      return write(undefined);
    });
  }

  /** Changes a signed-in user's password; a wrong present password counts as a failed sign-in. */
  async changePassword(
    tenant: string,
    userId: string,
    current: string,
    password: string,
  ): Promise<ChangePasswordResult> {
    const record = await this.#parts.store.get(tenant, 'User', userId);
    if (record === undefined || !isActive(record.resource)) return { outcome: 'wrongPassword' };
    const present = await this.#signIn.verifyPresent(record, current);
    if (present.outcome === 'locked') return present;
    if (present.outcome === 'wrong') return { outcome: 'wrongPassword' };
    const stored = await this.#setPassword.store(record, password, {}, (latest) => isActive(latest.resource));
    if (stored.outcome === 'lost') return { outcome: 'wrongPassword' };
    if (stored.outcome === 'refused') return stored;
    return { outcome: 'done', session: this.#grant(stored.account) };
  }

  #grant(account: Account): SessionGrant {
    const { clock } = this.#parts;
    return grantSession(account, { now: clock.now(), id: clock.newId() });
  }

  /** Takes the proof of an e-mail address that a mailed link gives; false when the link is worth nothing (any more). */
  async verifyEmail(tenant: string, token: string): Promise<boolean> {
    const tokenHash = hashToken(token);
    const record = await this.#recordOf(tenant, { token });
    if (record === undefined) return false;
    return this.#change(record, (draft, rules) => {
      const { resource, account } = draft;
      const right = rightToProve({ ...record, resource, account }, tokenHash, rules);
      return right.state === 'valid' && proveAddress(draft, rules);
    });
  }

  async #recordOf(tenant: string, proof: Proof): Promise<StoredRecord | undefined> {
    const { store } = this.#parts;
    if ('token' in proof) return store.findByKey(tenant, 'User', tokenKey(hashToken(proof.token)));
    const ticket = this.#tickets.read(tenant, proof.ticket);
    return ticket === undefined ? undefined : store.get(tenant, 'User', ticket.userId);
  }

  #judge(tenant: string, proof: Proof, record: StoredRecord | undefined): Right {
    const moment = this.#moment(tenant);
    if ('token' in proof) return rightOfToken(record, hashToken(proof.token), moment);
    const ticket = this.#tickets.read(tenant, proof.ticket);
    return ticket === undefined ? { state: 'unknown' } : rightOfTicket(record, ticket, moment);
  }

  #moment(tenant: string): { settings: Settings; now: Date } {
    return { settings: this.#parts.settingsOf(tenant), now: this.#parts.clock.now() };
  }

  async #recover(tenant: string, userNameOrEmail: string): Promise<void> {
    for (const record of await accountsNamed(this.#parts, tenant, userNameOrEmail.trim())) {
      await this.#change(record, (draft, rules) => {
        if (!isActive(draft.resource) || isCoolingDown(draft.account, rules.now)) return false;
        if (notBefore(draft.onboarding, rules.settings, rules.now) !== undefined) return false;
        return sendWayBack(draft, rules);
      });
    }
  }

  /** Changes a user's record on the user's own account; false when `change` found nothing to do. */
  async #change(user: StoredRecord, change: (draft: UserDraft, rules: Rules) => boolean): Promise<boolean> {
    return (
      (await this.#parts.changeUser(user, bySelf, (draft, rules) => (change(draft, rules) ? write(true) : keep(false))))
      ?? false
    );
  }
}
