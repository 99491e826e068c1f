import { open } from 'node:fs/promises';
import { decodeText } from './decode-text.ts';
import { detectEncoding, type Encoding, type FoundEncoding } from './detect-encoding.ts';
import type { FileItem } from './file-item.ts';
import { ImportFileError } from './import-file-error.ts';
import { readCsv } from './read-csv.ts';
import { jsonLayout, readJson } from './read-json.ts';
import { compoundFault } from './read-workbook.ts';
import { readWorkbookApart } from './workbook-thread.ts';

/** What a caller has said about a file; absent values are detected. */
export interface ReadingWishes {
  readonly encoding?: Encoding;
  readonly delimiter?: string;
  /** Told of each piece of text that is read, in bytes. */
  readonly onBytes?: (count: number) => void;
}

const sampleBytes = 1024 * 1024;

/**
 * Reads a file of people, whatever it is called: its content says what it is. Text is read in constant memory.
 * @param isHeading whether a name is a heading that is known or mapped
 * @throws ImportFileError where the file as a whole cannot be read
 */
export async function* readFileOfPeople(
  path: string,
  isHeading: (name: string) => boolean,
  wishes: ReadingWishes = {},
): AsyncGenerator<FileItem> {
  const start = await beginningOf(path);
  if (start.length === 0) throw new ImportFileError('The file is empty.');
  if (start.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 0x03, 0x04]))) {
    yield* readWorkbookApart(path);
    return;
  }
  if (start.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))) throw compoundFault(start);
  const other = otherFormat(start);
  if (other !== undefined)
    throw new ImportFileError(`This is ${other}. Send CSV, .xlsx, JSON Lines or a SCIM Bulk request.`);
  if (['fffe0000', '0000feff'].includes(start.subarray(0, 4).toString('hex')))
    throw new ImportFileError('The file is in UTF-32. Save it as "CSV UTF-8".');
  const found: FoundEncoding =
    wishes.encoding === undefined ? await detectEncoding(path) : { encoding: wishes.encoding };
  const sample = await sampleOf(path, found.encoding);
  if (/^\s*[{[]/u.test(sample)) yield* readJson(path, found, jsonLayout(sample), wishes.onBytes);
  else yield* readCsv(path, found, isHeading, wishes);
}

/** How files begin that people send in place of a table, by mistake or with a wrong ending. */
const otherFormats: readonly (readonly [beginning: RegExp, name: string])[] = [
  [/^%PDF-/, 'a PDF'],
  [/^(?:\x1f\x8b|BZh|7z\xbc\xaf|Rar!|\xfd7zXZ|\x28\xb5\x2f\xfd)/, 'a packed file'],
  [/^(?:\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*)/, 'a picture'],
  [/^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|table)/i, 'HTML or XML'],
  [/^\{\\rtf/, 'a text of a word processor'],
  [/^SQLite format 3\0/, 'a database'],
  [/^(?:\x7fELF|MZ)/, 'a program'],
];

function otherFormat(start: Buffer): string | undefined {
  const text = start.subarray(0, 200).toString('latin1');
  return otherFormats.find(([beginning]) => beginning.test(text))?.[1];
}

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(sampleBytes);
    const { bytesRead } = await file.read(buffer, 0, sampleBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function sampleOf(path: string, encoding: Encoding): Promise<string> {
  let sample = '';
  for await (const text of decodeText(path, encoding)) {
    sample += text;
    if (sample.length > 64 * 1024) break;
  }
  return sample;
}
