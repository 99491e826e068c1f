import type { DueRecords, Judged } from '../../../provisioning/records/due-records.ts';
import type { StoredRecord } from '../../../provisioning/records/resource-store.ts';
import type { Collections } from '../database/collections.ts';
import { never, recordFields, recordKey, storedRecord } from '../database/record-document.ts';

/** Due records in MongoDB, by an index on tenant, type and moment. */
export class MongoDueRecords implements DueRecords {
  readonly #records: Collections['records'];

  constructor({ records }: Collections) {
    this.#records = records;
  }

  async tenantsDue(tenants: readonly string[], type: string, now: Date): Promise<readonly string[]> {
    return this.#records.distinct('tenant', {
      tenant: { $in: [...tenants] },
      type,
      $or: [{ dueAt: null }, { dueAt: { $lte: now.toISOString() } }],
    });
  }

  async due(tenant: string, type: string, now: Date, limit: number): Promise<readonly StoredRecord[]> {
    const read = (dueAt: unknown, most: number) =>
      this.#records.find({ tenant, type, dueAt }, { projection: recordFields, sort: { dueAt: 1 }, limit: most });
    // What an older release has written bears no moment: the index holds it as null.
    const unjudged = await read(null, limit);
    const rest = limit - unjudged.length;
    const dated = rest > 0 ? await read({ $lte: now.toISOString() }, rest) : [];
    return [...unjudged, ...dated].map(storedRecord);
  }

  async judge(tenant: string, type: string, judged: readonly Judged[]): Promise<void> {
    if (judged.length === 0) return;
    await this.#records.bulkWrite(
      judged.map(({ id, version, dueAt }) => ({
        updateOne: {
          filter: { _id: recordKey(tenant, id), tenant, type, version },
          update: { $set: { dueAt: dueAt ?? never } },
        },
      })),
    );
  }
}
