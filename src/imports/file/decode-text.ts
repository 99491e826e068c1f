import { createReadStream } from 'node:fs';
import type { Encoding } from './detect-encoding.ts';

/**
 * A file's text in pieces, without its byte order mark. By iconv-lite: `TextDecoder('windows-1252')` of Node 20 turns
 * 0x80 to 0x9F into control characters (nodejs/node#56542). What cannot be decoded becomes U+FFFD, which rows refuse.
 * @param onBytes told of each piece that is read, in bytes
 */
export async function* decodeText(
  path: string,
  encoding: Encoding,
  onBytes?: (count: number) => void,
): AsyncGenerator<string> {
  // Large, and needed with a file alone.
  const { default: iconv } = await import('iconv-lite');
  const decoder = iconv.getDecoder(encoding, { stripBOM: true });
  for await (const bytes of createReadStream(path, { highWaterMark: 64 * 1024 })) {
    onBytes?.((bytes as Buffer).length);
    const text = decoder.write(bytes as Buffer);
    if (text !== '') yield text;
  }
  const rest = decoder.end();
  if (rest !== undefined && rest !== '') yield rest;
}
