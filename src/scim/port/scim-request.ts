import type { Json } from '../../base/json.ts';
import type { JsonText } from '../../base/json-text.ts';
import type { RequestNotes } from '../model/request-notes.ts';
import type { RequestContext } from './resource-handler.ts';

/** A SCIM call as the protocol sees it, with no web framework in it. */
export interface ScimRequest {
  /** Upper case. */
  readonly method: string;
  /** Below the base URL, with its leading slash, still percent-encoded: `/Users/123`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed; absent when the request had none. */
  readonly body: Json | undefined;
  /** Where the caller reaches this service, without a slash at the end: `https://scim.example/scim/v2`. */
  readonly baseUrl: string;
  readonly context: RequestContext;
}

/** The answer to a SCIM call. */
export interface ScimResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Absent for 204, 304 and HEAD. An AsyncIterable is JSON text in pieces, for what is too large to hold; its receiver
   * must run or `return` it.
   */
  readonly body?: Json | JsonText | AsyncIterable<string>;
  readonly log: RequestNotes;
}
