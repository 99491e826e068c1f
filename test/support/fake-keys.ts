import type { SeenVisit } from '../../src/provisioning/messages/message-uses.ts';
import type { Person } from '../../src/provisioning/user/person.ts';
import type { Right } from '../../src/provisioning/access/right-to-set.ts';
import type { SessionGrant } from '../../src/provisioning/access/session-grant.ts';
import type { Keys } from '../../src/pages/site/keys.ts';
import type { SignInResult } from '../../src/provisioning/access/sign-in-result.ts';
import type { ChangePasswordResult, Proof, SetPasswordResult } from '../../src/provisioning/access/access-results.ts';

/** A person as the pages know one. */
export function person(over: Partial<Person> = {}): Person {
  return {
    userId: 'u1',
    userName: 'ines@entra.example',
    displayName: 'Ines Okoro',
    locales: [],
    timezone: undefined,
    application: undefined,
    ...over,
  };
}

/** A session as signing in begins one. */
export function grant(id: string): SessionGrant {
  return { id, signedInAt: '2026-11-21T10:00:00.000Z', validFrom: '' };
}

/**
 * Keys that answer what a test lays down, and remember every call that changes something. Rights are found by token
 * or ticket; sign-ins by `userName secret`.
 */
export class FakeKeys implements Keys {
  readonly calls: { readonly name: string; readonly args: readonly string[] }[] = [];
  /** Token and method of each opening. */
  readonly openings: [string, string][] = [];
  readonly rights = new Map<string, Right>();
  readonly signIns = new Map<string, SignInResult>();
  setPasswordResult: SetPasswordResult = { outcome: 'done', person: person(), session: grant('s3') };
  changePasswordResult: ChangePasswordResult = { outcome: 'done', session: grant('s2') };
  /** Ids of the sessions that have ended. */
  readonly ended = new Set<string>();
  holders = new Map<string, Person>();
  /** The token that proves an address. */
  provedBy = 'address';
  failure: Error | undefined;

  async lookUp(_tenant: string, proof: Proof): Promise<Right> {
    if (this.failure !== undefined) throw this.failure;
    return this.rights.get('token' in proof ? proof.token : proof.ticket) ?? { state: 'unknown' };
  }

  async lookUpProof(_tenant: string, token: string): Promise<Right> {
    const proves: Right = { state: 'valid', person: person(), expiresAt: null };
    return this.rights.get(token) ?? (token === this.provedBy ? proves : { state: 'unknown' });
  }

  async noteOpening(_tenant: string, token: string, { method }: SeenVisit): Promise<void> {
    this.openings.push([token, method]);
  }

  async setPassword(_tenant: string, proof: Proof, password: string): Promise<SetPasswordResult> {
    this.#note('setPassword', 'token' in proof ? proof.token : proof.ticket, password);
    return this.setPasswordResult;
  }

  async renew(_tenant: string, token: string): Promise<void> {
    this.#note('renew', token);
  }

  async signIn(_tenant: string, userName: string, secret: string): Promise<SignInResult> {
    this.#note('signIn', userName, secret);
    return this.signIns.get(`${userName} ${secret}`) ?? { outcome: 'invalid' };
  }

  async forgotPassword(_tenant: string, userName: string): Promise<void> {
    this.#note('forgotPassword', userName);
  }

  async holder(_tenant: string, userId: string, { id }: SessionGrant): Promise<Person | undefined> {
    return this.ended.has(id) ? undefined : this.holders.get(userId);
  }

  async endSession(_tenant: string, _userId: string, { id }: SessionGrant): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.ended.add(id);
  }

  async changePassword(
    _tenant: string,
    userId: string,
    current: string,
    password: string,
  ): Promise<ChangePasswordResult> {
    this.#note('changePassword', userId, current, password);
    return this.changePasswordResult;
  }

  async verifyEmail(_tenant: string, token: string): Promise<boolean> {
    this.#note('verifyEmail', token);
    return token === this.provedBy;
  }

  #note(name: string, ...args: readonly string[]): void {
    this.calls.push({ name, args });
  }
}
