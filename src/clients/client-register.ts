import type { Client, Guard } from '../domain/client.ts';
import { clientKind, clientOf, noteOfClient, type KeptClient } from './client-notes.ts';
import { CredentialRegister } from './credentials/credential-register.ts';
import type { RegisterParts } from './credentials/register-parts.ts';

/** What is known of a client that is to be made. */
export type ClientDraft = Pick<Client, 'tenant' | 'name' | 'profile' | 'scopes'>
  & Partial<Omit<Client, 'tenant' | 'createdAt'>>;

/** The guard of a new client. */
export const defaultGuard: Guard = { count: 5, share: 0.1, minutes: 60 };

/** Clients listed in one go. */
const pageSize = 500;

/** The clients of all tenants. */
export class ClientRegister {
  /** Theirs. */
  readonly credentials: CredentialRegister;
  readonly #parts: RegisterParts;

  constructor(parts: RegisterParts) {
    this.#parts = parts;
    this.credentials = new CredentialRegister(parts);
  }

  /**
   * Adds a client.
   * @returns it; undefined when another has its id
   */
  async add(draft: ClientDraft): Promise<Client | undefined> {
    const { notes, clock } = this.#parts;
    const client: Client = {
      id: clock.newId(),
      paused: false,
      existing: 'refuse',
      owns: [],
      guard: defaultGuard,
      ...draft,
      createdAt: clock.now().toISOString(),
    };
    const before = await notes.find(client.tenant, clientKind, client.id);
    if (before !== undefined && clientOf(before).removedAt === undefined) return undefined;
    const { outcome } = await notes.put(noteOfClient(client), before?.version ?? 0);
    return outcome === 'done' ? client : undefined;
  }

  async find(tenant: string, id: string): Promise<Client | undefined> {
    const client = await this.findKept(tenant, id);
    return client?.removedAt === undefined ? client : undefined;
  }

  /** The same, and those that were removed not long ago. */
  async findKept(tenant: string, id: string): Promise<KeptClient | undefined> {
    const note = await this.#parts.notes.find(tenant, clientKind, id);
    return note === undefined ? undefined : clientOf(note);
  }

  /** All clients of a tenant, the oldest first. */
  async list(tenant: string): Promise<readonly Client[]> {
    const kept: KeptClient[] = [];
    for (let after = ''; ; after = kept.at(-1)?.id ?? '') {
      const page = await this.#parts.notes.list({ tenant, kind: clientKind, limit: pageSize, after });
      kept.push(...page.map(clientOf));
      if (page.length < pageSize) break;
    }
    return kept
      .filter(({ removedAt }) => removedAt === undefined)
      .sort((one, other) => (one.createdAt < other.createdAt ? -1 : one.createdAt > other.createdAt ? 1 : 0));
  }

  /**
   * Changes a client; at once in every process.
   * @param change from the client as it is to the client as it is to be; may throw what refuses it
   * @returns the client afterwards; undefined when there is none such
   */
  async change(tenant: string, id: string, change: (client: Client) => KeptClient): Promise<Client | undefined> {
    const { notes, epoch } = this.#parts;
    for (;;) {
      const note = await notes.find(tenant, clientKind, id);
      const client = note === undefined ? undefined : clientOf(note);
      if (note === undefined || client === undefined || client.removedAt !== undefined) return undefined;
      const changed = { ...change(client), tenant, id };
      const { outcome } = await notes.put(noteOfClient(changed), note.version);
      if (outcome !== 'done') continue;
      await epoch.advance();
      return changed;
    }
  }

  /**
   * Removes a client. Its credentials are withdrawn first, so that nothing works should the removal break off.
   * @returns false when there is none such
   */
  async remove(tenant: string, id: string): Promise<boolean> {
    for (const { id: credential } of await this.credentials.list(tenant, id))
      await this.credentials.revoke(tenant, id, credential);
    const removedAt = this.#parts.clock.now().toISOString();
    return (await this.change(tenant, id, (client) => ({ ...client, removedAt }))) !== undefined;
  }
}
