import { isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { InvalidSyntaxError } from '../model/scim-error.ts';

/**
 * No SCIM message nests deeper than a Bulk operation's PATCH operation's element; what does is not meant to be read
 * but to exhaust the reader.
 */
const maxDepth = 32;

/**
 * Sees to it that a body is a JSON object that can be read without danger to the stack.
 * @throws InvalidSyntaxError when it is absent, no object, or nested more than 32 deep
 */
export function requireObject(body: Json | undefined): JsonObject {
  if (body === undefined) throw new InvalidSyntaxError('The request needs a JSON body.');
  if (!isJsonObject(body)) throw new InvalidSyntaxError('The body must be a JSON object.');
  let level: (JsonObject | Json[])[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw new InvalidSyntaxError(`The body is nested more than ${maxDepth} deep.`);
    const next: (JsonObject | Json[])[] = [];
    for (const value of level) {
      for (const inner of Array.isArray(value) ? value : Object.values(value)) {
        if (typeof inner === 'object' && inner !== null) next.push(inner);
      }
    }
    level = next;
  }
  return body;
}
