import { TextDecoder } from 'node:util';
import type { Json, JsonObject } from '../../base/json.ts';
import type { Steps } from '../../base/cooperative.ts';
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
 * enough to be noticed by everybody else.
 * @param piece bytes that are parsed in one go
 * @throws InvalidSyntaxError for broken UTF-8 and broken JSON; what `outlineSteps` throws
 */
export function* parseSteps(bytes: Buffer, piece = pieceBytes): Steps<Json> {
  const outline = yield* outlineSteps(bytes, piece);
  const parser = new PieceParser(bytes);
  if (outline === undefined) return parser.text(utf8, 0, bytes.length);
  parser.expectBlank(utf8, 0, outline.open);
  parser.expectBlank(utf8Inside, outline.close + 1, bytes.length);
  return yield* parser.container(outline);
}

class PieceParser {
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
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
      for (const name of Object.keys(members)) define(object, name, members[name]!);
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
      return JSON.parse(before + text + after) as Json;
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
