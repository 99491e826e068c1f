/** Of shorter values too much would be taken for the person's that means something else. */
const shortest = 4;
const letterOrDigit = /[\p{L}\p{N}]/u;

/**
 * The values by which one person is known, and where texts repeat them: in any letter case, bare, within JSON or
 * percent-encoded. A value within a longer word, name or address is not a trace of the person.
 */
export class Traces {
  /** As they were given, without those of fewer than four characters. */
  readonly values: readonly string[];
  readonly #wanted: readonly string[];

  /** @param values addresses, names and the like */
  constructor(values: Iterable<string>) {
    this.values = [...new Set([...values].map((value) => value.trim()))].filter(({ length }) => length >= shortest);
    const written = this.values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
    this.#wanted = [...new Set(written.map((value) => value.toLowerCase()))];
  }

  /** Whether a text repeats one of the values. */
  isIn(text: string): boolean {
    if (this.#wanted.length === 0 || text === '') return false;
    return this.#stands(text.toLowerCase());
  }

  /** The same for a path or query, which may be percent-encoded. */
  isInUrl(text: string): boolean {
    return this.isIn(text) || this.isIn(decoded(text));
  }

  #stands(text: string): boolean {
    return this.#wanted.some((value) => {
      for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1))
        if (isWhole(text, at, value)) return true;
      return false;
    });
  }
}

function isWhole(text: string, at: number, value: string): boolean {
  const before = at === 0 ? '' : text.slice(at - 1, at);
  const after = text.slice(at + value.length, at + value.length + 2);
  if (letterOrDigit.test(before) && !isEscape(text, at)) return false;
  if (after !== '' && letterOrDigit.test(after.slice(0, 1))) return false;
  if (!value.includes('@')) return true;
  // An address goes on before a dot, a hyphen, an underscore or a plus, and after a dot with more behind it.
  return !/[.\-_+]/.test(before) && !/^[.-][\p{L}\p{N}]/u.test(after);
}

/** What stands before it is the end of an escape of JSON, such as `\n`. */
function isEscape(text: string, at: number): boolean {
  return at >= 2 && /^\\[bfnrt]$/.test(text.slice(at - 2, at));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
