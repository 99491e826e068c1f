import { isJsonObject } from '../../base/json.ts';
import type { Json } from '../../base/json.ts';
import type { SearchScalar } from './condition.ts';
import type { Attribute } from '../model/schema.ts';
import { searchKey, searchValue } from './search-document.ts';
import type { SearchDocument } from './search-document.ts';

/**
 * One element of a multi-valued attribute as filters see it: sub-attributes by their search keys, values normalised. A
 * simple value is under `value`.
 */
export function elementDocument(attribute: Attribute, element: Json): SearchDocument {
  if (!isJsonObject(element)) return { value: searchValue(attribute, element) };
  const document: Record<string, SearchScalar | readonly SearchScalar[]> = {};
  for (const subAttribute of attribute.subAttributes ?? []) {
    const value = element[subAttribute.name];
    if (value === undefined) continue;
    document[searchKey(subAttribute.name)] = Array.isArray(value)
      ? value.map((one) => searchValue(subAttribute, one))
      : searchValue(subAttribute, value);
  }
  return document;
}
