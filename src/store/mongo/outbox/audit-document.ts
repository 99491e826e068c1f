import { isDeepStrictEqual } from 'node:util';
import { momentOf } from '../../../history/audit-event.ts';
import { auditSearch } from '../../../history/audit-search.ts';
import type { ChainEntry } from '../../../history/chain-entry.ts';
import { auditEventType, type Misfiled } from '../../../history/event-log.ts';
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

/** The sealed event of a document, where lists would not find it by what it says. */
export function misfiledIn(document: AuditDocument): Misfiled | undefined {
  try {
    const entry = entryOf(document);
    const { resource: content, ...right } = auditDocument(entry);
    const { resource, ...filed } = document;
    return resource.entry === content.entry && isDeepStrictEqual(filed, right)
      ? undefined
      : { seq: entry.seq, id: entry.id };
  } catch {
    // The entry itself cannot be read: its hash tells that.
    return undefined;
  }
}

/** The sealed event of a document. */
export function entryOf({ resource }: Pick<AuditDocument, 'resource'>): ChainEntry {
  return JSON.parse(resource.entry) as ChainEntry;
}
