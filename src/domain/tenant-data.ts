/** PORT: what the database keeps of a tenant as a whole, whatever sort of rows it is. */
export interface TenantData {
  /**
   * Removes every row of a tenant: resources and what belongs to them, events, deliveries, captured mail, requests,
   * notes. In steps, each short, so that the writes of others go on meanwhile; safe to repeat after a break.
   * @param tenant never `installation`
   */
  erase(tenant: string): Promise<void>;
  /**
   * Leaves nothing of rows that were removed or rewritten before the call, as far as the database lets us: of SQLite
   * neither the write-ahead log nor its file holds them afterwards.
   */
  forgetRemoved(): Promise<void>;
}
