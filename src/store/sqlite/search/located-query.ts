import type { StoreQuery } from '../../../provisioning/records/resource-store.ts';
import type { ListPosition } from './list-position.ts';

/** A query that knows where it starts. */
export interface LocatedQuery extends StoreQuery {
  /** Of a walk that goes on from a position. */
  readonly from: ListPosition | undefined;
  /** Of a scan: counts hold as long as this is the number. */
  readonly generation?: number;
}
