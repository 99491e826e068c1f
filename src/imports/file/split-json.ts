import { ImportFileError } from './import-file-error.ts';

/** One JSON value of a file, and the line on which it begins. */
export interface JsonPiece {
  readonly line: number;
  readonly text: string;
}

/** The largest value, in characters. */
export const longestValue = 1_000_000;

/** Splits text into its lines, each with its number. A byte order mark and the line ends are left out. */
export async function* splitLines(pieces: AsyncIterable<string>): AsyncGenerator<JsonPiece> {
  let line = 0;
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) yield { line: (line += 1), text };
    if (rest.length > longestValue) throw new ImportFileError(`is longer than ${longestValue} characters.`, line + 1);
  }
  if (rest !== '') yield { line: line + 1, text: rest };
}

/**
 * Splits a JSON document into the elements of its list without holding it: of a list, or of the `Operations` of a SCIM
 * Bulk request (RFC 7644 §3.7), however they are laid out.
 * @throws ImportFileError naming the line of a value that is too large, or where the document ends too early
 */
export async function* splitList(pieces: AsyncIterable<string>): AsyncGenerator<JsonPiece> {
  const splitter = new ListSplitter();
  for await (const piece of pieces) yield* splitter.push(piece);
  splitter.end();
}

class ListSplitter {
  #line = 1;
  /** Before the list, inside it, or behind it. */
  #place: 'before' | 'inside' | 'behind' = 'before';
  #depth = 0;
  #inText = false;
  #escaped = false;
  /** Inside the list: the element so far. Before it: the name that was read last. */
  #kept = '';
  #keptLine = 1;

  *push(piece: string): Generator<JsonPiece> {
    for (const character of piece) {
      if (character === '\n') this.#line += 1;
      if (this.#place === 'behind') continue;
      const done = this.#place === 'before' ? this.#lookForList(character) : this.#inList(character);
      if (done !== undefined) yield done;
    }
  }

  end(): void {
    if (this.#place === 'inside') throw new ImportFileError('the list begins and does not end.', this.#keptLine);
    if (this.#place === 'before')
      throw new ImportFileError('There is no list of people: JSON Lines, a list, or a SCIM Bulk request is expected.');
  }

  #lookForList(character: string): undefined {
    if (this.#text(character)) {
      if (this.#depth === 1 && this.#kept.length < 20) this.#kept += character;
      return;
    }
    if (character === '"' && this.#inText) this.#kept = '';
    else if (character === '"') return;
    else if (character === '[' && (this.#depth === 0 || (this.#depth === 1 && /^operations$/i.test(this.#kept)))) {
      this.#place = 'inside';
      this.#depth = 0;
      this.#kept = '';
    } else this.#nest(character);
  }

  #inList(character: string): JsonPiece | undefined {
    const isText = this.#text(character);
    if (!isText && this.#depth === 0 && (character === ',' || character === ']')) {
      const text = this.#kept.trim();
      this.#kept = '';
      if (character === ']') this.#place = 'behind';
      return text === '' ? undefined : { line: this.#keptLine, text };
    }
    if (this.#kept === '') {
      if (/\s/u.test(character)) return undefined;
      this.#keptLine = this.#line;
    }
    this.#kept += character;
    if (this.#kept.length > longestValue)
      throw new ImportFileError(`a value is longer than ${longestValue} characters.`, this.#keptLine);
    if (!isText) this.#nest(character);
    return undefined;
  }

  /** True inside a text, but for its quotes. */
  #text(character: string): boolean {
    if (!this.#inText) {
      this.#inText = character === '"';
      return false;
    }
    if (this.#escaped) this.#escaped = false;
    else if (character === '\\') this.#escaped = true;
    else if (character === '"') this.#inText = false;
    return this.#inText;
  }

  #nest(character: string): void {
    if (character === '{' || character === '[') this.#depth += 1;
    else if (character === '}' || character === ']') this.#depth -= 1;
  }
}
