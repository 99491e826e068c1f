import type { RequestContext, ResourceHandler } from '../port/resource-handler.ts';
import { ScimError } from '../model/scim-error.ts';
import type { ResourceType } from '../model/resource-type.ts';

/** Whether a client may see and write resources of a type. */
export function mayUse({ client }: RequestContext, { name }: Pick<ResourceType, 'name'>): boolean {
  return client.resourceTypes?.includes(name) ?? true;
}

/**
 * Holds each call, whichever way it comes (alone, in Bulk, as /Me), to the resource types that its client is limited
 * to. What clients may write of a resource is decided where its state is known.
 * @throws ScimError 403 naming the type
 */
export function limitedHandler(handler: ResourceHandler): ResourceHandler {
  return {
    create: async (context, type, ...rest) => handler.create(expectType(context, type), type, ...rest),
    read: (context, type, ...rest) => handler.read(expectType(context, type), type, ...rest),
    list: (context, type, ...rest) => handler.list(expectType(context, type), type, ...rest),
    replace: async (context, type, ...rest) => handler.replace(expectType(context, type), type, ...rest),
    patch: async (context, type, ...rest) => handler.patch(expectType(context, type), type, ...rest),
    remove: async (context, type, ...rest) => {
      const { client } = expectType(context, type);
      if (client.attributes !== undefined)
        throw new ScimError(
          403,
          undefined,
          `client '${client.name}' may write ${client.attributes.join(', ')} alone, so it removes no resource.`,
        );
      return handler.remove(context, type, ...rest);
    },
    atomically: async (work) => handler.atomically(async (inner) => work(limitedHandler(inner))),
    stage: async (work, onto) => handler.stage(async (inner) => work(limitedHandler(inner)), onto),
    recall: (...call) => handler.recall(...call),
    remember: (...call) => handler.remember(...call),
  };
}

function expectType(context: RequestContext, type: ResourceType): RequestContext {
  if (mayUse(context, type)) return context;
  throw new ScimError(
    403,
    undefined,
    `client '${context.client.name}' is limited to ${context.client.resourceTypes?.join(', ')}: `
      + `it may not use ${type.name}.`,
  );
}
