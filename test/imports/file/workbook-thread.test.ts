import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import writeXlsxFile from 'write-excel-file/node';
import { zipWith } from '../../../src/imports/file/cell-addresses.ts';
import type { FileItem } from '../../../src/imports/file/file-item.ts';
import { ImportFileError } from '../../../src/imports/file/import-file-error.ts';
import { unzip } from '../../../src/imports/file/unzip.ts';
import { readWorkbookApart } from '../../../src/imports/file/workbook-thread.ts';

describe('readWorkbookApart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-workbook-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function fileOf(rows: readonly (readonly string[])[], cell?: string): Promise<string> {
    const sheet = rows.map((row) => row.map((value) => ({ value })));
    const archive = await writeXlsxFile(sheet as never).toBuffer();
    const path = join(folder, 'people.xlsx');
    if (cell === undefined) writeFileSync(path, archive);
    else {
      const files = unzip(archive);
      const name = 'xl/worksheets/sheet1.xml';
      const xml =
        files
          .find((file) => file.name === name)
          ?.read()
          .toString() ?? '';
      const end = xml.indexOf('</row>');
      writeFileSync(path, zipWith(files, name, Buffer.from(xml.slice(0, end) + cell + xml.slice(end))));
    }
    return path;
  }
  async function read(path: string, ms?: number): Promise<readonly FileItem[]> {
    const items: FileItem[] = [];
    for await (const item of readWorkbookApart(path, ms)) items.push(item);
    return items;
  }
  const faultOf = (reading: Promise<unknown>): Promise<string> =>
    reading.then(
      () => expect.fail('it was read'),
      (cause: unknown) => {
        expect(cause).to.be.instanceOf(ImportFileError);
        return (cause as ImportFileError).message;
      },
    );

  it('gives every row once and in order, in as many batches as they take', async () => {
    const rows = Array.from({ length: 1_200 }, (_, index) => [`p${index}@h.example`]);
    const [about, ...people] = await read(await fileOf([['userName'], ...rows]));
    expect(about).to.include({ kind: 'about', format: 'xlsx' });
    expect(people.map((item) => ('cells' in item ? item.cells[0] : undefined))).to.deep.equal(
      rows.map(([cell]) => cell),
    );
  });

  it('tells what is wrong with a workbook in its own words', async () => {
    const path = join(folder, 'damaged.xlsx');
    writeFileSync(path, Buffer.alloc(200, 'PK'));
    expect(await faultOf(read(path))).to.match(/damaged/);
  });

  it('refuses a cell that holds more than a cell can, however small the file', async () => {
    const long = 'a'.repeat(20 * 1024 * 1024);
    for (const cell of [`<c r="B1" t="inlineStr"><is><t>${long}</t></is></c>`, `<c r="B1" t="${long}"></c>`]) {
      const path = await fileOf([['userName']], cell);
      const fault = await faultOf(read(path));
      expect(fault).to.match(/32,767 characters/);
    }
  });

  it('gives up what takes too long, and reads the next one', async () => {
    const path = await fileOf([['userName'], ['ana@h.example']]);
    expect(await faultOf(read(path, 1))).to.match(/more time or memory/);
    expect(await read(path)).to.have.length(2);
  });

  it('frees its place when the reader stops early', async () => {
    const path = await fileOf([['userName'], ['ana@h.example']]);
    for (let round = 0; round < 3; round += 1)
      for await (const item of readWorkbookApart(path)) {
        expect(item.kind).to.equal('about');
        break;
      }
    expect(await read(path)).to.have.length(2);
  });
});
