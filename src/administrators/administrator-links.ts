import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Note, Notes } from '../domain/notes.ts';
import type { PasswordHasher } from '../provisioning/passwords/password-hasher.ts';
import type { Administrator } from './administrator.ts';
import type { AdministratorRecords } from './administrator-records.ts';
import type { ConsoleSessions } from './console-sessions.ts';
import type { SecurityLog } from './security-log.ts';
import { withPassword } from './used-passwords.ts';

const invitationKind = 'administratorInvitation';
const invitationLifeMs = 3 * 86_400_000;
/** A link that makes another password in the place of one. */
const resetLifeMs = 3_600_000;
const resetKind = 'administratorReset';
/** How often a day the way back is mailed to one account. */
const resetsADay = 5;

/** What mailed links of console accounts work with. */
export interface AdministratorLinksParts {
  readonly notes: Notes;
  readonly records: AdministratorRecords;
  readonly sessions: ConsoleSessions;
  readonly securityLog: SecurityLog;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  /** Has a link mailed that makes another password: it is made in the moment of sending. */
  readonly mailReset: (administrator: Administrator) => Promise<void>;
}

/** The mailed links of console accounts, of which only hashes are kept: invitations, and the way back. */
export class AdministratorLinks {
  readonly #parts: AdministratorLinksParts;

  constructor(parts: AdministratorLinksParts) {
    this.#parts = parts;
  }

  /**
   * Mails the way back to who has this address, where somebody has: at most five times a day. Whether anybody has it is
   * told by nothing.
   */
  async forgot(tenant: string, email: string): Promise<void> {
    const found = await this.#parts.records.byEmail(tenant, email);
    if (found?.passwordHash !== undefined) await this.mailReset(found);
  }

  /** Mails the link that makes another password, at most five times a day. */
  async mailReset(found: Administrator): Promise<void> {
    const { notes, clock, mailReset, securityLog } = this.#parts;
    const { tenant, id } = found;
    const sent = await notes.list({ tenant, kind: resetKind, prefix: `${id}/`, limit: resetsADay });
    if (sent.length >= resetsADay) return;
    const expiresAt = new Date(clock.now().getTime() + 86_400_000).toISOString();
    await notes.put({ tenant, kind: resetKind, key: `${id}/${clock.newId()}`, value: {}, expiresAt }, 0);
    await securityLog.add(tenant, eventOf(found, 'passwordResetSent'));
    await mailReset(found);
  }

  /** Makes the secret of an invitation's link, in the moment of sending; undefined where nothing is to be sent. */
  async newToken(
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
  async holder(tenant: string, token: string): Promise<Administrator | undefined> {
    const note = await this.#linkOf(tenant, token);
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
    const note = await this.#linkOf(tenant, token);
    // Of two posts of one link at once, one takes it away and goes on.
    if (note === undefined || !(await notes.remove(tenant, invitationKind, note.key))) return undefined;
    const id = holderOf(note);
    const passwordChangedAt = clock.now().toISOString();
    let [isTaken, resets] = [false, false];
    const after = await records.change(tenant, id, (before) => {
      isTaken = isAsItWas(note, before);
      resets = before.passwordHash !== undefined;
      return isTaken ? withPassword({ ...before, name }, passwordHash, passwordChangedAt) : undefined;
    });
    if (after === undefined || !isTaken) return undefined;
    await this.end(tenant, id);
    if (resets) await sessions.endAll(tenant, id);
    await securityLog.add(tenant, eventOf(after, resets ? 'passwordReset' : 'invitationAccepted'));
    return after;
  }

  async #linkOf(tenant: string, token: string): Promise<Note | undefined> {
    const note = await this.#parts.notes.lookUp(invitationKind, hashOf(token));
    return note?.tenant === tenant ? note : undefined;
  }

  /** Ends all links of an account. */
  async end(tenant: string, id: string): Promise<void> {
    const { notes } = this.#parts;
    const open = await notes.list({ tenant, kind: invitationKind, prefix: `${id}/`, limit: 100 });
    await Promise.all(open.map(({ key }) => notes.remove(tenant, invitationKind, key)));
  }
}

function eventOf({ id, name }: Administrator, type: string) {
  return { type, administratorId: id, name };
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
