import { readFile, stat } from 'node:fs/promises';
import { readSheet } from 'read-excel-file/node';
import { columnName, lacksAddresses, withAddresses, zipWith } from './cell-addresses.ts';
import { cellText, type Cell, type FileItem } from './file-item.ts';
import { ImportFileError } from './import-file-error.ts';
import { unzip, type Zipped } from './unzip.ts';

/** The largest workbook as it is sent, in bytes. */
const mostBytes = 50 * 1024 * 1024;
/** Characters of XML for one text: a cell holds 32,767 (of which each may be written as `&quot;`). */
const mostText = 6 * 32_767 + 1_000;
/** What a workbook knows of each cell beside its value. */
type Read = string | boolean | Date | { readonly number: string } | null;

/**
 * Reads the first sheet of a workbook. Numbers stay as they are written; a date is a date only where its cell says so.
 * @throws ImportFileError for a workbook that is encrypted, damaged, too large or of another kind
 */
export async function* readWorkbook(path: string): AsyncGenerator<FileItem> {
  if ((await stat(path)).size > mostBytes)
    throw new ImportFileError(
      'The workbook is larger than 50 MB. Save the sheet as "CSV UTF-8", which may be of any size.',
    );
  const archive = await readFile(path);
  const files = unzip(archive);
  const sheets = sheetsOf(files);
  const [first] = sheets;
  if (first === undefined)
    throw new ImportFileError(
      'This is an archive, but not an Excel workbook (.xlsx). Save it as .xlsx or as "CSV UTF-8".',
    );
  refuseLongTexts(first.xml);
  refuseLongTexts(textOf(files, 'xl/sharedStrings.xml'));
  const isWhole = !lacksAddresses(first.xml);
  const xml = isWhole ? first.xml : withAddresses(first.xml);
  const errors = errorCells(xml);
  const rows = await rowsOf(isWhole ? archive : zipWith(files, first.path, Buffer.from(xml)));
  const notes =
    sheets.length === 1 ? [] : [`The workbook has ${sheets.length} sheets; only the first, "${first.name}", is read.`];
  let columns: number | undefined;
  for (const [index, row] of rows.entries()) {
    const line = index + 1;
    const cells = row.map((cell, column): Cell => errors.get(`${columnName(column)}${line}`) ?? cellOf(cell));
    if (cells.every((cell) => typeof cell === 'string' && cell.trim() === '')) continue;
    if (columns === undefined) {
      const headings = cells.map((cell) => (typeof cell === 'string' ? cell : ''));
      while (headings.length > 1 && headings.at(-1)?.trim() === '') headings.pop();
      columns = headings.length;
      yield { kind: 'about', format: 'xlsx', headings, notes };
      continue;
    }
    const extra = cells.slice(columns).some((cell) => cell !== '');
    if (extra) {
      const reason = `The row has a value right of the last heading, in column ${columnName(cells.length - 1)}.`;
      yield { kind: 'fault', line, reason, cells: cells.slice(0, columns).map(cellText) };
    } else yield { kind: 'row', line, cells: cells.slice(0, columns) };
  }
  if (columns === undefined)
    throw new ImportFileError('The first sheet is empty: its first row must hold the headings.');
}

/** Why a compound file (the format of old Office, and of encrypted new Office) cannot be read. */
export function compoundFault(start: Buffer): ImportFileError {
  return start.includes(Buffer.from('EncryptedPackage', 'utf16le'))
    || start.includes(Buffer.from('EncryptionInfo', 'utf16le'))
    ? new ImportFileError('The workbook is encrypted with a password. Save it without one, and send it again.')
    : new ImportFileError('This is a workbook of old Excel (.xls). Save it as .xlsx or as "CSV UTF-8".');
}

async function rowsOf(archive: Buffer): Promise<readonly (readonly Read[])[]> {
  try {
    const rows = await readSheet(archive, { trim: false, parseNumber: (number: string) => ({ number }) });
    return rows as unknown as readonly (readonly Read[])[];
  } catch (cause) {
    // What a library stumbles over says nothing to people.
    const told = cause instanceof Error && cause.name === 'Error' ? ` (${cause.message.slice(0, 200)})` : '';
    throw new ImportFileError(
      `The workbook cannot be read${told}. Open it in a spreadsheet program and save it again, or as "CSV UTF-8".`,
    );
  }
}

/** Days and times of a workbook know no zone; the library shows them as if they were UTC. */
function cellOf(read: Read): Cell {
  if (!(read instanceof Date)) return read ?? '';
  if (Number.isNaN(read.getTime())) return { error: 'a date that does not exist' };
  // A time is a fraction of a day there: it is right to the second.
  const date = new Date(Math.round(read.getTime() / 1000) * 1000).toISOString().slice(0, 19);
  return { date: date.endsWith('T00:00:00') ? date.slice(0, 10) : date };
}

/** The sheets in the order of their tabs. */
function sheetsOf(
  files: readonly Zipped[],
): readonly { readonly name: string; readonly path: string; readonly xml: string }[] {
  const text = (name: string): string => textOf(files, name);
  const relations = new Map(
    [...text('xl/_rels/workbook.xml.rels').matchAll(/<Relationship\b[^>]*>/g)].map(([tag]) => [
      attributeOf(tag, 'Id'),
      attributeOf(tag, 'Target').replace(/^\/?(xl\/)?/, 'xl/'),
    ]),
  );
  const tags = [...text('xl/workbook.xml').matchAll(/<(?:\w+:)?sheet\b[^>]*>/g)].map(([tag]) => tag);
  return tags.map((tag, index) => {
    const path = relations.get(attributeOf(tag, 'r:id')) ?? '';
    // Only the first is read.
    return { name: attributeOf(tag, 'name'), path, xml: index === 0 ? text(path) : '' };
  });
}

function textOf(files: readonly Zipped[], name: string): string {
  return (
    files
      .find((file) => file.name === name)
      ?.read()
      .toString('utf8') ?? ''
  );
}

/** @throws ImportFileError for a text between two tags, or a tag, that no cell of Excel can hold */
function refuseLongTexts(xml: string): void {
  for (let at = 0; at < xml.length;) {
    const next = xml.indexOf('<', at);
    const end = next < 0 ? xml.length : next;
    if (end - at > mostText)
      throw new ImportFileError(
        'A cell of the workbook holds more than 32,767 characters, which is more than a cell can hold.',
      );
    at = end + 1;
  }
}

function attributeOf(tag: string, name: string): string {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
}

/**
 * The cells that show an error such as `#N/A`, or hold a formula that no program has worked out, by address: the
 * library reads them as empty.
 */
function errorCells(xml: string): ReadonlyMap<string, { readonly error: string }> {
  const found = new Map<string, { error: string }>();
  for (const [, attributes = '', body = ''] of xml.matchAll(/<(?:\w+:)?c\b([^>]*[^/>]|)>(.*?)<\/(?:\w+:)?c>/gs)) {
    const address = attributeOf(`<c${attributes}>`, 'r');
    if (/<(?:\w+:)?f\b/.test(body) && !/<(?:\w+:)?(?:v|is)>[^<]|<(?:\w+:)?is>/.test(body))
      found.set(address, { error: 'a formula without a value; open the file in a spreadsheet program and save it' });
    if (!/\st="e"/.test(attributes)) continue;
    found.set(address, { error: /<(?:\w+:)?v>([^<]*)</.exec(body)?.[1] ?? '#ERROR!' });
  }
  return found;
}
