import type { Clock } from '../../base/clock.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import type { Outbox } from '../../notify/outbox/outbox.ts';
import { operation, type Operation } from '../operation.ts';
import { viewDelivery } from './delivery-view.ts';

/** States that deliveries are listed by: those they are kept in, and two ways in which a queued one waits. */
type ListedState = Delivery['state'] | 'held' | 'retrying';
type ListQuery = { readonly state: ListedState; readonly count: number; readonly before?: string };

/** What the operations work with. */
export interface DeliveryOperationsParts {
  readonly outbox: Pick<Outbox, 'inState'>;
  /** What a user is called; undefined where there is none any more. */
  readonly nameOf: (tenant: string, id: string) => Promise<string | undefined>;
  readonly clock: Clock;
}

/** How messages of a channel, or to a domain, fare. */
export interface DeliveryHealth {
  readonly name: string;
  readonly sent: number;
  readonly retrying: number;
  readonly held: number;
  readonly dead: number;
  /** What was said last where a message was not taken. */
  readonly reply?: string;
}

/** Queued messages that one call looks at in search of those that wait in one way. */
const lookedAt = 2_000;
const chunk = 250;
/** The newest messages of each state, of which the health is told. */
const newest = 500;
const mostDomains = 50;

/** Deliveries by state, and how they fare by channel and domain. */
export function deliveryOperations({
  outbox,
  nameOf,
  clock,
}: DeliveryOperationsParts): Readonly<Record<string, Operation>> {
  return {
    listDeliveries: operation<unknown, ListQuery>(async ({ actor: { tenant }, query: { state, count, before } }) => {
      const { found, next } =
        state === 'held' || state === 'retrying'
          ? await waiting(outbox, tenant, state, count, before, clock.now())
          : await inState(outbox, tenant, state, count, before);
      const deliveries = found.map(async (delivery) => {
        const person = await nameOf(tenant, delivery.userId);
        return { ...viewDelivery(delivery), ...(person === undefined ? {} : { person }) };
      });
      return { body: { deliveries: await Promise.all(deliveries), next } };
    }),
    getDeliveryHealth: operation(async ({ actor: { tenant } }) => {
      const states = ['sent', 'dead', 'queued', 'leased'] as const;
      const lists = await Promise.all(states.map((state) => outbox.inState(tenant, state, newest)));
      const all = lists.flat();
      const now = clock.now().toISOString();
      return {
        body: {
          looked: all.length,
          channels: healthBy(all, now, ({ channel }) => channel),
          domains: healthBy(
            all.filter(({ channel }) => channel === 'email'),
            now,
            ({ domain }) => domain,
          ).slice(0, mostDomains),
        },
      };
    }),
  };
}

async function inState(
  outbox: DeliveryOperationsParts['outbox'],
  tenant: string,
  state: Delivery['state'],
  count: number,
  before: string | undefined,
) {
  const all = await outbox.inState(tenant, state, count + 1, before);
  const found = all.slice(0, count);
  return { found, next: all.length > count ? found.at(-1)?.id : undefined };
}

/** Of the queued ones those that wait in one way: as many as are found within a bounded look, and where to go on. */
async function waiting(
  outbox: DeliveryOperationsParts['outbox'],
  tenant: string,
  state: 'held' | 'retrying',
  count: number,
  before: string | undefined,
  now: Date,
) {
  const found: Delivery[] = [];
  let at = before;
  for (let looked = 0; looked < lookedAt; looked += chunk) {
    const some = await outbox.inState(tenant, 'queued', chunk, at);
    for (const one of some) {
      if (wayOf(one, now.toISOString()) === state) found.push(one);
      at = one.id;
      if (found.length === count) return { found, next: at };
    }
    if (some.length < chunk) return { found, next: undefined };
  }
  return { found, next: at };
}

/** How a queued message waits: after a try, for its moment, or for its turn. */
function wayOf({ attempts, notBefore }: Delivery, now: string): 'retrying' | 'held' | 'queued' {
  if (attempts > 0) return 'retrying';
  return notBefore > now ? 'held' : 'queued';
}

function healthBy(
  deliveries: readonly Delivery[],
  now: string,
  nameOf: (delivery: Delivery) => string | undefined,
): readonly DeliveryHealth[] {
  const groups = new Map<string, { -readonly [Name in keyof DeliveryHealth]: DeliveryHealth[Name] } & { at: string }>();
  for (const delivery of deliveries) {
    const name = nameOf(delivery);
    if (name === undefined) continue;
    const group = groups.get(name) ?? { name, sent: 0, retrying: 0, held: 0, dead: 0, at: '' };
    groups.set(name, group);
    const way = delivery.state === 'queued' ? wayOf(delivery, now) : delivery.state;
    if (way === 'sent' || way === 'dead' || way === 'retrying' || way === 'held') group[way] += 1;
    const isTrouble = way === 'dead' || way === 'retrying';
    if (isTrouble && delivery.lastReply !== undefined && delivery.createdAt >= group.at) {
      group.reply = delivery.lastReply;
      group.at = delivery.createdAt;
    }
  }
  return [...groups.values()]
    .map(({ at, ...health }) => {
      void at;
      return health;
    })
    .sort((one, other) => other.dead + other.retrying - one.dead - one.retrying || other.sent - one.sent);
}
