import type { Json } from '../../json.ts';
import { elementDocument } from './element-document.ts';
import type { Attribute } from '../model/schema.ts';
import { searchKey } from './search-document.ts';
import type { SearchDocument } from './search-document.ts';

const describing: readonly string[] = ['display', searchKey('$ref')];

/**
 * Makes a test for "is one of these values", as a client names values of a multi-valued attribute: every
 * sub-attribute it names agrees, compared as filters compare. `display` and `$ref` only describe a `value`, so beside
 * one they do not count. Its cost does not grow with the number of values.
 */
export function valueMatcher(attribute: Attribute, values: readonly Json[]): (element: Json) => boolean {
  const keysByNames = new Map<string, { readonly names: readonly string[]; readonly keys: Set<string> }>();
  for (const value of values) {
    const document = elementDocument(attribute, value);
    const names = Object.keys(document)
      .filter((name) => document['value'] === undefined || !describing.includes(name))
      .sort();
    if (names.length === 0) continue;
    const group = keysByNames.get(names.join()) ?? { names, keys: new Set() };
    keysByNames.set(names.join(), group);
    group.keys.add(keyOf(document, names));
  }
  const groups = [...keysByNames.values()];
  return (element) => {
    const document = elementDocument(attribute, element);
    return groups.some(({ names, keys }) => keys.has(keyOf(document, names)));
  };
}

function keyOf(document: SearchDocument, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => document[name] ?? null));
}
