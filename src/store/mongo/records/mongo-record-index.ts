import type { RecordIndex, Reindexed } from '../../../provisioning/records/record-index.ts';
import type { SearchDocument } from '../../../scim/search/search-document.ts';
import type { Collections } from '../database/collections.ts';
import { encodeNames } from '../database/field-names.ts';
import { indexedKey, recordKey } from '../database/record-document.ts';

/** What stored records are found by, in MongoDB. */
export class MongoRecordIndex implements RecordIndex {
  readonly #records: Collections['records'];

  constructor({ records }: Collections) {
    this.#records = records;
  }

  async reindex(tenant: string, type: string, records: readonly Reindexed[]): Promise<void> {
    if (records.length === 0) return;
    await this.#records.bulkWrite(
      records.map(({ id, version, search, lookupKeys }) => {
        const keys = lookupKeys.map((key) => indexedKey(tenant, type, key));
        return {
          updateOne: {
            filter: { _id: recordKey(tenant, id), tenant, type, version },
            update: {
              $set: { search: encodeNames(search) as SearchDocument, ...(keys.length > 0 && { lookupKeys: keys }) },
              ...(keys.length === 0 && { $unset: { lookupKeys: '' as const } }),
            },
          },
        };
      }),
    );
  }
}
