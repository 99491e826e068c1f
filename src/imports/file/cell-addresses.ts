import { crc32 } from 'node:zlib';
import type { Zipped } from './unzip.ts';

const aTag = /<((?:\w+:)?)(row|c)\b((?:"[^"]*"|[^>"])*?)(\/?)>/g;

/** Whether cells of a sheet go without their address, which OOXML allows (ECMA-376 §18.3.1.4) and readers rely on. */
export function lacksAddresses(xml: string): boolean {
  return /<(?:\w+:)?c\b(?![^>]*\sr=")/.test(xml);
}

/** The sheet with the address of each row and cell: one that has none follows the one before. */
export function withAddresses(xml: string): string {
  let row = 0;
  let column = 0;
  return xml.replaceAll(aTag, (tag, prefix: string, name: string, attributes: string, end: string) => {
    const given = /\sr="([A-Z]*)(\d+)"/.exec(attributes);
    if (name === 'row') {
      column = 0;
      row = given === null ? row + 1 : Number(given[2]);
    } else column = given === null ? column + 1 : numberOf(given[1] ?? '');
    if (given !== null) return tag;
    const address = name === 'row' ? String(row) : `${columnName(column - 1)}${row}`;
    return `<${prefix}${name} r="${address}"${attributes}${end}>`;
  });
}

/** The letters of a column. @param column counted from 0 */
export function columnName(column: number): string {
  const first = Math.floor(column / 26);
  return (first === 0 ? '' : columnName(first - 1)) + String.fromCharCode(65 + (column % 26));
}

function numberOf(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}

/** The archive with another content of one of its files (PKWARE APPNOTE §4.3); nothing is packed. */
export function zipWith(files: readonly Zipped[], name: string, content: Buffer): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const data = file.name === name ? content : file.read();
    const fileName = Buffer.from(file.name);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(0x0800, 2);
    facts.writeUInt32LE(crc32(data), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(data.length, 18);
    facts.writeUInt16LE(fileName.length, 22);
    parts.push(Buffer.from('504b0304', 'hex'), facts, fileName, data);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from('504b01021400', 'hex'), facts, rest, fileName);
    at += 30 + fileName.length + data.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, entries, end]);
}
