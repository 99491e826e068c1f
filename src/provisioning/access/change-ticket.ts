import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A short-lived right to set a password, handed to someone who has just proved who they are. */
export interface ChangeTicket {
  readonly tenant: string;
  readonly userId: string;
  /** `change`: the password was right but must be changed; `code`: the invitation's code was right. */
  readonly reason: 'change' | 'code';
  /** The state that must still exist for the ticket to be good: using the ticket removes it. */
  readonly binding: string;
  /** ISO 8601 UTC. */
  readonly issuedAt: string;
  readonly expiresAt: string;
}

/** A signed ticket as its holder gets it. */
export interface IssuedTicket {
  readonly ticket: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

const lifeMs = 15 * 60_000;

/** Signs tickets and reads them back; nothing is stored. */
export class ChangeTickets {
  readonly #keys: () => readonly Buffer[];

  /** @param keys 32 bytes each; the first signs, all of them are accepted */
  constructor(keys: () => readonly Buffer[]) {
    this.#keys = keys;
  }

  /** Makes a ticket that is good for a quarter of an hour. */
  issue(ticket: Omit<ChangeTicket, 'issuedAt' | 'expiresAt'>, now: Date): IssuedTicket {
    const whole: ChangeTicket = {
      ...ticket,
      issuedAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + lifeMs).toISOString(),
    };
    const body = Buffer.from(JSON.stringify(whole)).toString('base64url');
    return { ticket: `${body}.${sign(this.#keys()[0]!, body).toString('base64url')}`, expiresAt: whole.expiresAt };
  }

  /** Reads a ticket, expired or not; undefined when Latchkey did not issue it, or issued it for another tenant. */
  read(tenant: string, text: string): ChangeTicket | undefined {
    const [body = '', signature = ''] = text.split('.');
    const given = Buffer.from(signature, 'base64url');
    const signed = this.#keys().some((key) => {
      const expected = sign(key, body);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    if (!signed) return undefined;
    const ticket = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as ChangeTicket;
    return ticket.tenant === tenant ? ticket : undefined;
  }
}

/** Binds a ticket to a password: once that is changed, the ticket is void. */
export function bindToPassword(passwordHash: string | undefined): string {
  return createHash('sha256')
    .update(passwordHash ?? '')
    .digest('base64url');
}

function sign(key: Buffer, body: string): Buffer {
  return createHmac('sha256', key).update(body).digest();
}
