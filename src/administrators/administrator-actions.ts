import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Leases } from '../domain/leases.ts';
import { isMailAddress } from '../text/mail-address.ts';
import type { Note, Notes } from '../domain/notes.ts';
import { omit } from '../base/omit.ts';
import type { PasswordHasher } from '../provisioning/passwords/password-hasher.ts';
import type { Role } from '../domain/role.ts';
import { ConflictError, InvalidValueError, NotFoundError, ScimError } from '../scim/model/scim-error.ts';
import type { Administrator } from './administrator.ts';
import type { AdministratorRecords } from './administrator-records.ts';
import type { ConsoleSession, ConsoleSessions } from './console-sessions.ts';
import type { SecurityLog } from './security-log.ts';

const invitationKind = 'administratorInvitation';
const invitationLifeMs = 3 * 86_400_000;
/** A link that makes another password in the place of one. */
const resetLifeMs = 3_600_000;
const resetKind = 'administratorReset';
/** How often a day the way back is mailed to one account. */
const resetsADay = 5;
const lockMs = 15_000;

/** Who acts on console accounts. */
export interface ActingAdministrator {
  readonly tenant: string;
  readonly name: string;
  /** Whether they may make, change and remove owners. */
  readonly isOwner: boolean;
  /** Whether they run the installation: nobody else changes or removes an account that does. */
  readonly isOperator?: boolean;
}

/** A colleague to be invited. */
export interface NewAdministrator {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

/** What acting on console accounts works with. */
export interface AdministratorActionsParts {
  readonly notes: Notes;
  readonly leases: Leases;
  readonly records: AdministratorRecords;
  readonly sessions: ConsoleSessions;
  readonly securityLog: SecurityLog;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  /** Has the invitation mailed: its link is made in the moment of sending. */
  readonly mailInvitation: (administrator: Administrator) => Promise<void>;
  /** Has a link mailed that makes another password, in the same way. */
  readonly mailReset: (administrator: Administrator) => Promise<void>;
}

/** What owners and admins do to the console accounts of their tenant. */
export class AdministratorActions {
  readonly #parts: AdministratorActionsParts;

  constructor(parts: AdministratorActionsParts) {
    this.#parts = parts;
  }

  async list(tenant: string): Promise<readonly Administrator[]> {
    return this.#parts.records.list(tenant);
  }

  /** @throws NotFoundError */
  async find(tenant: string, id: string): Promise<Administrator> {
    const found = await this.#parts.records.find(tenant, id);
    if (found === undefined) throw new NotFoundError(`There is no administrator with id "${id.slice(0, 100)}".`);
    return found;
  }

  /**
   * Makes an account without a password and has its invitation mailed.
   * @throws InvalidValueError, AddressTakenError, ScimError 403 where an admin would make an owner
   */
  async invite(by: ActingAdministrator, { email, name, role }: NewAdministrator): Promise<Administrator> {
    const { records, clock, securityLog, mailInvitation } = this.#parts;
    if (!isMailAddress(email))
      throw new InvalidValueError('email is not a mail address: send one such as ines@example.com.');
    if (name.trim() === '') throw new InvalidValueError('name is empty: send what the person is called.');
    if (role === 'owner') onlyOwners(by);
    const administrator: Administrator = {
      id: clock.newId(),
      tenant: by.tenant,
      email,
      name: name.trim(),
      role,
      operator: false,
      createdAt: clock.now().toISOString(),
      invitedBy: by.name,
      passkeys: [],
      recoveryCodes: [],
    };
    await records.add(administrator);
    await securityLog.add(by.tenant, { ...eventOf(administrator, 'invited', by), detail: role });
    await mailInvitation(administrator);
    return administrator;
  }

  /**
   * Mails the invitation again, or where the account was taken up a link that makes another password; older links end.
   * @throws NotFoundError, ScimError 409 for an account that signs in at an identity provider alone
   */
  async inviteAgain(by: ActingAdministrator, id: string): Promise<Administrator> {
    const found = await this.find(by.tenant, id);
    onlyPeers(by, found);
    if (found.passwordHash === undefined && found.oidc !== undefined)
      throw new ConflictError('This administrator signs in at your identity provider: they have no password here.');
    await this.#endInvitations(by.tenant, id);
    if (found.passwordHash === undefined) await this.#parts.mailInvitation(found);
    else await this.#mailReset(found);
    return found;
  }

  /**
   * Mails the way back to who has this address, where somebody has: at most five times a day. Whether anybody has it is
   * told by nothing.
   */
  async forgot(tenant: string, email: string): Promise<void> {
    const found = await this.#parts.records.byEmail(tenant, email);
    if (found?.passwordHash !== undefined) await this.#mailReset(found);
  }

  async #mailReset(found: Administrator): Promise<void> {
    const { notes, clock, mailReset, securityLog } = this.#parts;
    const { tenant, id } = found;
    const sent = await notes.list({ tenant, kind: resetKind, prefix: `${id}/`, limit: resetsADay });
    if (sent.length >= resetsADay) return;
    const expiresAt = new Date(clock.now().getTime() + 86_400_000).toISOString();
    await notes.put({ tenant, kind: resetKind, key: `${id}/${clock.newId()}`, value: {}, expiresAt }, 0);
    await securityLog.add(tenant, eventOf(found, 'passwordResetSent'));
    await mailReset(found);
  }

  /**
   * Gives an account another role and ends its sessions: the next sign-in follows the rules of the new role.
   * @throws NotFoundError, ScimError 403, and 409 for the last owner
   */
  async changeRole(by: ActingAdministrator, id: string, role: Role): Promise<Administrator> {
    const found = await this.find(by.tenant, id);
    if (found.role === role) return found;
    onlyPeers(by, found);
    if (role === 'owner') onlyOwners(by);
    if (found.operator)
      throw new ConflictError('This account runs the installation: it is an owner in every tenant, and stays one.');
    const changed = await this.#keepingAnOwner(by.tenant, found, role, () =>
      this.#parts.records.change(by.tenant, id, (before) => ({ ...before, role })),
    );
    await this.#parts.sessions.endAll(by.tenant, id);
    await this.#parts.securityLog.add(by.tenant, {
      ...eventOf(found, 'roleChanged', by),
      detail: `${found.role} → ${role}`,
    });
    return changed ?? found;
  }

  /**
   * Removes an account; its sessions and invitations end at once.
   * @throws NotFoundError, ScimError 403, and 409 for the last owner
   */
  async remove(by: ActingAdministrator, id: string): Promise<void> {
    const found = await this.find(by.tenant, id);
    onlyPeers(by, found);
    await this.#keepingAnOwner(by.tenant, found, undefined, () => this.#parts.records.remove(by.tenant, id));
    await this.#parts.sessions.endAll(by.tenant, id);
    await this.#endInvitations(by.tenant, id);
    await this.#parts.securityLog.add(by.tenant, eventOf(found, 'removed', by));
  }

  /**
   * Removes the lost second factors of an account; its holder sets one up at the next sign-in.
   * @throws NotFoundError, ScimError 403
   */
  async resetSecondFactor(by: ActingAdministrator, id: string): Promise<Administrator> {
    const { records, sessions, securityLog } = this.#parts;
    const found = await this.find(by.tenant, id);
    onlyPeers(by, found);
    const after = await records.change(by.tenant, id, (before) => ({
      ...omit(before, 'totp'),
      passkeys: [],
      recoveryCodes: [],
    }));
    await sessions.endAll(by.tenant, id);
    await securityLog.add(by.tenant, eventOf(found, 'secondFactorReset', by));
    return after ?? found;
  }

  /** @throws NotFoundError */
  async sessionsOf(tenant: string, id: string): Promise<readonly ConsoleSession[]> {
    await this.find(tenant, id);
    return this.#parts.sessions.list(tenant, id);
  }

  /**
   * Ends one session of an account, or all of them.
   * @throws NotFoundError, ScimError 403
   */
  async endSessions(by: ActingAdministrator, id: string, session?: string): Promise<void> {
    const { sessions, securityLog } = this.#parts;
    const found = await this.find(by.tenant, id);
    onlyPeers(by, found);
    if (session === undefined) await sessions.endAll(by.tenant, id);
    else if (!(await sessions.end(by.tenant, id, session)))
      throw new NotFoundError('There is no such session: it has ended.');
    await securityLog.add(by.tenant, eventOf(found, 'sessionEnded', by));
  }

  /** Makes the secret of an invitation's link, in the moment of sending; undefined where nothing is to be sent. */
  async newInvitationToken(
    tenant: string,
    id: string,
    resets = false,
  ): Promise<{ token: string; expiresAt: string } | undefined> {
    const { notes, records, clock } = this.#parts;
    const found = await records.find(tenant, id);
    if (found === undefined || (found.passwordHash !== undefined) !== resets) return undefined;
    const token = randomBytes(32).toString('base64url');
    const lifeMs = resets ? resetLifeMs : invitationLifeMs;
    const expiresAt = new Date(clock.now().getTime() + lifeMs).toISOString();
    const key = `${id}/${hashOf(token)}`;
    // What was set when it was made: once another password is set, it is worth nothing.
    const value = { setAt: found.passwordChangedAt ?? null };
    await notes.put({ tenant, kind: invitationKind, key, value, lookups: [hashOf(token)], expiresAt }, 0);
    return { token, expiresAt };
  }

  /** Whose invitation a link is, as long as it is good. Changes nothing. */
  async invited(tenant: string, token: string): Promise<Administrator | undefined> {
    const note = await this.#invitation(tenant, token);
    if (note === undefined) return undefined;
    const found = await this.#parts.records.find(tenant, holderOf(note));
    return found !== undefined && isAsItWas(note, found) ? found : undefined;
  }

  /**
   * Takes an invitation up: the account gets its password, and the invitation's links end.
   * @returns undefined where the link is not good any more
   */
  async accept(tenant: string, token: string, name: string, password: string): Promise<Administrator | undefined> {
    const { notes, records, sessions, hasher, clock, securityLog } = this.#parts;
    const passwordHash = await hasher.hash(password);
    const note = await this.#invitation(tenant, token);
    // Of two posts of one link at once, one takes it away and goes on.
    if (note === undefined || !(await notes.remove(tenant, invitationKind, note.key))) return undefined;
    const id = holderOf(note);
    const passwordChangedAt = clock.now().toISOString();
    let [isTaken, resets] = [false, false];
    const after = await records.change(tenant, id, (before) => {
      isTaken = isAsItWas(note, before);
      resets = before.passwordHash !== undefined;
      return isTaken ? { ...before, name, passwordHash, passwordChangedAt } : undefined;
    });
    if (after === undefined || !isTaken) return undefined;
    await this.#endInvitations(tenant, id);
    if (resets) await sessions.endAll(tenant, id);
    await securityLog.add(tenant, eventOf(after, resets ? 'passwordReset' : 'invitationAccepted'));
    return after;
  }

  async #invitation(tenant: string, token: string): Promise<Note | undefined> {
    const note = await this.#parts.notes.lookUp(invitationKind, hashOf(token));
    return note?.tenant === tenant ? note : undefined;
  }

  async #endInvitations(tenant: string, id: string): Promise<void> {
    const { notes } = this.#parts;
    const open = await notes.list({ tenant, kind: invitationKind, prefix: `${id}/`, limit: 100 });
    await Promise.all(open.map(({ key }) => notes.remove(tenant, invitationKind, key)));
  }

  /** Runs a change after which the account may not be an owner: one at a time, and never that of the last owner. */
  async #keepingAnOwner<Result>(
    tenant: string,
    { id, role: before, operator }: Administrator,
    role: Role | undefined,
    change: () => Promise<Result>,
  ): Promise<Result> {
    if ((before !== 'owner' && !operator) || role === 'owner') return change();
    const { leases, clock, records } = this.#parts;
    const [name, holder] = [`owners/${tenant}`, clock.newId()];
    if (!(await leases.take(name, holder, lockMs)))
      throw new ScimError(409, undefined, 'Another owner is being changed at this moment: try again.');
    try {
      const others = (await records.list(tenant)).filter((one) => one.role === 'owner' && one.id !== id);
      if (!others.some(({ passwordHash, oidc }) => passwordHash !== undefined || oidc !== undefined))
        throw new ScimError(409, undefined, 'This is the last owner who can sign in: make another one first.');
      if (operator && !others.some((one) => one.operator))
        throw new ScimError(409, undefined, 'This is the last account that runs the installation: it must stay.');
      return await change();
    } finally {
      await leases.release(name, holder);
    }
  }
}

/** Owners are changed by owners, and who runs the installation by their like. */
function onlyPeers(by: ActingAdministrator, { role, operator }: Administrator): void {
  if (operator && by.isOperator !== true)
    throw new ScimError(403, undefined, 'This account runs the installation: only another that does can change it.');
  if (role === 'owner') onlyOwners(by);
}

function onlyOwners({ isOwner }: ActingAdministrator): void {
  if (!isOwner) throw new ScimError(403, undefined, 'Only an owner can make, change or remove an owner.');
}

function eventOf({ id, name }: Administrator, type: string, by?: ActingAdministrator) {
  return { type, administratorId: id, name, ...(by === undefined ? {} : { by: by.name }) };
}

/** Whether an account has the password, or none, that it had when a link was made. */
function isAsItWas({ value }: Note, { passwordChangedAt }: Administrator): boolean {
  return (value['setAt'] ?? undefined) === passwordChangedAt;
}

function holderOf({ key }: Note): string {
  return key.slice(0, key.lastIndexOf('/'));
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
