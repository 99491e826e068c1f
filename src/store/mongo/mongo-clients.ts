import type { Client, ClientStore } from '../../tenants.ts';
import type { ClientDocument } from './database/documents.ts';
import type { Collections } from './database/collections.ts';
import { recordKey } from './database/record-document.ts';
import { isDuplicate } from './database/database-errors.ts';

/** Calling systems in MongoDB; a unique index sees to it that a token belongs to one. */
export class MongoClients implements ClientStore {
  readonly #clients: Collections['clients'];

  constructor(collections: Collections) {
    this.#clients = collections.clients;
  }

  async byTokenHash(tokenHash: string): Promise<Client | undefined> {
    const found = await this.#clients.findOne({ tokenHash });
    return found ? client(found) : undefined;
  }

  async add({ id, scopes, ...rest }: Client): Promise<boolean> {
    try {
      await this.#clients.insertOne({ _id: recordKey(rest.tenant, id), ...rest, scopes: [...scopes] });
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  async list(tenant: string): Promise<readonly Client[]> {
    return (await this.#clients.find({ tenant }, { sort: { createdAt: 1, _id: 1 } })).map(client);
  }

  async remove(tenant: string, id: string): Promise<boolean> {
    return (await this.#clients.deleteOne({ _id: recordKey(tenant, id), tenant })).deletedCount === 1;
  }
}

function client({ _id, tenant, name, tokenHash, scopes, profile, createdAt, me }: ClientDocument): Client {
  return {
    id: _id.slice(tenant.length + 1),
    tenant,
    name,
    tokenHash,
    scopes,
    profile,
    createdAt,
    ...(me === undefined ? {} : { me }),
  };
}
