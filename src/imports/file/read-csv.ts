import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { decodeText } from './decode-text.ts';
import { detectDelimiter } from './detect-delimiter.ts';
import type { Encoding } from './detect-encoding.ts';
import type { FileItem } from './file-item.ts';
import { ImportFileError } from './import-file-error.ts';

/** The largest row, in characters: a quote that is never closed would make one of the whole file. */
const longestRow = 100_000;
const sampleLength = 64 * 1024;

interface Read {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads a table of text, however long, in constant memory.
 * @param encoding with what people should look at
 * @param isHeading whether a name is a heading that is known or mapped
 * @param wishes the delimiter, where given; what is told of each piece
 * @throws ImportFileError for an empty file and for a quote that is never closed, with its line
 */
export async function* readCsv(
  path: string,
  { encoding, note }: { readonly encoding: Encoding; readonly note?: string },
  isHeading: (name: string) => boolean,
  wishes: { readonly delimiter?: string; readonly onBytes?: (count: number) => void } = {},
): AsyncGenerator<FileItem> {
  const pieces = decodeText(path, encoding, wishes.onBytes);
  const { start, rest } = await beginning(pieces);
  const found = detectDelimiter(start, isHeading);
  const delimiter = wishes.delimiter ?? found.delimiter;
  const text = found.named ? start.slice(start.indexOf('\n') + 1) : start;
  let line = found.named ? 2 : 1;
  const parser = parse({
    delimiter: [delimiter],
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
    max_record_size: longestRow,
    raw: true,
    // Counted by hand: the parser's own count drifts where line ends are mixed.
    on_record: ((read: unknown): Read => {
      const { record, raw } = read as { record: string[]; raw: string };
      const at = line;
      line += countBreaks(raw);
      return { line: at, cells: record };
    }) as unknown as (record: string[]) => string[],
  });
  const source = Readable.from(joined(text, rest));
  source.on('error', (cause) => parser.destroy(cause));
  source.pipe(parser);
  let columns: readonly string[] | undefined;
  try {
    for await (const read of parser) {
      const { line: at, cells } = read as unknown as Read;
      if (isBlank(cells)) continue;
      if (columns === undefined) {
        columns = withoutBlankEnd(cells);
        yield {
          kind: 'about',
          format: 'csv',
          encoding,
          delimiter,
          headings: columns,
          notes: note === undefined ? [] : [note],
        };
        continue;
      }
      yield rowOf(at, cells, columns);
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new ImportFileError(
      cause.code === 'CSV_MAX_RECORD_SIZE'
        ? `the row is longer than ${longestRow} characters: a quote (") may begin in it and not be `
            + 'closed, or the file has other line ends or another delimiter.'
        : cause.code === 'CSV_QUOTE_NOT_CLOSED'
          ? 'a quote (") begins in this row and is not closed. Close it, or write two ("") where one is meant.'
          : `the row cannot be read as CSV (${cause.code}).`,
      line,
    );
  } finally {
    source.destroy();
  }
  if (columns === undefined) throw new ImportFileError('The file is empty: its first line must hold the headings.');
}

function rowOf(line: number, cells: readonly string[], columns: readonly string[]): FileItem {
  const extra = cells.slice(columns.length).some((cell) => cell.trim() !== '');
  if (cells.length < columns.length || extra) {
    const reason =
      `The row has ${cells.length} cells, and there are ${columns.length} headings: values would be in `
      + 'the wrong columns. Put values that hold the delimiter in quotes.';
    return { kind: 'fault', line, reason, cells };
  }
  const kept = cells.slice(0, columns.length);
  const unclean = kept.findIndex((cell) => /^".*[^"]/su.test(cell));
  if (unclean >= 0) {
    const reason =
      `${columns[unclean] ?? ''}: there is text after the closing quote. Put the whole value in quotes, `
      + 'and write two ("") for each quote inside.';
    return { kind: 'fault', line, reason, cells: kept };
  }
  return { kind: 'row', line, cells: kept };
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

/** Spreadsheets write delimiters after the last heading. */
function withoutBlankEnd(cells: readonly string[]): readonly string[] {
  let end = cells.length;
  while (end > 1 && (cells[end - 1] ?? '').trim() === '') end -= 1;
  return cells.slice(0, end);
}

function countBreaks(raw: string): number {
  let count = 0;
  for (let at = 0; at < raw.length; at += 1) {
    const code = raw.charCodeAt(at);
    if (code === 10 || (code === 13 && raw.charCodeAt(at + 1) !== 10)) count += 1;
  }
  return count;
}

async function beginning(pieces: AsyncGenerator<string>): Promise<{ start: string; rest: AsyncGenerator<string> }> {
  let start = '';
  while (start.length < sampleLength) {
    const next = await pieces.next();
    if (next.done === true) break;
    start += next.value;
  }
  return { start, rest: pieces };
}

async function* joined(start: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (start !== '') yield start;
  yield* rest;
}
