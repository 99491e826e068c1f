import type { CommitResult } from '../../../provisioning/records/resource-store.ts';
import type { RecordDocument } from '../database/documents.ts';
import { indexedKey } from '../database/record-document.ts';
import type { Put } from './commit-writes.ts';

/** A record that holds unique keys. */
export type KeyHolder = Pick<RecordDocument, '_id' | 'uniqueKeys'>;

/** The unique keys that a put wants, as their index holds them. */
export function keysWanted({ record: { tenant, type }, uniqueKeys }: Put): string[] {
  return uniqueKeys.map((key) => indexedKey(tenant, type, key));
}

/** The refusal of a put by the record that holds one of its keys; undefined where that holds none of them. */
export function duplicateBy(put: Put, { _id, uniqueKeys = [] }: KeyHolder): CommitResult | undefined {
  const wanted = keysWanted(put);
  const key = put.uniqueKeys[wanted.findIndex((each) => uniqueKeys.includes(each))];
  return key === undefined ? undefined : { outcome: 'duplicate', key, holder: _id.slice(put.record.tenant.length + 1) };
}
