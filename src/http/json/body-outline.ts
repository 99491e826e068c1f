import type { Steps } from '../../base/cooperative.ts';
import { InvalidSyntaxError, ScimError } from '../../scim/model/scim-error.ts';

const maxDepth = 64;
/** Objects, lists and their contents: a list of 50,000 members has about 200,000. */
const maxValues = 300_000;
/** Attributes of one object. */
const maxKeys = 2000;

/** Bytes that are looked through between two turns of the event loop. */
const stride = 64 * 1024;

/** Where a large list or object of a JSON text can be cut; places are bytes. */
export interface Outline {
  /** Of its brackets. */
  readonly open: number;
  readonly close: number;
  /**
   * The parts between the commas at which it is cut, in order: several elements, or a large one, which has an outline
   * of its own.
   */
  readonly parts: readonly { readonly from: number; readonly to: number; readonly whole?: Outline }[];
}

/** What a look through a body finds. */
export interface Looked {
  /** Undefined of what is smaller than two pieces. */
  readonly outline: Outline | undefined;
  /** How many names its objects have, each as often as it is there. */
  readonly names: number;
}

/** A list or object whose end has not been found yet. */
interface Frame {
  open: number;
  isObject: boolean;
  commas: number;
  /** Where what has not been cut off yet begins, and where the present element does. */
  cut: number;
  element: number;
  /** The present element, when it proved to be a large one. */
  large: Outline | undefined;
  parts: Outline['parts'][number][] | undefined;
}

/**
 * Counts brackets and commas outside strings, so that a body made to exhaust the stack or the time of others is
 * refused before it is parsed, and finds where a large one can be cut. Whether it is JSON is for the parser to say.
 * @param piece bytes after which the next comma is a place to cut at
 * @throws InvalidSyntaxError for deep nesting, and for what is large and does not end; ScimError 413 for too many
 *   values, or too many attributes in one object
 */
export function* outlineSteps(bytes: Buffer, piece: number): Steps<Looked> {
  const scan = new Scan(bytes, piece);
  while (scan.advance(stride)) yield;
  return { outline: scan.outline(), names: scan.names };
}

class Scan {
  readonly #bytes: Buffer;
  readonly #piece: number;
  /** By depth; the first is the whole body. */
  readonly #frames: Frame[] = [newFrame()];
  #index = 0;
  #depth = 0;
  #values = 0;
  #names = 0;
  #inString = false;

  constructor(bytes: Buffer, piece: number) {
    this.#bytes = bytes;
    this.#piece = piece;
  }

  /** In JSON, a colon outside a text follows a name. */
  get names(): number {
    return this.#names;
  }

  outline(): Outline | undefined {
    if (this.#bytes.length > this.#piece && (this.#depth > 0 || this.#inString))
      throw new InvalidSyntaxError('the body is not valid JSON: it ends too early');
    return this.#frames[0]!.large;
  }

  /** @returns whether anything is left */
  advance(count: number): boolean {
    const bytes = this.#bytes;
    const end = Math.min(bytes.length, this.#index + count);
    let index = this.#index;
    let inString = this.#inString;
    for (; index < end; index += 1) {
      const byte = bytes[index];
      if (inString) {
        if (byte === 0x5c) index += 1;
        else if (byte === 0x22) inString = false;
      } else if (byte === 0x22) inString = true;
      else if (byte === 0x5b || byte === 0x7b) this.#enter(index, byte === 0x7b);
      else if (byte === 0x5d || byte === 0x7d) this.#leave(index);
      else if (byte === 0x2c) this.#pass(index);
      else if (byte === 0x3a) this.#names += 1;
    }
    this.#index = index;
    this.#inString = inString;
    return index < bytes.length;
  }

  #enter(index: number, isObject: boolean): void {
    this.#depth += 1;
    this.#count();
    if (this.#depth > maxDepth) throw new InvalidSyntaxError(`the body nests deeper than ${maxDepth} levels`);
    const frame = (this.#frames[this.#depth] ??= newFrame());
    frame.open = index;
    frame.isObject = isObject;
    frame.commas = 0;
    frame.cut = index + 1;
    frame.element = index + 1;
    frame.large = undefined;
    frame.parts = undefined;
  }

  #pass(index: number): void {
    this.#count();
    if (this.#depth === 0) return;
    const frame = this.#frames[this.#depth]!;
    frame.commas += 1;
    if (frame.isObject && frame.commas >= maxKeys)
      throw new ScimError(413, undefined, `an object of the body has more than ${maxKeys} attributes`);
    if (frame.large !== undefined || index - frame.cut > this.#piece) cut(frame, index);
    frame.element = index + 1;
  }

  #leave(index: number): void {
    if (this.#depth === 0) return;
    const frame = this.#frames[this.#depth]!;
    this.#depth -= 1;
    if (frame.large !== undefined || frame.parts !== undefined) cut(frame, index);
    // Only cut values are large. Two values at the top are not valid JSON anyway.
    const outer = this.#frames[this.#depth]!;
    if (frame.parts !== undefined && outer.large === undefined)
      outer.large = { open: frame.open, close: index, parts: frame.parts };
  }

  #count(): void {
    this.#values += 1;
    if (this.#values > maxValues)
      throw new ScimError(
        413,
        undefined,
        `the body holds more than ${maxValues} values: send them in several requests`,
      );
  }
}

function newFrame(): Frame {
  return { open: 0, isObject: false, commas: 0, cut: 0, element: 0, large: undefined, parts: undefined };
}

/**
 * Cuts off what comes before a comma or the closing bracket: the elements up to the present one, and it by itself where
 * it is large.
 */
function cut(frame: Frame, index: number): void {
  frame.parts ??= [];
  if (frame.large === undefined) frame.parts.push({ from: frame.cut, to: index });
  else {
    if (frame.cut < frame.element) frame.parts.push({ from: frame.cut, to: frame.element - 1 });
    frame.parts.push({ from: frame.element, to: index, whole: frame.large });
  }
  frame.large = undefined;
  frame.cut = index + 1;
}
