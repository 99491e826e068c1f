import type { BrowserGrant } from '../domain/browser-grant.ts';
import type { Clock } from '../base/clock.ts';
import { omit } from '../base/omit.ts';
import type { Settings } from '../config/settings.ts';
import type { SignInLimits } from '../provisioning/access/sign-in-limits.ts';
import type { PasswordHasher } from '../provisioning/passwords/password-hasher.ts';
import type { PasswordFault } from '../provisioning/passwords/password-policy.ts';
import type { SecretBox } from '../base/secret-box.ts';
import { hasSecondFactor, needsSecondFactor, type Administrator } from './administrator.ts';
import type { AdministratorRecords } from './administrator-records.ts';
import { changeOwnPassword } from './change-own-password.ts';
import type { ConsoleSession, ConsoleSessions, SessionPlace, SessionStage } from './console-sessions.ts';
import { checkOwnPassword, type PasswordOwner } from './own-password-rules.ts';
import { newRecoveryCodes, offerTotp, showTotp, totpStep, type TotpOffer } from './second-factors.ts';
import { signInTry } from './sign-in-try.ts';
import { limitScope, tryCode } from './try-code.ts';
import type { SecurityLog } from './security-log.ts';

/** What sign-in works with. */
export interface ConsoleAccessParts {
  readonly records: AdministratorRecords;
  readonly sessions: ConsoleSessions;
  readonly securityLog: SecurityLog;
  readonly limits: SignInLimits;
  readonly hasher: PasswordHasher;
  readonly secrets: SecretBox;
  readonly settingsOf: (tenant: string) => Settings;
  readonly clock: Clock;
}

/** Who is in the console, and by which session. */
export interface SignedIn {
  readonly administrator: Administrator;
  readonly session: ConsoleSession;
}

/**
 * How a step of a sign-in went: a new cookie takes the place of the old one, so that no session can be fixed before.
 */
export type SignInStep =
  | { readonly outcome: 'done'; readonly stage: SessionStage; readonly cookie: string; readonly signedIn: SignedIn }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'paused'; readonly until: string };

/**
 * Sign-in to the console: password, then TOTP or a recovery code; and what an administrator does to their own account.
 */
export class ConsoleAccess {
  readonly #parts: ConsoleAccessParts;

  constructor(parts: ConsoleAccessParts) {
    this.#parts = parts;
  }

  /** The account of a cookie at this moment; undefined when the account is gone or the session was ended. */
  async current(cookie: string): Promise<SignedIn | undefined> {
    const session = await this.#parts.sessions.read(cookie);
    if (session === undefined) return undefined;
    const administrator = await this.#parts.records.find(session.tenant, session.administratorId);
    if (administrator === undefined) return undefined;
    return this.#isVouched(administrator, session) ? { administrator, session } : undefined;
  }

  /**
   * Signs in by password. An unknown address takes as long as a known one and is answered alike.
   * @param browsers whose browser this is, as an earlier sign-in has proved: strangers' tries do not count there
   */
  async signIn(
    tenant: string,
    email: string,
    password: string,
    place: SessionPlace,
    browsers: readonly BrowserGrant[] = [],
  ): Promise<SignInStep> {
    const { records, limits, hasher, clock, securityLog } = this.#parts;
    const found = await records.byEmail(tenant, email);
    const attempt = signInTry(tenant, email, place.address, found, browsers);
    const until = await limits.begin(attempt, clock.now());
    if (until !== undefined) return { outcome: 'paused', until };
    const right = await hasher.verify(found?.passwordHash, password);
    if (found === undefined || !right) {
      await securityLog.add(tenant, {
        type: 'signInFailed',
        ...(found === undefined ? {} : { administratorId: found.id, name: found.name }),
        address: place.address,
      });
      return { outcome: 'wrong' };
    }
    await limits.succeed(attempt, clock.now());
    return this.begin(found, ['password'], place);
  }

  /**
   * Begins a session after a first proof: as far as the account lets it come without a second.
   * @param methods what was proved so far
   */
  async begin(found: Administrator, methods: readonly string[], place: SessionPlace): Promise<SignInStep> {
    const strong = methods.some((method) => method !== 'password' && method !== 'link');
    const stage = strong
      ? 'full'
      : hasSecondFactor(found)
        ? 'factor'
        : needsSecondFactor(found)
          ? 'enrol'
          : ('full' as const);
    const { cookie, session } = await this.#parts.sessions.begin(found, stage, methods, place);
    const administrator = stage === 'full' ? await this.#arrived(found, place) : found;
    return { outcome: 'done', stage, cookie, signedIn: { administrator, session } };
  }

  /** The second step: a code of the app, or a recovery code, which is used up. */
  async proveCode({ administrator, session }: SignedIn, code: string, place: SessionPlace): Promise<SignInStep> {
    const proof = await tryCode(this.#parts, administrator, code);
    if (proof.outcome !== 'right') return proof;
    return this.rotate({ administrator, session }, [...session.methods, proof.method], place);
  }

  /** Puts a new session, with a new cookie, in the place of one. */
  async rotate(
    { administrator, session }: SignedIn,
    methods: readonly string[],
    place: SessionPlace,
  ): Promise<SignInStep> {
    await this.#parts.sessions.end(session.tenant, session.administratorId, session.id);
    return this.begin(administrator, methods, place);
  }

  /** A second factor was set up in this session: it goes on as a full one, with a new cookie. */
  async begun(me: SignedIn, method: string, place: SessionPlace): Promise<SignInStep> {
    return this.rotate(await this.afterChange(me), [...me.session.methods, method], place);
  }

  /** The account as it is now, in the same session. */
  async afterChange({ administrator, session }: SignedIn): Promise<SignedIn> {
    const now = await this.#parts.records.find(administrator.tenant, administrator.id);
    return { administrator: now ?? administrator, session };
  }

  /** Signs out. */
  async end({ administrator, session }: SignedIn): Promise<void> {
    await this.#parts.sessions.end(session.tenant, session.administratorId, session.id);
    if (session.stage === 'full')
      await this.#parts.securityLog.add(session.tenant, eventOf(administrator, 'signedOut'));
  }

  /** A new secret for an authenticator app; nothing is kept until its first code proves it. */
  offerTotp(administrator: Administrator, sealed?: string): TotpOffer {
    const { secrets, settingsOf } = this.#parts;
    const issuer = settingsOf(administrator.tenant).productName;
    return sealed === undefined
      ? offerTotp(secrets, administrator, issuer)
      : showTotp(secrets, administrator, issuer, sealed);
  }

  /**
   * Registers an authenticator app by its first code.
   * @returns recovery codes, to be shown once; undefined where the code is wrong
   */
  async enrolTotp(administrator: Administrator, sealed: string, code: string): Promise<readonly string[] | undefined> {
    const { secrets, clock, records, securityLog } = this.#parts;
    const step = totpStep(secrets, administrator, sealed, code, 0, clock.now());
    if (step === undefined) return undefined;
    const { codes, hashes } = newRecoveryCodes();
    await records.change(administrator.tenant, administrator.id, (before) => ({
      ...before,
      totp: { sealed, lastStep: step },
      recoveryCodes: hashes,
    }));
    await securityLog.add(administrator.tenant, eventOf(administrator, 'totpSet'));
    return codes;
  }

  /** Makes new recovery codes; the older ones work no more. */
  async renewRecoveryCodes(administrator: Administrator): Promise<readonly string[]> {
    const { codes, hashes } = newRecoveryCodes();
    const { records, securityLog } = this.#parts;
    await records.change(administrator.tenant, administrator.id, (before) => ({ ...before, recoveryCodes: hashes }));
    await securityLog.add(administrator.tenant, eventOf(administrator, 'recoveryCodesRenewed'));
    return codes;
  }

  /** Takes the authenticator app away; the account must keep another second factor where it needs one. */
  async removeTotp(administrator: Administrator): Promise<boolean> {
    const { records, securityLog } = this.#parts;
    const after = await records.change(administrator.tenant, administrator.id, (before) =>
      before.passkeys.length > 0 || !needsSecondFactor(before) ? omit(before, 'totp') : undefined,
    );
    if (after === undefined || after.totp !== undefined) return false;
    await securityLog.add(administrator.tenant, eventOf(administrator, 'totpRemoved'));
    return true;
  }

  /** Proves again, in a session, who its holder is: by code where there is a second factor, else by the password. */
  async prove({ administrator, session }: SignedIn, secret: string): Promise<'done' | SignInStep> {
    const { sessions, hasher, limits, clock } = this.#parts;
    if (hasSecondFactor(administrator)) {
      const proof = await tryCode(this.#parts, administrator, secret);
      if (proof.outcome !== 'right') return proof;
    } else {
      const scope = limitScope(administrator.tenant);
      const until = await limits.beginPresent(scope, administrator.id, clock.now());
      if (until !== undefined) return { outcome: 'paused', until };
      if (!(await hasher.verify(administrator.passwordHash, secret))) return { outcome: 'wrong' };
      await limits.passPresent(scope, administrator.id);
    }
    await sessions.prove(session);
    return 'done';
  }

  /** A passkey has proved again who the holder of a session is. */
  async proved({ session }: SignedIn): Promise<void> {
    await this.#parts.sessions.prove(session);
  }

  /** What is wrong with a password that is chosen for this account, by the rules for users; empty where nothing is. */
  faultsOf(password: string, who: PasswordOwner, tenant: string): Promise<readonly PasswordFault[]> {
    return checkOwnPassword(this.#parts.hasher, password, who, this.#parts.settingsOf(tenant));
  }

  /**
   * Changes the password and ends all other sessions.
   * @returns what is wrong with the new one; `wrong` where the present one is
   */
  async changePassword(me: SignedIn, present: string, chosen: string): Promise<readonly PasswordFault[] | 'wrong'> {
    return changeOwnPassword(this.#parts, me, present, chosen);
  }

  /** A session that the company's provider has vouched for ends where that is the tenant's provider no longer. */
  #isVouched({ oidc }: Administrator, { methods, tenant }: ConsoleSession): boolean {
    return !methods.includes('oidc') || oidc?.issuer === this.#parts.settingsOf(tenant).console.oidc.issuer;
  }

  async #arrived(found: Administrator, place: SessionPlace): Promise<Administrator> {
    const { records, clock, securityLog } = this.#parts;
    const lastSignInAt = clock.now().toISOString();
    const after = await records.change(found.tenant, found.id, (before) => ({ ...before, lastSignInAt }));
    await securityLog.add(found.tenant, { ...eventOf(found, 'signedIn'), address: place.address });
    return after ?? found;
  }
}

function eventOf({ id, name }: Administrator, type: string) {
  return { type, administratorId: id, name };
}
