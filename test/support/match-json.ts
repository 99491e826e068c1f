import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json.ts';

/**
 * Compares JSON with a pattern: an object wants at least its own members, an array exactly its elements in their
 * order. In the place of any value `{"$absent": true}` wants nothing there, `{"$matches": "…"}` a text, `{"$is":
 * "number"}` a type, `{"$equals": …}` that and nothing more, `{"$anyOrder": […]}` elements in any order, `{"$has":
 * …}` at least one such element, `{"$size": n}` as many elements.
 * @returns what differs, each with its place; empty when nothing does
 */
export function matchJson(actual: Json | undefined, pattern: Json, place = 'body'): string[] {
  if (isJsonObject(pattern)) {
    const [operator, operand] = Object.entries(pattern)[0] ?? [];
    if (operator?.startsWith('$') === true && operator !== '$ref' && operand !== undefined)
      return matchOperator(actual, operator, operand, place);
    if (!isJsonObject(actual)) return [differs(place, actual, pattern)];
    return Object.entries(pattern).flatMap(([name, wanted]) =>
      matchJson(own(actual, name), wanted, `${place}.${name}`),
    );
  }
  if (Array.isArray(pattern)) {
    if (!Array.isArray(actual) || actual.length !== pattern.length) return [differs(place, actual, pattern)];
    return pattern.flatMap((wanted, index) => matchJson(actual[index], wanted, `${place}.${index}`));
  }
  return actual === pattern ? [] : [differs(place, actual, pattern)];
}

function matchOperator(actual: Json | undefined, operator: string, operand: Json, place: string): string[] {
  const verdict = (holds: boolean): string[] => (holds ? [] : [differs(place, actual, { [operator]: operand })]);
  const elements: readonly Json[] = Array.isArray(actual) ? actual : [];
  switch (operator) {
    case '$absent':
      return verdict(actual === undefined);
    case '$matches':
      return verdict(
        typeof actual === 'string' && typeof operand === 'string' && new RegExp(operand, 'u').test(actual),
      );
    case '$is':
      return verdict(typeof actual === operand);
    case '$equals':
      return verdict(isDeepStrictEqual(actual, operand));
    case '$size':
      return verdict(Array.isArray(actual) && elements.length === operand);
    case '$has':
      return verdict(elements.some((element) => matchJson(element, operand).length === 0));
    case '$anyOrder': {
      const wanted: readonly Json[] = Array.isArray(operand) ? operand : [];
      return verdict(
        elements.length === wanted.length
          && wanted.every((one) => elements.some((element) => matchJson(element, one).length === 0)),
      );
    }
    default:
      throw new Error(`${operator} is no operator of a pattern`);
  }
}

function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function differs(place: string, actual: Json | undefined, pattern: Json): string {
  return `${place} is ${JSON.stringify(actual)}, not ${JSON.stringify(pattern)}`;
}
