import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import type { Traces } from '../text/traces.ts';

/** What tells of a row and not of a person. */
const kept = new Set(['line', 'kind', 'id', 'template', 'at', 'state', 'type']);

/**
 * A value without what repeats a person's values. Of a row of a list, such as one line of a file, all that could tell
 * of them goes; of anything else the texts that repeat a value.
 * @param person the id of the user: rows that bear it are theirs
 * @returns the very same where nothing of them is in it
 */
export function scrubbed(value: JsonObject, person: string, traces: Traces): JsonObject {
  return hasTrace(value, person, traces) ? (scrubObject(value, person, traces) as JsonObject) : value;
}

function scrubObject(value: Json, person: string, traces: Traces): Json {
  if (typeof value === 'string') return traces.isIn(value) ? '' : value;
  if (Array.isArray(value)) return value.map((element) => scrubRow(element, person, traces));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !traces.isIn(key))
      .map(([key, part]) => [key, scrubObject(part, person, traces)]),
  );
}

function scrubRow(element: Json, person: string, traces: Traces): Json {
  if (!isJsonObject(element) || !hasTrace(element, person, traces)) return scrubObject(element, person, traces);
  return Object.fromEntries(Object.entries(element).map(([key, part]) => [key, kept.has(key) ? part : emptied(part)]));
}

/** Nothing, in the shape of what was there. */
function emptied(value: Json): Json {
  if (typeof value === 'string') return '';
  if (Array.isArray(value)) return [];
  return isJsonObject(value) ? {} : value;
}

function hasTrace(value: JsonObject, person: string, traces: Traces): boolean {
  const text = JSON.stringify(value);
  return text.includes(person) || traces.isIn(text);
}
