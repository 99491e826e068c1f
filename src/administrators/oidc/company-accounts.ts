import type { Clock } from '../../base/clock.ts';
import type { Json } from '../../base/json.ts';
import { omit } from '../../base/omit.ts';
import type { Role } from '../../domain/role.ts';
import { isMailAddress } from '../../text/mail-address.ts';
import { AddressTakenError, type AdministratorRecords } from '../administrator-records.ts';
import type { Administrator } from '../administrator.ts';
import type { ConsoleSessions } from '../console-sessions.ts';
import type { SecurityLog } from '../security-log.ts';
import type { ProvedIdentity } from './oidc-provider.ts';

/** What finding and making accounts works with. */
export interface CompanyAccountsParts {
  readonly records: AdministratorRecords;
  readonly sessions: ConsoleSessions;
  readonly securityLog: SecurityLog;
  readonly clock: Clock;
  /** Ends the open invitations of an account. */
  readonly endInvitations: (tenant: string, id: string) => Promise<void>;
}

/**
 * Whose account an identity opens: `noRole`, no value of the claim is mapped to a role; `noAddress`, the provider names
 * no mail address for a new account; `taken`, another account has the address.
 */
export type Arrival =
  | { readonly outcome: 'found'; readonly administrator: Administrator }
  | { readonly outcome: 'noRole' | 'noAddress' | 'taken' };

/**
 * The accounts behind identities of the company's provider. An account belongs to an issuer and a subject, never to a
 * mail address: one that is there is only taken over where it was invited, has no password yet, and the provider says
 * that it has proved the address. An account without a password has the role that the provider gives it; one that signs
 * in by password too keeps the role that an owner gave it.
 */
export class CompanyAccounts {
  readonly #parts: CompanyAccountsParts;

  constructor(parts: CompanyAccountsParts) {
    this.#parts = parts;
  }

  /**
   * The account of an identity, made or changed as the provider says now. Without a role its sessions end.
   * @param role as the claims give it
   */
  async arrive(tenant: string, identity: ProvedIdentity, role: Role | undefined): Promise<Arrival> {
    const { records, sessions, securityLog } = this.#parts;
    const found = await records.byIdentity(tenant, identity.issuer, identity.subject);
    if (role === undefined) {
      const name = found?.name ?? textOf(identity.claims['email']) ?? textOf(identity.claims['name']);
      if (found !== undefined) await sessions.endAll(tenant, found.id);
      await securityLog.add(tenant, {
        type: 'companyNoRole',
        ...(found === undefined ? {} : { administratorId: found.id }),
        ...(name === undefined ? {} : { name }),
      });
      return { outcome: 'noRole' };
    }
    if (found !== undefined) return { outcome: 'found', administrator: await this.#asTold(found, role) };
    return this.#make(tenant, identity, role);
  }

  /**
   * Ties an account that is there, whose holder is signed in, to an identity.
   * @returns false where the identity belongs to another account
   */
  async link({ tenant, id }: Administrator, { issuer, subject }: ProvedIdentity): Promise<boolean> {
    const { records, securityLog } = this.#parts;
    try {
      const after = await records.change(tenant, id, (before) => ({ ...before, oidc: { issuer, subject } }));
      if (after === undefined) return false;
      await securityLog.add(tenant, { type: 'companyLinked', administratorId: id, name: after.name });
      return true;
    } catch (error) {
      if (error instanceof AddressTakenError) return false;
      throw error;
    }
  }

  /** Parts an account from its identity; false where that is its only way in. */
  async unlink({ tenant, id }: Administrator): Promise<boolean> {
    const { records, securityLog } = this.#parts;
    const after = await records.change(tenant, id, (before) =>
      before.passwordHash === undefined ? undefined : omit(before, 'oidc'),
    );
    if (after === undefined || after.oidc !== undefined) return false;
    await securityLog.add(tenant, { type: 'companyUnlinked', administratorId: id, name: after.name });
    return true;
  }

  async #asTold(found: Administrator, role: Role): Promise<Administrator> {
    if (found.passwordHash !== undefined || found.role === role) return found;
    const { records, sessions, securityLog } = this.#parts;
    const after = await records.change(found.tenant, found.id, (before) => ({ ...before, role }));
    await sessions.endAll(found.tenant, found.id);
    await securityLog.add(found.tenant, {
      type: 'roleChanged',
      administratorId: found.id,
      name: found.name,
      detail: role,
    });
    return after ?? found;
  }

  async #make(tenant: string, { issuer, subject, claims }: ProvedIdentity, role: Role): Promise<Arrival> {
    const { records, clock, securityLog } = this.#parts;
    const email = textOf(claims['email']);
    if (email === undefined || !isMailAddress(email)) return { outcome: 'noAddress' };
    const oidc = { issuer, subject };
    const there = await records.byEmail(tenant, email);
    if (there !== undefined) return claims['email_verified'] === true ? this.#takeUp(there, oidc, role) : taken;
    const administrator: Administrator = {
      id: clock.newId(),
      tenant,
      email,
      name: (textOf(claims['name']) ?? email).slice(0, 200),
      role,
      operator: false,
      createdAt: clock.now().toISOString(),
      passkeys: [],
      recoveryCodes: [],
      oidc,
    };
    try {
      await records.add(administrator);
    } catch (error) {
      if (!(error instanceof AddressTakenError)) throw error;
      // The same person came twice at once: the other visit has made the account.
      const made = await records.byIdentity(tenant, issuer, subject);
      return made === undefined ? taken : { outcome: 'found', administrator: made };
    }
    await securityLog.add(tenant, {
      type: 'companyAccount',
      administratorId: administrator.id,
      name: administrator.name,
      detail: role,
    });
    return { outcome: 'found', administrator };
  }

  /** An open invitation to the address is taken up by signing in at the provider. */
  async #takeUp(there: Administrator, oidc: NonNullable<Administrator['oidc']>, role: Role): Promise<Arrival> {
    const { records, securityLog, endInvitations } = this.#parts;
    const { tenant, id, name } = there;
    let isTaken = false;
    const after = await records.change(tenant, id, (before) => {
      isTaken = before.passwordHash === undefined && before.oidc === undefined && !before.operator;
      return isTaken ? { ...before, oidc, role } : undefined;
    });
    if (after === undefined || !isTaken) return taken;
    await endInvitations(tenant, id);
    await securityLog.add(tenant, { type: 'invitationAccepted', administratorId: id, name, detail: role });
    return { outcome: 'found', administrator: after };
  }
}

const taken: Arrival = { outcome: 'taken' };

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 300) : undefined;
}
