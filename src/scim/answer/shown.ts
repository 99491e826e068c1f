import type { JsonObject } from '../../base/json.ts';
import type { Projection } from './projection.ts';
import type { Representation } from '../port/resource-handler.ts';
import type { ResourceType } from '../model/resource-type.ts';

/** A representation with the type and the projection it is shown by. */
export interface Shown {
  readonly type: ResourceType;
  readonly projection: Projection;
  readonly representation: Representation;
  /** Present for a client that may not read: what it sent, and so may be shown. */
  readonly sent?: JsonObject;
}
