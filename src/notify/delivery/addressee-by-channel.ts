import type { Addressee } from './addressee.ts';
import type { Delivery } from './delivery.ts';

/** Chooses the addressee of a delivery by its channel. */
export function addresseeByChannel(addressees: Readonly<Record<Delivery['channel'], Addressee>>): Addressee {
  return {
    prepare: async (delivery) => addressees[delivery.channel].prepare(delivery),
    report: async (delivery) => addressees[delivery.channel].report(delivery),
    putBack: async (delivery) => addressees[delivery.channel].putBack?.(delivery),
  };
}
