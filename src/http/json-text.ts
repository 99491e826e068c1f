import { isJsonObject, type Json } from '../json.ts';
import type { Steps } from '../scim/in-turns.ts';

/** A list of more elements than this is written one by one. */
const few = 50;

/** The text that `JSON.stringify` makes of a body, interruptible where one of its lists is long: a page of resources, the answers of a Bulk request. */
export function* jsonTextSteps(body: Json): Steps<string> {
  if (!isJsonObject(body) || !Object.values(body).some((value) => Array.isArray(value) && value.length > few)) return JSON.stringify(body);
  const members: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    const text = Array.isArray(value) ? `[${(yield* elementTexts(value)).join()}]` : JSON.stringify(value) as string | undefined;
    if (text !== undefined) members.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${members.join()}}`;
}

function* elementTexts(elements: readonly Json[]): Steps<string[]> {
  const texts: string[] = [];
  for (const element of elements) {
    texts.push(JSON.stringify(element));
    yield;
  }
  return texts;
}
