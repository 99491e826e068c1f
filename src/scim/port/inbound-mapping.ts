import type { JsonObject } from '../../base/json.ts';
import type { PatchOperation } from '../patch/patch-op.ts';
import type { RequestContext } from './resource-handler.ts';
import type { ResourceType } from '../model/resource-type.ts';

/**
 * PORT: renames what a client says under another name (aliases, custom schema URNs) to what the schemas say, before
 * anything is validated. Never changes its input; throws ScimError when a mapped value cannot be transformed.
 */
export interface InboundMapping {
  /** Maps the body of a POST or PUT. */
  mapResource(context: RequestContext, type: ResourceType, body: JsonObject): JsonObject;
  /** Maps the operations of a PATCH; the answer has as many operations, in the same order. */
  mapOperations(
    context: RequestContext,
    type: ResourceType,
    operations: readonly PatchOperation[],
  ): readonly PatchOperation[];
}
