/** Between cells; the first is taken where a file has one column alone. */
const delimiters = [',', ';', '\t', '|'] as const;

/**
 * Detects the delimiter of a table from its first line.
 * @param start the beginning of the text
 * @param isHeading whether a cell is a heading that we know: of two readings the one with more of them is right
 * @returns the delimiter, and whether the first line is only Excel's `sep=;`
 */
export function detectDelimiter(
  start: string,
  isHeading: (name: string) => boolean,
): { readonly delimiter: string; readonly named: boolean } {
  const named = /^sep=(.)\r?\n/i.exec(start)?.[1];
  if (named !== undefined) return { delimiter: named, named: true };
  const line = firstRecord(start);
  const rated = delimiters.map((delimiter) => {
    const cells = cellsOf(line, delimiter);
    return { delimiter, known: cells.filter(isHeading).length, count: cells.length };
  });
  const [best] = rated.sort((one, other) => other.known - one.known || other.count - one.count);
  return { delimiter: best?.delimiter ?? ',', named: false };
}

/** Up to the first line break outside quotes. */
function firstRecord(text: string): string {
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '\n' || character === '\r')) return text.slice(0, at);
  }
  return text;
}

function cellsOf(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += character;
  }
  return [...cells, cell];
}
