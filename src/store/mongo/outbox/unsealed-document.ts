import type { DomainEvent } from '../../../domain/events.ts';
import type { Stamps } from '../database/stamps.ts';
import type { UnsealedDocument } from '../database/audit-documents.ts';

/** An event as it waits to be sealed. */
export function unsealedDocument(event: DomainEvent, stamps: Stamps): UnsealedDocument {
  const { id, tenant, at } = event;
  return { _id: id, tenant, at, position: stamps.next(), body: JSON.stringify(event) };
}
