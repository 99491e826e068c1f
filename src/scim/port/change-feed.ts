/** One change of a resource, as a feed tells it: what of it names nobody but by id. */
export interface ResourceChange {
  /** The place of the change in the order of all changes of the tenant; it has gaps. */
  readonly seq: number;
  readonly resourceType: string;
  readonly id: string;
  /** The version of the resource after it. */
  readonly version: number;
  readonly operation: 'created' | 'changed' | 'deleted';
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** A piece of the feed. */
export interface ChangePage {
  readonly changes: readonly ResourceChange[];
  /** The place to go on after: no change with this place or an earlier one will ever appear any more. */
  readonly upTo: number;
  /** Whether there is more already. */
  readonly more: boolean;
}

/** PORT: the changes of a tenant's resources in the order in which they were sealed. */
export interface ChangeFeed {
  /**
   * Changes after a place.
   * @param limit how many at most
   * @returns undefined where what came after that place has been forgotten meanwhile
   */
  after(tenant: string, place: number, limit: number): Promise<ChangePage | undefined>;
  /** The place that the feed has reached. */
  end(tenant: string): Promise<number>;
}
