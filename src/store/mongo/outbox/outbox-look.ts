import type { FiledDelivery } from './delivery-document.ts';

/** How long what a lease has seen of the queue holds, in milliseconds: as long as its caller needs to ask. */
export const holdsMs = 20;

/** A row of a look at the outbox is of one of these kinds. */
export interface LookRow {
  readonly candidate?: FiledDelivery;
  readonly leased?: { readonly domain: string; readonly count: number };
  readonly queued?: Pick<FiledDelivery, '_id' | 'notBefore'>;
}

export interface Look {
  readonly candidates: readonly FiledDelivery[];
  readonly leased: ReadonlyMap<string, number>;
  readonly queued: readonly Pick<FiledDelivery, '_id' | 'notBefore'>[];
}
