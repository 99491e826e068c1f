import { noteKind, type NoteDraft, type Notes } from '../domain/notes.ts';
import { foldCase } from '../scim/model/case-fold.ts';
import { ScimError } from '../scim/model/scim-error.ts';
import type { Administrator } from './administrator.ts';

const kind = noteKind<Administrator>('administrator');
/** More console accounts than a tenant has. */
const most = 1_000;
const tries = 5;

/** 409: another administrator of the tenant has the address. */
export class AddressTakenError extends ScimError {
  constructor() {
    super(409, 'uniqueness', 'email: another administrator has this address. Change their role instead.');
  }
}

/** Keeps console accounts as notes: found by id, by tenant and by address, changed one after another. */
export class AdministratorRecords {
  readonly #notes: Notes;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  async find(tenant: string, id: string): Promise<Administrator | undefined> {
    return (await this.#notes.find(tenant, kind, id))?.value;
  }

  async byEmail(tenant: string, email: string): Promise<Administrator | undefined> {
    return (await this.#notes.lookUp(kind, emailKey(tenant, email)))?.value;
  }

  async byIdentity(tenant: string, issuer: string, subject: string): Promise<Administrator | undefined> {
    return (await this.#notes.lookUp(kind, identityKey(tenant, issuer, subject)))?.value;
  }

  /** All of a tenant, in the order in which they were made. */
  async list(tenant: string): Promise<readonly Administrator[]> {
    const notes = await this.#notes.list({ tenant, kind, limit: most });
    return notes.map(({ value }) => value);
  }

  /** @throws AddressTakenError */
  async add(administrator: Administrator): Promise<void> {
    const { outcome } = await this.#notes.put(draftOf(administrator), 0);
    if (outcome !== 'done') throw new AddressTakenError();
  }

  /**
   * Changes an account; where others change it at the same moment, one after another.
   * @param change makes the new account of the one that is there; undefined leaves it as it is
   * @returns the account as it is then; undefined where there is none
   * @throws AddressTakenError
   */
  async change(
    tenant: string,
    id: string,
    change: (administrator: Administrator) => Administrator | undefined,
  ): Promise<Administrator | undefined> {
    for (let left = tries; left > 0; left -= 1) {
      const note = await this.#notes.find(tenant, kind, id);
      if (note === undefined) return undefined;
      const after = change(note.value);
      if (after === undefined) return note.value;
      const { outcome } = await this.#notes.put(draftOf(after), note.version);
      if (outcome === 'done') return after;
      if (outcome === 'taken') throw new AddressTakenError();
    }
    throw new ScimError(409, undefined, 'The account is being changed by others at this moment: try again.');
  }

  async remove(tenant: string, id: string): Promise<boolean> {
    return this.#notes.remove(tenant, kind, id);
  }
}

function draftOf(administrator: Administrator): NoteDraft<Administrator> {
  const { tenant, id, email, oidc } = administrator;
  const lookups = [
    emailKey(tenant, email),
    ...(oidc === undefined ? [] : [identityKey(tenant, oidc.issuer, oidc.subject)]),
  ];
  return { tenant, kind, key: id, value: administrator, lookups };
}

function emailKey(tenant: string, email: string): string {
  return `${tenant} email ${foldCase(email)}`.slice(0, 300);
}

function identityKey(tenant: string, issuer: string, subject: string): string {
  return `${tenant} identity ${JSON.stringify([issuer, subject])}`.slice(0, 300);
}
