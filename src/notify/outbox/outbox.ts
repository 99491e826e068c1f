import type { DomainEvent } from '../../domain/events.ts';
import type { Delivery } from '../delivery/delivery.ts';

/** Which deliveries to lease. */
export interface LeaseRequest {
  readonly owner: string;
  readonly now: Date;
  readonly leaseMs: number;
  readonly limit: number;
  readonly perDomain: number;
  readonly channels: readonly Delivery['channel'][];
  readonly fair?: FairShare;
}

/**
 * How tenants take turns, so that a flood of one does not hold up the others: the oldest delivery of each in the order
 * of their ids, round and round. Within a tenant the oldest comes first.
 */
export interface FairShare {
  /** The tenant that had the last turn; empty at first. */
  readonly after: string;
  /** How many one tenant may have leased to this owner at a time. */
  readonly perTenant: number;
  /** Tenants that nothing is leased of. */
  readonly without: readonly string[];
}

/**
 * PORT: the durable list of deliveries, and the events that are still to be planned into deliveries. Any number of
 * processes share it; a lease belongs to one worker until it runs out.
 */
export interface Outbox {
  /**
   * Events not yet settled, in the order they were written.
   * @param whose `own`: of what this process has committed lately, which no other looks after; `left`: of what others
   *   have left behind, once two looks have seen it there; without it, and where one process has the store, all
   */
  pendingEvents(limit: number, whose?: 'own' | 'left'): Promise<readonly DomainEvent[]>;
  /**
   * Files the deliveries planned from these events and marks the events settled (they stay readable as history). Safe
   * to repeat: a delivery whose id exists is left alone. For each `deliveries.cancelled` event, the user's queued
   * deliveries made before it end as `cancelled`.
   */
  settleEvents(events: readonly DomainEvent[], deliveries: readonly Delivery[]): Promise<void>;
  /**
   * Leases deliveries that are due (`queued` and `notBefore` passed, or `leased` and run out), oldest first, at most
   * `perDomain` of one domain counting those already leased (a delivery whose domain is unknown counts for none).
   * `channels` are the ones left out. With `fair`, tenants take turns.
   */
  lease(request: LeaseRequest): Promise<readonly Delivery[]>;
  /**
   * Writes a leased delivery's new state; still `leased` with a later `lease.until`, it renews the lease. Does nothing,
   * and returns false, when the lease is no longer this owner's (an expired lease is, until another owner takes it).
   */
  update(owner: string, delivery: Delivery): Promise<boolean>;
  /** Final or re-queued deliveries whose user has not been told yet. */
  unreported(limit: number): Promise<readonly Delivery[]>;
  /** Marks them told. */
  markReported(ids: readonly string[]): Promise<void>;
  /** Gives back every lease of this owner, for a graceful stop. */
  release(owner: string): Promise<void>;
  /**
   * Puts a dead or cancelled delivery back in the queue, or one to a webhook that was sent; false when there is none
   * such.
   */
  requeue(tenant: string, id: string, now: Date): Promise<boolean>;
  /** One delivery. */
  find(tenant: string, id: string): Promise<Delivery | undefined>;
  /**
   * A tenant's deliveries in a state, newest first: by their ids, which sort by creation time.
   * @param before the id after which to go on, for the next page
   */
  inState(tenant: string, state: Delivery['state'], limit: number, before?: string): Promise<readonly Delivery[]>;
  /** One user's deliveries, newest first. */
  ofUser(tenant: string, userId: string, limit: number): Promise<readonly Delivery[]>;
  /**
   * Forgets a tenant's deliveries that ended before a moment (ISO 8601 UTC) and whose users know; what still waits is
   * never among them.
   */
  purge(tenant: string, before: string): Promise<void>;
  /**
   * Forgets these deliveries, whatever their state, but for those that a worker has leased.
   * @returns how many
   */
  remove(tenant: string, ids: readonly string[]): Promise<number>;
  /** How many are in each state, for health and metrics. */
  counts(): Promise<Readonly<Record<Delivery['state'], number>>>;
  /** When the next queued delivery falls due; undefined when none waits. */
  nextDue(): Promise<Date | undefined>;
}
