import { JsonText } from '../../src/base/json-text.ts';
import type { Json, JsonObject } from '../../src/base/json.ts';
import { loadSettings } from '../../src/config/load-settings.ts';
import { ScimEndpoint, type EndpointParts } from '../../src/scim/endpoint/endpoint.ts';
import type { ClientProfile } from '../../src/domain/client-profile.ts';
import { ScimError } from '../../src/scim/model/scim-error.ts';
import type { RequestContext } from '../../src/scim/port/resource-handler.ts';
import type { RequestNotes } from '../../src/scim/model/request-notes.ts';
import { FakeResourceHandler } from './fake-resource-handler.ts';
import { shippedTypes } from './resource-types.ts';

/** An answer with its body read to the end. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  /** The pieces of a streamed body. */
  readonly pieces: number | undefined;
  readonly log: RequestNotes;
}

/** What a call may carry. */
export interface Call {
  readonly body?: Json;
  readonly headers?: Record<string, string>;
  readonly profile?: ClientProfile;
  /** The id of the user that the client calls for. */
  readonly me?: string;
  /** What else is known of the call. */
  readonly context?: Partial<RequestContext>;
}

/**
 * A SCIM client of an endpoint over a fake handler; errors come back as answers, as the HTTP boundary would send
 * them.
 */
export class ScimClient {
  readonly handler = new FakeResourceHandler();
  readonly endpoint: ScimEndpoint;
  now = new Date('2031-05-06T07:08:09Z');

  constructor(parts: Partial<EndpointParts> = {}) {
    const settings = loadSettings(undefined);
    this.endpoint = new ScimEndpoint({
      types: shippedTypes,
      handler: this.handler,
      mapping: {
        mapResource: (_context, _type, body) => body,
        mapOperations: (_context, _type, operations) => operations,
      },
      settingsOf: () => settings,
      capabilities: {
        patch: true,
        bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 10_485_760 },
        filter: { supported: true, maxResults: 1000 },
        changePassword: true,
        sort: true,
        etag: true,
        authenticationSchemes: [],
        pagination: {
          cursor: true,
          index: true,
          defaultPaginationMethod: 'index',
          defaultPageSize: 100,
          maxPageSize: 1000,
          cursorTimeout: 3600,
        },
      },
      cursorKeys: () => [Buffer.alloc(32, 7)],
      attemptKeys: () => [Buffer.alloc(32, 8)],
      clock: { now: () => this.now, newId: () => 'id' },
      ...parts,
    });
  }

  /** @param target `/Users?count=1` */
  async call(
    method: string,
    target: string,
    { body, headers = {}, profile = 'auto', me, context }: Call = {},
  ): Promise<Answer> {
    const [path = '', query = ''] = target.split('?');
    try {
      const response = await this.endpoint.handle({
        method,
        path,
        query: new URLSearchParams(query),
        headers,
        body,
        baseUrl: 'https://scim.example/scim/v2',
        context: {
          tenant: 'default',
          client: { id: 'c1', name: 'Test', me },
          profile,
          triggeredBy: 'scim',
          requestId: 'r1',
          dryRun: false,
          ...context,
        },
      });
      const { text, pieces } = await read(response.body);
      return { ...response, body: JSON.parse(text ?? '{}') as JsonObject, pieces };
    } catch (error) {
      if (!(error instanceof ScimError)) throw error;
      return { status: error.status, headers: error.headers, body: { ...error.body() }, pieces: undefined, log: {} };
    }
  }
}

async function read(
  body: Json | JsonText | AsyncIterable<string> | undefined,
): Promise<{ text: string | undefined; pieces: number | undefined }> {
  if (body instanceof JsonText) return { text: body.pieces.join(''), pieces: undefined };
  if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body))
    return { text: body === undefined ? undefined : JSON.stringify(body), pieces: undefined };
  const texts: string[] = [];
  for await (const text of body) texts.push(text);
  return { text: texts.join(''), pieces: texts.length };
}
