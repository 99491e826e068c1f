import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import type { DomainEvent } from '../domain/events.ts';
import { membersOf } from '../scim/model/given-twice.ts';
import type { RequestContext } from '../scim/port/resource-handler.ts';

/** Which batch it was. */
export interface CompletedBatch {
  readonly transaction: string;
  readonly context: RequestContext;
  /** Its body. */
  readonly asked: Json;
  readonly baseUrl: string;
  readonly at: Date;
  readonly typeAt: (tenant: string, path: string) => string | undefined;
}

/**
 * The events that tell of the completion of a batch, one for each operation (RFC 9967 §2.5.1.2). Their ids follow from
 * the transaction: filed twice they are one.
 * @param response the answer to the batch (RFC 7644 §3.7)
 */
export function completions(
  { Operations: answers }: JsonObject,
  { transaction, context, asked, baseUrl, at, typeAt }: CompletedBatch,
): DomainEvent[] {
  const { tenant, client, actor = { kind: 'client', id: client.id, name: client.name } } = context;
  const { Operations: sent } = isJsonObject(asked) ? membersOf(asked, ['Operations']) : {};
  const operations = Array.isArray(sent) ? sent : [];
  return (Array.isArray(answers) ? answers : []).filter(isJsonObject).map((one, index): DomainEvent => {
    const location = textOf(one['location']);
    const request = operations[index];
    const path =
      location?.startsWith(baseUrl) === true
        ? location.slice(baseUrl.length)
        : (textOf(isJsonObject(request) ? pathOf(request) : undefined) ?? '');
    const [, , id = ''] = path.split('/');
    const response = isJsonObject(one['response']) ? one['response'] : {};
    return {
      id: `${transaction}.${index}`,
      tenant,
      type: 'request.completed',
      at: at.toISOString(),
      resourceType: typeAt(tenant, path) ?? 'Bulk',
      resourceId: id.includes('bulkId:') ? '' : id,
      version: 0,
      triggeredBy: 'scim',
      actor,
      requestId: `${transaction}:${index}`,
      data: {
        ...told(one, 'method', 'bulkId', 'version', 'status', 'location'),
        ...told(response, 'scimType', 'detail'),
      },
    };
  });
}

/** A request that names its path twice was refused: it has no path. */
function pathOf(request: JsonObject): Json | undefined {
  const paths = Object.entries(request).filter(([name]) => name.toLowerCase() === 'path');
  return paths.length === 1 ? paths[0]?.[1] : undefined;
}

function told(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => (typeof object[name] === 'string' ? [[name, object[name]] as const] : [])),
  );
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
