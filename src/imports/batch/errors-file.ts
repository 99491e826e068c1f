import { asText } from '../file/formula-mark.ts';
import { isJsonObject, type Json } from '../../base/json.ts';
import { ownHeadings } from '../file/columns.ts';
import { headings } from '../file/headings.ts';
import type { ImportBatch, Refusal } from './import-batch.ts';

/** A file to be downloaded, in pieces. */
export interface FileToGo {
  readonly name: string;
  readonly type: string;
  readonly chunks: AsyncIterable<string>;
}

/**
 * The refused rows of an import, each with its line and the reason, in the form of the file they come from: mended, it
 * is imported as it is.
 */
export function errorsFile(batch: ImportBatch, refusals: AsyncIterable<Refusal>): FileToGo {
  const isTable = (batch.file?.headings.length ?? 0) > 0;
  const base = batch.name.replace(/\.[^.]*$/, '').replaceAll(/[^\w.-]+/g, '-') || 'import';
  return isTable
    ? { name: `${base}-errors.csv`, type: 'text/csv; charset=utf-8', chunks: csvOf(batch, refusals) }
    : { name: `${base}-errors.jsonl`, type: 'application/jsonl; charset=utf-8', chunks: linesOf(refusals) };
}

/** A file with every heading and one made-up person, to begin with. */
export function templateFile(): FileToGo {
  const lines = [headings.map(({ name }) => name), templateRow()].map(csvLine).join('');
  return { name: 'people.csv', type: 'text/csv; charset=utf-8', chunks: one(`\ufeff${lines}`) };
}

/** A person who can be imported on their own: no other person must exist before. */
function templateRow(): readonly string[] {
  return headings.map(({ kind, example }) => (kind === 'manager' || kind === 'groups' ? '' : example));
}

async function* csvOf(batch: ImportBatch, refusals: AsyncIterable<Refusal>): AsyncGenerator<string> {
  const columns = batch.file?.headings ?? [];
  const kept = columns.flatMap((name, index) => (ownHeadings.includes(name) ? [] : [index]));
  yield `\ufeff${csvLine([...ownHeadings, ...kept.map((index) => columns[index] ?? '')])}`;
  for await (const { line, reason, cells } of refusals) {
    // What has too many cells keeps them all: people see what is wrong.
    const more = cells.slice(columns.length);
    yield csvLine([String(line), reason, ...kept.map((index) => cells[index] ?? ''), ...more]);
  }
}

async function* linesOf(refusals: AsyncIterable<Refusal>): AsyncGenerator<string> {
  for await (const { line, reason, cells } of refusals) {
    const object = parsed(cells[0] ?? '');
    const row = isJsonObject(object) ? object : { '#text': cells[0] ?? '' };
    yield `${JSON.stringify({ '#line': line, '#reason': reason, ...row, ...again(line, reason) })}\n`;
  }
}

/** A row that was in an errors file before has the newer reason. */
function again(line: number, reason: string): Record<string, Json> {
  return { '#line': line, '#reason': reason };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A cell that a spreadsheet would run as a formula is shown as text; importing the file takes the mark off again. */
function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => quoted(asText(cell))).join(',')}\r\n`;
}

function quoted(cell: string): string {
  return /[",\r\n;\t|]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}
