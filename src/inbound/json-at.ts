import { isJsonObject, type Json } from '../base/json.ts';

/** The value at the end of a path of names; undefined where anything on the way is missing or no object. */
export function jsonAt(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, name) => (isJsonObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    value,
  );
}

/** The text there; empty when there is none. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string {
  const found = jsonAt(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** The elements of the list there; none when there is no list. */
export function listAt(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = jsonAt(value, ...path);
  return Array.isArray(found) ? found : [];
}
