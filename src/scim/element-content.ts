import { isJsonObject, type Json } from '../json.ts';

/** A text that is equal for equal elements of a multi-valued attribute, whatever the order of their keys. */
export function contentOf(element: Json): string {
  return JSON.stringify(isJsonObject(element) ? Object.entries(element).sort(([one], [other]) => (one < other ? -1 : 1)) : element);
}
