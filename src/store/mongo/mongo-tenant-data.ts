import type { TenantData } from '../../domain/tenant-data.ts';
import type { Collections } from './database/collections.ts';

/** What MongoDB keeps of tenants. */
export class MongoTenantData implements TenantData {
  readonly #collections: Collections;

  constructor(collections: Collections) {
    this.#collections = collections;
  }

  /** What MongoDB keeps of removed documents beneath is its own. */
  async forgetRemoved(): Promise<void> {
    return Promise.resolve();
  }

  async erase(tenant: string): Promise<void> {
    const { records, memberships, memberChanges, deliveries, mails, clients, requests, notes } = this.#collections;
    const { audit, unsealed, chains, counts } = this.#collections;
    // These ids begin with the tenant and a slash; the character after the slash is the zero.
    const own = { _id: { $gte: `${tenant}/`, $lt: `${tenant}0` } };
    // Members first: a record that still has some is moved by the mover, which would bring it back.
    await memberChanges.deleteInSteps({ tenant }, '_id');
    await memberships.deleteInSteps(own, '_id');
    await records.deleteInSteps(own, '_id');
    await deliveries.deleteInSteps({ tenant }, '_id');
    await mails.deleteMany({ tenant });
    await clients.deleteInSteps(own, '_id');
    await requests.deleteInSteps(own, '_id');
    await notes.deleteInSteps(own, '_id');
    await unsealed.deleteInSteps({ tenant }, '_id');
    await audit.deleteInSteps(own, '_id');
    await chains.deleteOne({ _id: tenant });
    await counts.deleteMany(own);
  }
}
