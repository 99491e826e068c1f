import { TextDecoder } from 'node:util';
import { duplicateNameSteps } from '../../base/duplicate-name.ts';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Steps } from '../../base/cooperative.ts';
import { givenTwice } from '../../scim/model/given-twice.ts';
import { InvalidSyntaxError } from '../../scim/model/scim-error.ts';
import { outlineSteps, type Outline } from './body-outline.ts';

/** Bytes that are parsed in one go: some half a millisecond's work. */
const pieceBytes = 64 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** A byte order mark inside is not whitespace. */
const utf8Inside = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const blank = /^[ \t\n\r]*$/;

/**
 * Parses UTF-8 JSON to the very value that `JSON.parse` makes of it, a piece at a time: a large body takes long
 * enough to be noticed by everybody else. Of a name that an object has twice `JSON.parse` keeps the last value and
 * drops the others in silence: here it is refused, as is an attribute in two letter cases (RFC 8259 §4, RFC 7643 §2.1).
 * @param piece bytes that are parsed in one go
 * @throws InvalidSyntaxError for broken UTF-8, broken JSON and a name that an object has twice; what `outlineSteps`
 *   throws
 */
export function* parseSteps(bytes: Buffer, piece = pieceBytes): Steps<Json> {
  const { outline, names } = yield* outlineSteps(bytes, piece);
  const parser = new PieceParser(bytes);
  const value = yield* parser.body(outline);
  // Only where names went missing is it worth the time to look for one that is there twice.
  if (parser.names !== names) {
    const twice = yield* duplicateNameSteps(utf8.decode(bytes));
    if (twice !== undefined) throw givenTwice(`"${twice.slice(0, 200)}"`);
  }
  return value;
}

/** How many names the objects of a value have. */
function namesIn(value: Json): number {
  let names = 0;
  if (Array.isArray(value)) for (const one of value) names += typeof one === 'object' ? namesIn(one) : 0;
  else if (isJsonObject(value))
    for (const one of Object.values(value)) names += 1 + (typeof one === 'object' ? namesIn(one) : 0);
  return names;
}

class PieceParser {
  readonly #bytes: Buffer;
  /** How many the objects of what has been parsed have; one that is there twice counts once. */
  names = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  *body(outline: Outline | undefined): Steps<Json> {
    if (outline === undefined) return this.text(utf8, 0, this.#bytes.length);
    this.expectBlank(utf8, 0, outline.open);
    this.expectBlank(utf8Inside, outline.close + 1, this.#bytes.length);
    return yield* this.container(outline);
  }

  *container({ open, close, parts }: Outline): Steps<Json> {
    const isObject = this.#bytes[open] === 0x7b;
    if (this.#bytes[close] !== (isObject ? 0x7d : 0x5d)) throw broken(this.#characters(close));
    return isObject ? yield* this.#object(parts) : yield* this.#list(parts);
  }

  *#list(parts: Outline['parts']): Steps<Json[]> {
    const list: Json[] = [];
    for (const { from, to, whole } of parts) {
      yield;
      if (whole === undefined) {
        for (const element of this.#elements(from, to)) list.push(element);
      } else {
        this.expectBlank(utf8Inside, from, whole.open);
        this.expectBlank(utf8Inside, whole.close + 1, to);
        list.push(yield* this.container(whole));
      }
    }
    return list;
  }

  *#object(parts: Outline['parts']): Steps<JsonObject> {
    const object: JsonObject = {};
    for (const { from, to, whole } of parts) {
      yield;
      const members = this.#members(from, whole === undefined ? to : whole.open, whole === undefined ? '' : 'null');
      if (whole !== undefined) {
        this.expectBlank(utf8Inside, whole.close + 1, to);
        for (const name of Object.keys(members)) define(members, name, yield* this.container(whole));
      }
      for (const name of Object.keys(members)) {
        if (Object.hasOwn(object, name)) this.names -= 1;
        define(object, name, members[name]!);
      }
    }
    return object;
  }

  /** The text between two commas of a list: one element at least. */
  #elements(from: number, to: number): Json[] {
    const elements = this.text(utf8Inside, from, to, '[', ']') as Json[];
    if (elements.length === 0) throw broken(this.#characters(to));
    return elements;
  }

  /**
   * The text between two commas of an object: one attribute at least. @param value replaces the last attribute's value,
   * where that is large
   */
  #members(from: number, to: number, value: string): JsonObject {
    const members = this.text(utf8Inside, from, to, '{', `${value}}`) as JsonObject;
    if (Object.keys(members).length === 0) throw broken(this.#characters(to));
    return members;
  }

  text(decoder: TextDecoder, from: number, to: number, before = '', after = ''): Json {
    const text = this.#decode(decoder, from, to);
    try {
      const value = JSON.parse(before + text + after) as Json;
      this.names += namesIn(value);
      return value;
    } catch (cause) {
      // V8's message may quote the text, which may hold a password: only the place is passed on.
      const place = cause instanceof Error ? /position (\d+)/.exec(cause.message)?.[1] : undefined;
      throw broken(place === undefined ? undefined : this.#characters(from) + Number(place) - before.length);
    }
  }

  expectBlank(decoder: TextDecoder, from: number, to: number): void {
    if (!blank.test(this.#decode(decoder, from, to))) throw broken(this.#characters(from));
  }

  #characters(bytes: number): number {
    return this.#decode(utf8, 0, bytes).length;
  }

  #decode(decoder: TextDecoder, from: number, to: number): string {
    try {
      return decoder.decode(this.#bytes.subarray(from, to));
    } catch {
      throw new InvalidSyntaxError('the body is not valid UTF-8');
    }
  }
}

/** As JSON.parse does: `__proto__` is a name like any other. */
function define(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

function broken(character: number | undefined): InvalidSyntaxError {
  return new InvalidSyntaxError(
    'the body is not valid JSON: '
      + `${character === undefined ? 'it ends too early or is not JSON at all' : `look at character ${character + 1}`}`,
  );
}
