import type { DomainEvent } from '../domain/events.ts';
import type { StorePage, StoreQuery } from '../provisioning/records/resource-store.ts';
import type { ChainEntry, ChainHead } from './chain-entry.ts';

/** Events of a tenant that are safe and have no place in its chain yet. */
export interface UnsealedTail {
  readonly tenant: string;
  readonly events: number;
  /** When the oldest of them happened: ISO 8601 UTC. */
  readonly oldest: string;
}

/** A page of a tenant's sealed events. */
export interface ChainPage extends Omit<StorePage, 'records'> {
  readonly entries: readonly ChainEntry[];
}

/** A sealed event that lists would not find by what it says: what the store keeps beside it was changed. */
export interface Misfiled {
  /** Its place in the chain. */
  readonly seq: number;
  readonly id: string;
}

/** Where what is left of a chain begins, after retention has cut it. */
export interface ChainBase extends ChainHead {
  /** When it was cut; absent where nothing was. */
  readonly cutAt?: string;
}

/**
 * PORT: the permanent record of events. An event enters it in the commit of the change that it tells of
 * (`Commit.events`, `Notes.put`), or by `append` where nothing else is written. It is *unsealed* until the sequencer
 * gives it a place in its tenant's chain; from then on it is never written again, except that a person's values can
 * be erased from it.
 */
export interface EventLog {
  /** Files events that are part of no other write: refused attempts, readings of the audit. */
  append(events: readonly DomainEvent[]): Promise<void>;
  /** Events that wait to be sealed, by tenant. */
  unsealed(): Promise<readonly UnsealedTail[]>;
  /**
   * Seals the oldest unsealed events of a tenant, in the order in which those of one resource were written. Of several
   * sequencers at once one goes on with the chain and the others seal nothing: it never forks.
   * @param inBackground whether writes that callers wait for may go first, as long as there are any
   * @returns how many it has sealed
   */
  seal(tenant: string, limit: number, inBackground?: boolean): Promise<number>;
  /** Where a tenant's chain ends. */
  head(tenant: string): Promise<ChainHead>;
  /** Where what is kept of it begins. */
  base(tenant: string): Promise<ChainBase>;
  /** Sealed events after a place, in the order of the chain. */
  read(tenant: string, after: number, limit: number): Promise<readonly ChainEntry[]>;
  /**
   * Those of the sealed events after a place, up to another, that filters, sorting or retention would not find by what
   * they say.
   */
  misfiled(tenant: string, after: number, upTo: number): Promise<readonly Misfiled[]>;
  /** The sealed event with this id. */
  find(tenant: string, id: string): Promise<ChainEntry | undefined>;
  /** Lists sealed events, as `ResourceStore.query` lists resources. */
  query(query: Omit<StoreQuery, 'type'>): Promise<ChainPage>;
  /** Waits until nothing of a resource is held back from being sealed, and seals all that waits. */
  settle(tenant: string, resource: string): Promise<void>;
  /**
   * Erases the values of persons from sealed events; their digests stay, so that the chain still proves.
   * @param places in the chain; one that is erased already, or is not kept any more, is left alone
   */
  erase(tenant: string, places: readonly number[]): Promise<void>;
  /**
   * Forgets the sealed events that happened before a moment, from the beginning of the chain on; what proves the later
   * entries is kept as the chain's base.
   * @param most how many at most, about
   * @returns the base
   */
  cut(tenant: string, before: string, most?: number): Promise<ChainBase>;
}

/** The name of the resource type that sealed events are read as. */
export const auditEventType = 'AuditEvent';
