import type { Client } from '../../domain/client.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ScimEndpoint } from '../../scim/endpoint/endpoint.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { ReplayAnswer } from '../../operations/requests/request-log-operation.ts';

/** A call as a client would make it. */
export interface PreviewedCall {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  /** Below the SCIM base. */
  readonly path: string;
  readonly body: JsonObject;
}

/** Works out what would become of a client's call, with its profile, mappings and limits; nothing is stored or sent. */
export async function previewCall(
  endpoint: ScimEndpoint,
  { tenant, id, name, profile, resourceTypes, attributes }: Client,
  { method, path, body }: PreviewedCall,
  requestId: string,
): Promise<ReplayAnswer> {
  try {
    const answer = await endpoint.handle({
      method,
      path,
      query: new URLSearchParams(),
      headers: {},
      body,
      baseUrl: '',
      context: {
        tenant,
        client: { id, name, resourceTypes, attributes },
        profile,
        triggeredBy: 'admin_api',
        requestId,
        dryRun: true,
      },
    });
    const isStream = typeof answer.body === 'object' && answer.body !== null && Symbol.asyncIterator in answer.body;
    return { status: answer.status, ...(answer.body === undefined || isStream ? {} : { body: answer.body }) };
  } catch (cause) {
    if (!(cause instanceof ScimError) || cause.status >= 500) throw cause;
    return { status: cause.status, detail: cause.message };
  }
}
