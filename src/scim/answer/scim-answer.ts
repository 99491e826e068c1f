import type { Json } from '../../base/json.ts';
import type { Body } from './represent.ts';
import type { RequestNotes } from '../model/request-notes.ts';
import type { ScimResponse } from '../port/scim-request.ts';

/** An answer with what it holds; `log` tells the request log what was made of the request. */
export function answer(
  status: number,
  body: Json | Body | undefined,
  headers: Record<string, string> = {},
  log: RequestNotes = {},
): ScimResponse {
  return { status, headers, ...(body === undefined ? {} : { body }), log };
}
