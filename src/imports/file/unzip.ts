import { inflateRawSync } from 'node:zlib';
import { ImportFileError } from './import-file-error.ts';

/** The largest workbook, unpacked: what is larger is better saved as CSV, which is read in constant memory. */
const mostBytes = 300 * 1024 * 1024;

/** One file of an archive. */
export interface Zipped {
  readonly name: string;
  readonly size: number;
  read(): Buffer;
}

/**
 * The files of a ZIP archive by its central directory (PKWARE APPNOTE §4.3.12).
 * @throws ImportFileError for an archive that is damaged, or too large unpacked
 */
export function unzip(archive: Buffer): readonly Zipped[] {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 22 > archive.length) throw damaged();
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  const files: Zipped[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== 0x02014b50) throw damaged();
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const start = archive.readUInt32LE(at + 42);
    const [method, packed, size] = [
      archive.readUInt16LE(at + 10),
      archive.readUInt32LE(at + 20),
      archive.readUInt32LE(at + 24),
    ];
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    files.push({ name, size, read: () => contentOf(archive, { start, method, packed, size }) });
    at += 46 + nameLength + extraLength + noteLength;
  }
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > mostBytes)
    throw new ImportFileError('The workbook is too large to be read at once. Save the sheet as "CSV UTF-8".');
  return files;
}

function contentOf(
  archive: Buffer,
  { start, method, packed, size }: { start: number; method: number; packed: number; size: number },
): Buffer {
  if (start + 30 > archive.length) throw damaged();
  const from = start + 30 + archive.readUInt16LE(start + 26) + archive.readUInt16LE(start + 28);
  const bytes = archive.subarray(from, from + packed);
  try {
    return method === 0 ? bytes : inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw damaged();
  }
}

function damaged(): ImportFileError {
  return new ImportFileError('The workbook is damaged. Open it, save it again, and send it again.');
}
