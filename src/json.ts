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
