import type { Json } from '../base/json.ts';
import { InvalidSyntaxError } from '../scim/model/scim-error.ts';

/**
 * Reads JSON whatever it is labelled: Amazon SNS says text/plain.
 * @throws InvalidSyntaxError
 */
export function readJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new InvalidSyntaxError('the body is not JSON');
  }
}
