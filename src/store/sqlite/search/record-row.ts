import type { Account } from '../../../provisioning/records/account.ts';
import type { StoredRecord } from '../../../provisioning/records/resource-store.ts';
import type { IdempotencyKey } from '../../../scim/port/idempotency-key.ts';
import type { Resource } from '../../../scim/model/resource.ts';

/** The columns of a RecordRow, in its order. */
export const RECORD_COLUMNS =
  'records.tenant, records.type, records.id, records.version, records.created, records.last_modified, records.resource, records.account, records.attempt';

/** A record as SQLite gives it: bodies are JSON text, cheap to hand from thread to thread and parsed once. */
export type RecordRow = readonly [
  tenant: string,
  type: string,
  id: string,
  version: number,
  created: string,
  lastModified: string,
  resource: string,
  account: string | null,
  attempt: string | null,
];

/** The record of a row. */
export function storedRecord([
  tenant,
  type,
  id,
  version,
  created,
  lastModified,
  resource,
  account,
  attempt,
]: RecordRow): StoredRecord {
  return {
    tenant,
    type,
    id,
    version,
    created,
    lastModified,
    resource: JSON.parse(resource) as Resource,
    ...(account === null ? {} : { account: JSON.parse(account) as Account }),
    ...(attempt === null ? {} : { attempt: JSON.parse(attempt) as IdempotencyKey }),
  };
}
