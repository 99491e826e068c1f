import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Steps } from '../../base/cooperative.ts';
import { type JsonText, JsonTextWriter } from '../../base/json-text.ts';

/** A list of more elements than this is written one by one. */
const few = 50;

/**
 * The text that `JSON.stringify` makes of a body, interruptible where one of its lists is long: a page of resources,
 * the answers of a Bulk request.
 */
export function* jsonTextSteps(body: Json): Steps<JsonText> {
  const text = new JsonTextWriter();
  if (isJsonObject(body) && Object.values(body).some((value) => Array.isArray(value) && value.length > few))
    yield* writeObject(text, body);
  else text.write(JSON.stringify(body));
  return text.finish();
}

function* writeObject(text: JsonTextWriter, object: JsonObject): Steps<void> {
  let separator = '{';
  for (const [name, value] of Object.entries(object)) {
    const key = `${separator}${JSON.stringify(name)}:`;
    if (Array.isArray(value)) {
      text.write(`${key}[`);
      yield* writeElements(text, value);
      text.write(']');
    } else {
      const one = JSON.stringify(value) as string | undefined;
      if (one === undefined) continue;
      text.write(key + one);
    }
    separator = ',';
  }
  text.write('}');
}

function* writeElements(text: JsonTextWriter, elements: readonly Json[]): Steps<void> {
  for (const [index, element] of elements.entries()) {
    text.write(index === 0 ? JSON.stringify(element) : `,${JSON.stringify(element)}`);
    yield;
  }
}
