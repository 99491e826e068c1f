import { isJsonObject, type Json } from '../../base/json.ts';
import { givenTwice } from '../model/given-twice.ts';
import type { AttributeTarget } from './patch-target.ts';

/**
 * What the keys of one value without a path have named so far. An attribute that two keys name, in whatever spelling,
 * is refused as in the body of a POST: which of the two was meant cannot be known.
 */
export class NamedOnce {
  readonly #places = new Set<string>();

  /**
   * Takes note of what a key names.
   * @param key as sent
   * @param value of the key: a complex value names its sub-attributes too
   * @throws InvalidSyntaxError where it, or a part of it, is named already
   */
  note({ resolved, attribute, subAttribute, filter }: AttributeTarget, key: string, value: Json): void {
    const chosen = filter === undefined ? '' : `[${JSON.stringify(filter)}]`;
    const place = `${resolved.schema.id}:${attribute.name}${chosen}`;
    if (subAttribute !== undefined) return this.#add(`${place}.${subAttribute.name.toLowerCase()}`, key);
    this.#add(place, key);
    if (attribute.multiValued || !isJsonObject(value)) return;
    for (const part of Object.keys(value)) this.#add(`${place}.${part.toLowerCase()}`, `${key}.${part}`);
  }

  #add(place: string, key: string): void {
    if (this.#places.has(place)) throw givenTwice(`"${key.slice(0, 200)}"`);
    this.#places.add(place);
  }
}
