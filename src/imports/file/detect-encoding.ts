import { open } from 'node:fs/promises';
import { ImportFileError } from './import-file-error.ts';

/** The encodings that are read. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** Every encoding that can be named. */
export const encodings: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'];

/** What was found, and what people should look at. */
export interface FoundEncoding {
  readonly encoding: Encoding;
  readonly note?: string;
}

const pieceBytes = 256 * 1024;
const sampleBytes = 4096;
/** Bytes without a meaning in windows-1252: the file is in another encoding. */
const undefinedBytes: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/**
 * Finds out how a text file is encoded: by its byte order mark, by the zeros of UTF-16, or by whether it is UTF-8 from
 * end to end; else it is taken for windows-1252, and that is told.
 * @param path of the file, which is read through once
 * @throws ImportFileError naming the line for bytes that are neither
 */
export async function detectEncoding(path: string): Promise<FoundEncoding> {
  const file = await open(path, 'r');
  try {
    const sample = await read(file, 0, sampleBytes);
    const marked = byMark(sample) ?? byZeros(sample);
    if (marked !== undefined) return { encoding: marked };
    let position = 0;
    let line = 1;
    let foreign: number | undefined;
    const utf8 = new TextDecoder('utf-8', { fatal: true });
    let isUtf8 = true;
    for (;;) {
      const bytes = await read(file, position, pieceBytes);
      if (bytes.length === 0) break;
      position += bytes.length;
      if (isUtf8) {
        try {
          utf8.decode(bytes, { stream: true });
        } catch {
          isUtf8 = false;
        }
      }
      for (const byte of bytes) {
        if (byte === 0x0a) line += 1;
        else if (byte >= 0x80 && undefinedBytes.has(byte)) foreign ??= line;
      }
    }
    if (isUtf8 && endsWell(utf8)) return { encoding: 'utf-8' };
    if (foreign !== undefined) {
      throw new ImportFileError(
        'this is neither UTF-8 nor windows-1252. Save the file as "CSV UTF-8", or name its encoding.',
        foreign,
      );
    }
    return {
      encoding: 'windows-1252',
      note:
        'The file is not UTF-8, so it is read as windows-1252 (Western European). Look at names with '
        + 'accents before you approve; "CSV UTF-8" leaves no doubt.',
    };
  } finally {
    await file.close();
  }
}

function endsWell(decoder: { decode(): string }): boolean {
  try {
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

function byMark(bytes: Buffer): Encoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8' : undefined;
}

/** Of headings in UTF-16 every other byte is zero; of other text none is. */
function byZeros(bytes: Buffer): Encoding | undefined {
  const pairs = Math.floor(bytes.length / 2);
  let even = 0;
  let odd = 0;
  for (let at = 0; at < pairs * 2; at += 2) {
    if (bytes[at] === 0) even += 1;
    if (bytes[at + 1] === 0) odd += 1;
  }
  if (pairs > 1 && odd > pairs * 0.6 && even < pairs * 0.1) return 'utf-16le';
  return pairs > 1 && even > pairs * 0.6 && odd < pairs * 0.1 ? 'utf-16be' : undefined;
}

async function read(file: Awaited<ReturnType<typeof open>>, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
