import type { Clock } from '../base/clock.ts';
import type { Leases } from '../domain/leases.ts';
import { isMailAddress } from '../text/mail-address.ts';
import type { Notes } from '../domain/notes.ts';
import { omit } from '../base/omit.ts';
import type { PasswordHasher } from '../provisioning/passwords/password-hasher.ts';
import type { Role } from '../domain/role.ts';
import { ConflictError, InvalidValueError, NotFoundError, ScimError } from '../scim/model/scim-error.ts';
import type { Administrator } from './administrator.ts';
import { AdministratorLinks } from './administrator-links.ts';
import type { AdministratorRecords } from './administrator-records.ts';
import type { ConsoleSession, ConsoleSessions } from './console-sessions.ts';
import type { SecurityLog } from './security-log.ts';

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
  /** Their invitations, and the way back for who has lost a password. */
  readonly links: AdministratorLinks;
  readonly #parts: AdministratorActionsParts;

  constructor(parts: AdministratorActionsParts) {
    this.#parts = parts;
    this.links = new AdministratorLinks(parts);
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
    await this.links.end(by.tenant, id);
    if (found.passwordHash === undefined) await this.#parts.mailInvitation(found);
    else await this.links.mailReset(found);
    return found;
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
    await this.links.end(by.tenant, id);
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
