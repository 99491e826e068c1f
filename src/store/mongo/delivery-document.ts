import type { JsonObject } from '../../json.ts';
import type { Delivery } from '../../notify/delivery.ts';
import type { DeliveryDocument } from './documents.ts';
import { decodeNames, encodeNames } from './field-names.ts';

const optionalFields = ['domain', 'to', 'lease', 'lastReply', 'endedAt'] as const;

/** A delivery as its document holds it; fields without a value are absent. */
export function deliveryDocument(delivery: Delivery): Omit<DeliveryDocument, 'position'> {
  const { id, data, ...rest } = delivery;
  const document = { _id: id, ...rest, data: encodeNames(data) };
  for (const field of optionalFields) if (document[field] === undefined) delete document[field];
  return document;
}

/** The update that makes a stored delivery this one, but for the time it was filed. */
export function deliveryUpdate(delivery: Delivery) {
  const { _id, ...set } = deliveryDocument(delivery);
  const absent = optionalFields.filter((field) => set[field] === undefined);
  return { $set: set, $unset: Object.fromEntries(absent.map((field) => [field, '' as const])) };
}

/** A delivery as it was filed. */
export function storedDelivery({ _id, position, data, ...rest }: DeliveryDocument): Delivery {
  return { id: _id, ...rest, data: decodeNames(data) as JsonObject };
}
