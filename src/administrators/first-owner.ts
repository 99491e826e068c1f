import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Leases } from '../domain/leases.ts';
import type { Notes } from '../domain/notes.ts';
import type { PasswordHasher } from '../provisioning/passwords/password-hasher.ts';
import type { Administrator } from './administrator.ts';
import type { AdministratorRecords } from './administrator-records.ts';
import type { SecurityLog } from './security-log.ts';

const kind = 'firstOwnerLink';
const lifeMs = 7 * 86_400_000;
const mostLinks = 100;
/** One owner is made at a time. */
const lockMs = 15_000;

/** What making the first owner works with. */
export interface FirstOwnerParts {
  readonly notes: Notes;
  readonly leases: Leases;
  readonly records: AdministratorRecords;
  readonly securityLog: SecurityLog;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
}

/** What the first owner types. */
export interface NewOwner {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/**
 * The way in while a tenant has no owner: a link that is told at each start, of which only the hash is kept. It works
 * once, for seven days, and no longer than there is no owner.
 */
export class FirstOwner {
  readonly #parts: FirstOwnerParts;

  constructor(parts: FirstOwnerParts) {
    this.#parts = parts;
  }

  /** Whether the tenant has an owner. */
  async exists(tenant: string): Promise<boolean> {
    return (await this.#parts.records.list(tenant)).some(({ role }) => role === 'owner');
  }

  /**
   * A new link's token: 32 random bytes. Links of earlier starts and of other processes go on working.
   * @returns undefined where there is an owner
   */
  async newToken(tenant: string): Promise<string | undefined> {
    if (await this.exists(tenant)) return undefined;
    const { notes, clock } = this.#parts;
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(clock.now().getTime() + lifeMs).toISOString();
    await notes.put({ tenant, kind, key: hashOf(token), value: {}, expiresAt }, 0);
    return token;
  }

  /** Whether a token would make an owner now. Changes nothing. */
  async knows(tenant: string, token: string): Promise<boolean> {
    return (await this.#parts.notes.find(tenant, kind, hashOf(token))) !== undefined && !(await this.exists(tenant));
  }

  /**
   * Makes the first owner, who runs the installation too, and ends all such links.
   * @param operator whether they run the installation too
   * @returns undefined where the token is not good any more
   */
  async make(
    tenant: string,
    token: string,
    { email, name, password }: NewOwner,
    operator: boolean,
  ): Promise<Administrator | undefined> {
    const { hasher, clock, leases } = this.#parts;
    const passwordHash = await hasher.hash(password);
    const [lock, holder] = [`owners/${tenant}`, clock.newId()];
    // Each start has told a link of its own: of two that are posted at once one makes the owner.
    if (!(await leases.take(lock, holder, lockMs))) return undefined;
    try {
      return await this.#add(tenant, token, { email, name, passwordHash }, operator);
    } finally {
      await leases.release(lock, holder);
    }
  }

  async #add(
    tenant: string,
    token: string,
    who: Pick<Administrator, 'email' | 'name' | 'passwordHash'>,
    operator: boolean,
  ): Promise<Administrator | undefined> {
    const { notes, records, clock, securityLog } = this.#parts;
    if ((await this.exists(tenant)) || !(await notes.remove(tenant, kind, hashOf(token)))) return undefined;
    const now = clock.now().toISOString();
    const owner: Administrator = {
      id: clock.newId(),
      tenant,
      ...who,
      role: 'owner',
      operator,
      createdAt: now,
      passwordChangedAt: now,
      passkeys: [],
      recoveryCodes: [],
    };
    await records.add(owner);
    for (const { key } of await notes.list({ tenant, kind, limit: mostLinks })) await notes.remove(tenant, kind, key);
    await securityLog.add(tenant, { type: 'firstOwner', administratorId: owner.id, name: owner.name });
    return owner;
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
