import type { Json } from './json.ts';

/** Characters: what is written to a connection in one go keeps all others waiting. */
const pieceLength = 256 * 1024;

/** JSON that is text already: small ones in one piece, large ones in several that follow one another. */
export class JsonText {
  readonly pieces: readonly (string | Buffer)[];
  #bytes: number | undefined;

  constructor(pieces: readonly (string | Buffer)[]) {
    this.pieces = pieces;
  }

  /** The length of all pieces together, as UTF-8. */
  get bytes(): number {
    this.#bytes ??= this.pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
    return this.#bytes;
  }

  /** The JSON that it is. */
  parse(): Json {
    return JSON.parse(this.pieces.map(String).join('')) as Json;
  }
}

/** Writes a JsonText bit by bit. */
export class JsonTextWriter {
  readonly #pieces: string[] = [];
  #open = '';

  write(text: string): void {
    this.#open += text;
    if (this.#open.length < pieceLength) return;
    this.#pieces.push(this.#open);
    this.#open = '';
  }

  finish(): JsonText {
    if (this.#open !== '') this.#pieces.push(this.#open);
    this.#open = '';
    return new JsonText(this.#pieces);
  }
}
