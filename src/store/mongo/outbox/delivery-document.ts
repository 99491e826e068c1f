import type { Delivery } from '../../../notify/delivery/delivery.ts';
import type { DeliveryDocument } from '../database/documents.ts';
import { decodeNames, encodeNames } from '../database/field-names.ts';

/** A delivery's document but for its place in line. */
export type FiledDelivery = Omit<DeliveryDocument, 'position'>;

/** What to read of it. */
export const filedFields = { position: 0 } as const;

const optionalFields = ['domain', 'to', 'lease', 'lastReply', 'heldFor', 'endedAt'] as const;

/** A delivery as its document holds it; fields without a value are absent. */
export function deliveryDocument({ id, data, ...rest }: Delivery): FiledDelivery {
  const document = { _id: id, ...rest, data: encodeNames(data) };
  for (const field of optionalFields) if (document[field] === undefined) delete document[field];
  return document;
}

/** The write that makes a delivery this one, as long as the owner holds its lease. */
export function guardedUpdate(owner: string, delivery: Delivery) {
  const { _id, ...set } = deliveryDocument(delivery);
  const absent = optionalFields.filter((field) => set[field] === undefined);
  return {
    filter: { _id, state: 'leased', 'lease.owner': owner } as const,
    update: { $set: set, $unset: Object.fromEntries(absent.map((field) => [field, '' as const])) },
  };
}

/** A delivery as it was filed. */
export function storedDelivery({ _id, data, ...rest }: FiledDelivery): Delivery {
  return { id: _id, ...rest, data: decodeNames(data) };
}
