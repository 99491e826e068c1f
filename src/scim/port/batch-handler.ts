import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { ScimError } from '../model/scim-error.ts';
import type { IdempotencyKey } from './idempotency-key.ts';
import type { Include, Representation, RequestContext, ResourceHandler } from './resource-handler.ts';

/** A resource to be made, one of many. */
export interface CreateDraft {
  /** As `validateResource` has passed it. */
  readonly resource: Resource;
  /** Correlates it, in place of the context's. */
  readonly requestId: string;
  readonly attempt?: IdempotencyKey;
}

/**
 * PORT: what those need who write and compare thousands of resources. Each resource is still an atomic write of its
 * own, with the same rules; the database is asked less often.
 */
export interface BatchHandler extends ResourceHandler {
  /**
   * Does what `create` does for each of many.
   * @param context a dry run refuses a value that is taken by what is stored, not one that two of the drafts share
   * @returns of each, in their order, the resource made, or why it is refused
   */
  createEach(
    context: RequestContext,
    type: ResourceType,
    drafts: readonly CreateDraft[],
  ): Promise<readonly (Representation | ScimError)[]>;
  /**
   * Finds the resources that have one of many values of an attribute, in no order.
   * @param attribute in lower case, as search documents name it
   * @param values as search documents hold them: of `username` and `displayname` folded
   */
  findByValues(
    context: RequestContext,
    type: ResourceType,
    attribute: 'username' | 'externalid' | 'displayname',
    values: readonly string[],
    wants: Include,
  ): Promise<readonly Representation[]>;
}
