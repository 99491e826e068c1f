import { isJsonObject, type Json } from '../../base/json.ts';
import { decodeText } from './decode-text.ts';
import { duplicateName } from '../../base/duplicate-name.ts';
import type { FileFault, FileItem, ObjectRow } from './file-item.ts';
import { splitLines, splitList, type JsonPiece } from './split-json.ts';
import type { FoundEncoding } from './detect-encoding.ts';

/**
 * Reads people from JSON: one object a line, a list of objects, or a SCIM Bulk request whose operations are
 * `POST /Users` (RFC 7644 §3.7).
 * @param layout as `jsonLayout` finds it
 * @throws ImportFileError with the line
 */
export async function* readJson(
  path: string,
  { encoding, note }: FoundEncoding,
  layout: 'lines' | 'list',
  onBytes?: (count: number) => void,
): AsyncGenerator<FileItem> {
  const isList = layout === 'list';
  const isOneALine = !isList || (await hasOneALine(splitList(decodeText(path, encoding))));
  const text = decodeText(path, encoding, onBytes);
  const pieces = isList ? splitList(text) : splitLines(text);
  const notes = [
    ...(note === undefined ? [] : [note]),
    ...(isOneALine ? [] : ['Several people are on one line of the file, so "line 3" means the third of them.']),
  ];
  let count = 0;
  let first = true;
  for await (const piece of pieces) {
    if (piece.text.trim() === '') continue;
    count += 1;
    const item = itemOf(isOneALine ? piece : { ...piece, line: count });
    if (first) {
      const isBulk = item.kind === 'object' && item.bulk === true;
      yield { kind: 'about', format: isBulk ? 'bulk' : 'jsonl', encoding, headings: [], notes };
      first = false;
    }
    yield item;
  }
  if (first) yield { kind: 'about', format: 'jsonl', encoding, headings: [], notes: ['The file holds no people.'] };
}

/** Whether each element begins on a line of its own: a line then tells one person from the next. */
async function hasOneALine(pieces: AsyncIterable<JsonPiece>): Promise<boolean> {
  let before = 0;
  for await (const { line } of pieces) {
    if (line === before) return false;
    before = line;
  }
  return true;
}

/** Whether a file whose first character is `{` or `[` holds an object on each line. */
export function jsonLayout(start: string): 'lines' | 'list' {
  const [first = ''] = start.trimStart().split('\n', 1);
  if (!first.startsWith('{')) return 'list';
  const parsed = parsedOf(first);
  // The sample may end within the first line: then it is as long as a line of people can be.
  if (parsed === undefined)
    return first.length === start.trimStart().length && !/"operations"/i.test(first) ? 'lines' : 'list';
  return isJsonObject(parsed) && Object.keys(parsed).some((name) => name.toLowerCase() === 'operations')
    ? 'list'
    : 'lines';
}

function itemOf({ line, text }: JsonPiece): FileFault | (ObjectRow & { readonly bulk?: boolean }) {
  const fault = (reason: string): FileFault => ({ kind: 'fault', line, reason, cells: [text.slice(0, 10_000)] });
  const value = parsedOf(text);
  if (value === undefined) return fault('This is not valid JSON.');
  if (!isJsonObject(value)) return fault('A JSON object is expected: a person.');
  const twice = duplicateName(text);
  if (twice !== undefined) return fault(`${twice.slice(0, 100)}: the name is there twice. Keep the right one.`);
  if (Array.isArray(value['Resources']))
    return fault('This is an answer of SCIM that lists resources. Send the list alone that is its "Resources".');
  const { method, path, data } = value;
  if (typeof method !== 'string' || path === undefined) return { kind: 'object', line, object: value };
  if (
    method.toUpperCase() !== 'POST'
    || typeof path !== 'string'
    || !/^\/?users\/?$/i.test(path)
    || !isJsonObject(data)
  ) {
    return fault(
      `An import takes POST /Users alone, not ${method.slice(0, 20)} `
        + `${typeof path === 'string' ? path.slice(0, 100) : ''}. `
        + 'Send other operations to /scim/v2/Bulk.',
    );
  }
  return { kind: 'object', line, object: data, bulk: true };
}

function parsedOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
