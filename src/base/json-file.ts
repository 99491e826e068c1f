import { readFileSync } from 'node:fs';
import type { ErrorObject } from 'ajv';
import { findNodeAtLocation, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { systemFault } from '../text/system-fault.ts';
import type { Json } from './json.ts';
import { sentenceOf } from './schema-sentence.ts';

/**
 * Options of ajv for schemas that ship with the product or are made by it. Tests hold them against JSON Schema, so a
 * start need not; and ajv's optimiser costs half of the time of a compilation without making the check any faster.
 */
export const shippedSchema = { validateSchema: false, code: { optimize: false } } as const;

/** One thing wrong with a file that people write, and where. */
export interface FileFault {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** JSON pointer (RFC 6901) to the value; empty for the whole file. */
  readonly pointer: string;
  /** What is wrong and how to mend it. */
  readonly message: string;
}

/** A JSON file that remembers the line of each value, so that faults can name it. */
export class JsonFile {
  readonly path: string;
  /** Undefined when the file cannot be read or is not JSON; `faults` then says why. */
  readonly value: Json | undefined;
  readonly faults: readonly FileFault[];
  readonly #text: string;
  #parsed: Node | undefined;

  /**
   * Reads a file. Does not throw: what is wrong is in `faults`.
   * @param path as it is to appear in messages
   */
  constructor(path: string) {
    this.path = path;
    try {
      this.#text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    } catch (cause) {
      this.#text = '';
      this.faults = [{ file: path, line: 1, pointer: '', message: `cannot be read: ${systemFault(cause)}` }];
      return;
    }
    try {
      this.value = JSON.parse(this.#text) as Json;
      this.faults = [];
    } catch {
      const errors: ParseError[] = [];
      this.#parsed = parseTree(this.#text, errors, { disallowComments: true });
      // The errors after the first are mostly its consequences.
      const [first] = errors;
      const message = first === undefined ? 'is not JSON' : `is not JSON: ${wordsOf(printParseErrorCode(first.error))}`;
      this.faults = [{ file: path, line: this.#lineAt(first?.offset ?? 0), pointer: '', message }];
    }
  }

  /** The places of the values: read only where a fault is to be shown. */
  get #tree(): Node | undefined {
    return (this.#parsed ??= parseTree(this.#text, [], { disallowComments: true }));
  }

  /** A fault at a value of this file; a pointer to a missing value names the line of its parent. */
  fault(pointer: string, message: string): FileFault {
    const segments = pointer
      .split('/')
      .slice(1)
      .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
    return { file: this.path, line: this.#lineOf(segments), pointer, message };
  }

  /** The faults that ajv found in the value at `pointer`, in words. */
  schemaFaults(errors: readonly ErrorObject[] | null | undefined, pointer = ''): FileFault[] {
    // 'if' only says that 'then' or 'else' failed, which is reported by itself.
    return (errors ?? [])
      .filter((error) => error.keyword !== 'if')
      .map((error) => {
        const own =
          error.keyword === 'additionalProperties' ? `/${escapeSegment(String(error.params.additionalProperty))}` : '';
        return this.fault(pointer + error.instancePath + own, sentenceOf(error));
      });
  }

  #lineOf(segments: readonly string[]): number {
    for (let length = segments.length; this.#tree !== undefined && length > 0; length -= 1) {
      const path = segments.slice(0, length).map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
      const node = findNodeAtLocation(this.#tree, path);
      if (node !== undefined) return this.#lineAt((node.parent?.type === 'property' ? node.parent : node).offset);
    }
    return this.#lineAt(this.#tree?.offset ?? 0);
  }

  #lineAt(offset: number): number {
    return this.#text.slice(0, offset).split('\n').length;
  }
}

/** One line a fault, as `file:line: /pointer message`. */
export function formatFaults(faults: readonly FileFault[]): string {
  const lines = faults.map(
    ({ file, line, pointer, message }) => `${file}:${line}: ${pointer === '' ? '' : `${pointer} `}${message}`,
  );
  return lines.join('\n');
}

/** One segment of a JSON pointer, escaped. */
export function escapeSegment(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

function wordsOf(code: string): string {
  return code.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).trim();
}
