/**
 * PORT: work that one process does at a time. A lease belongs to its owner until it runs out, by the database's clock,
 * which all processes share; an owner that is still at work renews it before that.
 */
export interface Leases {
  /**
   * Takes a lease, or renews the owner's own.
   * @param name what the lease is for, such as `sweep/default`
   * @param owner the caller: a unique name for each process
   * @param forMs how long from now it is held, in milliseconds
   * @returns false while another owner holds it
   */
  take(name: string, owner: string, forMs: number): Promise<boolean>;
  /** Gives a lease back; does nothing where it is another's. */
  release(name: string, owner: string): Promise<void>;
}
