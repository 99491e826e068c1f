import type { Commit, CommitResult } from '../../../provisioning/records/resource-store.ts';
import type { RecordDocument } from '../database/documents.ts';
import type { Collections } from '../database/collections.ts';
import { indexedKey, recordKey } from '../database/record-document.ts';

/**
 * Who holds a unique key that a refused commit wants: a stored record, or one written earlier in the same transaction.
 * @returns a conflict where nobody does any more
 */
export async function keyHolder(
  collections: Collections,
  commits: readonly Commit[],
  refused: number,
): Promise<CommitResult> {
  const commit = commits[refused];
  if (commit?.kind !== 'put') throw new Error('only a put takes keys');
  const { tenant, type, id } = commit.record;
  const keys = commit.uniqueKeys.map((key) => indexedKey(tenant, type, key));
  const holder = await collections.records.findOne<Pick<RecordDocument, '_id' | 'uniqueKeys'>>(
    { uniqueKeys: { $in: keys }, _id: { $ne: recordKey(tenant, id) } },
    { projection: { uniqueKeys: 1 } },
  );
  const held = commit.uniqueKeys[keys.findIndex((key) => holder?.uniqueKeys?.includes(key))];
  if (holder && held !== undefined)
    return { outcome: 'duplicate', key: held, holder: holder._id.slice(tenant.length + 1) };
  for (const earlier of commits.slice(0, refused)) {
    if (earlier.kind !== 'put' || earlier.record.tenant !== tenant || earlier.record.type !== type) continue;
    const key = commit.uniqueKeys.find((wanted) => earlier.uniqueKeys.includes(wanted));
    if (key !== undefined && earlier.record.id !== id) return { outcome: 'duplicate', key, holder: earlier.record.id };
  }
  return { outcome: 'conflict', version: undefined };
}
