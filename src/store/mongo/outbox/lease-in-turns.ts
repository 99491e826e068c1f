import type { Delivery } from '../../../notify/delivery/delivery.ts';
import type { FairShare, LeaseRequest } from '../../../notify/outbox/outbox.ts';
import type { Collections } from '../database/collections.ts';
import type { MongoQuery } from '../search/translate-condition.ts';
import { filedFields, storedDelivery } from './delivery-document.ts';
import type { FiledDelivery } from './delivery-document.ts';

/** What turns are taken with. */
export interface TurnParts {
  readonly deliveries: Collections['deliveries'];
  readonly request: LeaseRequest;
  readonly fair: FairShare;
  /** By the server's clock. */
  readonly at: string;
  /** Takes a candidate, if it is still as it was seen. */
  readonly take: (candidate: FiledDelivery) => Promise<Delivery['lease'] | undefined>;
}

const one = { projection: filedFields, limit: 1 };

/** Leases deliveries, the tenants taking turns. What it has leased is in `taken`, even if a later step fails. */
export async function leaseInTurns(
  taken: Delivery[],
  { deliveries, request, fair, at, take }: TurnParts,
): Promise<void> {
  const { owner, limit, perDomain, channels } = request;
  const live = { state: 'leased', 'lease.until': { $gt: at } };
  const ofDomain = await countBy(deliveries, 'domain', { ...live, domain: { $gt: '' } });
  const ofTenant = await countBy(deliveries, 'tenant', { ...live, 'lease.owner': owner });
  const lost: string[] = [];
  let { after } = fair;
  let wrapped = false;
  let hasStale = true;
  while (taken.length < limit) {
    const shut = [...fair.without, ...keysFrom(ofTenant, fair.perTenant)];
    const open = {
      channel: { $nin: [...channels] },
      domain: { $nin: keysFrom(ofDomain, perDomain) },
      ...(lost.length === 0 ? {} : { _id: { $nin: [...lost] } }),
    };
    // Leases that ran out first: few, and the oldest.
    let candidate: FiledDelivery | undefined = hasStale
      ? await staleOf(deliveries, { ...open, tenant: { $nin: shut } }, at)
      : undefined;
    hasStale = candidate !== undefined;
    candidate ??= await nextOf(deliveries, open, { at, after, shut });
    if (candidate === undefined) {
      // Behind the last tenant the first one comes; once round without any there is no more to be had.
      if (after === '' || wrapped) return;
      after = '';
      wrapped = true;
      continue;
    }
    if (candidate.state === 'queued') after = candidate.tenant;
    const lease = await take(candidate);
    if (lease === undefined) {
      lost.push(candidate._id);
      continue;
    }
    if (candidate.domain !== undefined) count(ofDomain, candidate.domain);
    count(ofTenant, candidate.tenant);
    wrapped = false;
    taken.push(storedDelivery({ ...candidate, state: 'leased', lease }));
  }
}

async function staleOf(
  deliveries: TurnParts['deliveries'],
  open: MongoQuery,
  at: string,
): Promise<FiledDelivery | undefined> {
  const [found] = await deliveries.find<FiledDelivery>(
    { ...open, state: 'leased', 'lease.until': { $lte: at } },
    { ...one, sort: { notBefore: 1, position: 1 } },
  );
  return found;
}

async function nextOf(
  deliveries: TurnParts['deliveries'],
  open: MongoQuery,
  { at, after, shut }: { readonly at: string; readonly after: string; readonly shut: readonly string[] },
): Promise<FiledDelivery | undefined> {
  const [found] = await deliveries.find<FiledDelivery>(
    { ...open, state: 'queued', tenant: { $gt: after, $nin: [...shut] }, notBefore: { $lte: at } },
    { ...one, sort: { tenant: 1, notBefore: 1, position: 1 } },
  );
  return found;
}

async function countBy(
  deliveries: TurnParts['deliveries'],
  field: 'domain' | 'tenant',
  which: MongoQuery,
): Promise<Map<string, number>> {
  const found = await deliveries.aggregate<{ _id: string; count: number }>([
    { $match: which },
    { $group: { _id: `$${field}`, count: { $sum: 1 } } },
  ]);
  return new Map(found.map(({ _id, count: held }) => [_id, held]));
}

function keysFrom(counts: ReadonlyMap<string, number>, most: number): string[] {
  return [...counts].filter(([, held]) => held >= most).map(([key]) => key);
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
