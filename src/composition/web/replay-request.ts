import { JsonText } from '../../base/json-text.ts';
import type { ReplayAnswer } from '../../operations/requests/request-log-operation.ts';
import type { RequestLogEntry } from '../../domain/request-log.ts';
import type { ScimEndpoint } from '../../scim/endpoint/endpoint.ts';
import { ScimError } from '../../scim/model/scim-error.ts';

/**
 * Works a call of the request log out once more, as it was kept: nothing is stored, nothing is sent. Secrets were not
 * kept, so a password in it is a mask.
 */
export async function replayRequest(
  endpoint: ScimEndpoint,
  tenant: string,
  { method, path, query = '', client, bodies }: RequestLogEntry,
  requestId: string,
): Promise<ReplayAnswer> {
  try {
    const { status, body } = await endpoint.handle({
      method,
      path,
      query: new URLSearchParams(query),
      headers: {},
      body: bodies?.request,
      baseUrl: '',
      context: {
        tenant,
        client: client ?? { id: '', name: '' },
        profile: 'auto',
        triggeredBy: 'admin_api',
        requestId,
        dryRun: true,
      },
    });
    const isStream = typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
    return {
      status,
      ...(body === undefined || isStream ? {} : { body: body instanceof JsonText ? body.parse() : body }),
    };
  } catch (cause) {
    if (!(cause instanceof ScimError)) throw cause;
    return { status: cause.status, detail: cause.message };
  }
}
