import { isJsonObject, type Json } from '../../json.ts';

/** A text that is equal for equal elements of a multi-valued attribute, whatever the order of their keys. */
export function contentOf(element: Json): string {
  return JSON.stringify(
    isJsonObject(element) ? Object.entries(element).sort(([one], [other]) => (one < other ? -1 : 1)) : element,
  );
}

/**
 * An element that is given twice is one: no type and value come more than once (RFC 7643 §2.4). Two that are both
 * primary are left for the JSON Schema to refuse.
 */
export function withoutRepeats(elements: Json[]): Json[] {
  const values = new Set(elements.map((element) => (isJsonObject(element) ? element['value'] : element)));
  if (values.size === elements.length) return elements;
  const seen = new Set<string>();
  return elements.filter((element) => {
    if (isJsonObject(element) && element['primary'] === true) return true;
    const content = contentOf(element);
    return !seen.has(content) && seen.add(content);
  });
}
