/** A JSON value as `JSON.parse` makes it. */
export type Json = string | number | boolean | null | Json[] | JsonObject;

/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/**
 * Tells a JSON object from an array, null and the scalars.
 * @param value any JSON value, or undefined
 */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Compares by content: objects regardless of the order of their keys, lists in order.
 * @param left any JSON value, or undefined, which equals only itself
 */
export function equalJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) && left.length === right.length && left.every((one, index) => equalJson(one, right[index]))
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length
    && keys.every((key) => Object.hasOwn(right, key) && equalJson(left[key], right[key]))
  );
}
