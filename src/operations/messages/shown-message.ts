import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { Prepared } from '../../notify/delivery/addressee.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import { maskedValues } from '../../provisioning/messages/masked-values.ts';
import { messageTo } from '../../provisioning/messages/message-to.ts';
import type { StoredRecord } from '../../provisioning/records/resource-store.ts';
import { viewDelivery, type DeliveryView } from './delivery-view.ts';

/** A message as its reader sees it, without its secret. */
export interface ShownMessage {
  readonly delivery: DeliveryView;
  readonly to?: string | undefined;
  readonly subject?: string | undefined;
  readonly text: string;
  /** Of a mail. */
  readonly html?: string | undefined;
  readonly language?: string | undefined;
}

/** What messages are rendered again with. */
export interface ShownMessageParts {
  readonly settingsOf: (tenant: string) => Settings;
  readonly publicUrlOf: (tenant: string) => string;
  readonly clock: Clock;
  /** The words of a message, as it goes over its channel. */
  readonly write: (
    delivery: Delivery,
    ready: Extract<Prepared, { readonly outcome: 'send' }>,
  ) => Pick<ShownMessage, 'subject' | 'text' | 'html' | 'language'>;
}

/** Writes a message to a user once more, with today's words and a mask in the place of its secret. */
export function shownMessage(parts: ShownMessageParts, delivery: Delivery, record: StoredRecord): ShownMessage {
  const { settingsOf, publicUrlOf, clock, write } = parts;
  const settings = settingsOf(record.tenant);
  const at = delivery.endedAt === undefined ? clock.now() : new Date(delivery.endedAt);
  const values = maskedValues(delivery, record, { settings, now: at }, publicUrlOf(record.tenant));
  const ready = messageTo({ to: delivery.to ?? '', delivery, record, manager: undefined }, settings, values);
  return { delivery: viewDelivery(delivery), to: delivery.to, ...write(delivery, ready) };
}
