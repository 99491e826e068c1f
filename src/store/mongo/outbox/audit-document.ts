import { momentOf } from '../../../history/audit-event.ts';
import { auditSearch } from '../../../history/audit-search.ts';
import type { ChainEntry } from '../../../history/chain-entry.ts';
import { auditEventType } from '../../../history/event-log.ts';
import type { SearchDocument } from '../../../scim/search/search-document.ts';
import { encodeNames } from '../database/field-names.ts';
import { recordKey } from '../database/record-document.ts';
import type { AuditDocument } from '../database/audit-documents.ts';

/** A sealed event as its document holds it. */
export function auditDocument(entry: ChainEntry): AuditDocument {
  const { tenant, seq, id } = entry;
  const at = momentOf(entry);
  return {
    _id: recordKey(tenant, String(seq).padStart(12, '0')),
    event: recordKey(tenant, id),
    tenant,
    type: auditEventType,
    position: seq,
    version: 1,
    created: at,
    lastModified: at,
    resource: { entry: JSON.stringify(entry) },
    search: encodeNames(auditSearch(entry)) as SearchDocument,
  };
}

/** The sealed event of a document. */
export function entryOf({ resource }: Pick<AuditDocument, 'resource'>): ChainEntry {
  return JSON.parse(resource.entry) as ChainEntry;
}
