import { expect } from 'chai';
import iconv from 'iconv-lite';
import writeXlsxFile from 'write-excel-file/node';
import type { ImportOptions } from '../../../src/imports/batch/import-batch.ts';
import { templateFile } from '../../../src/imports/batch/errors-file.ts';
import { zipWith } from '../../../src/imports/file/cell-addresses.ts';
import { unzip } from '../../../src/imports/file/unzip.ts';
import { ImportBench } from '../../support/import-bench.ts';

/** What must come of a file: the people in it by userName, and the refused lines; or why all of it is refused. */
interface Case {
  readonly name: string;
  readonly file: string | Buffer | (() => Promise<Buffer>);
  readonly options?: Partial<ImportOptions>;
  /** What each person must have, by userName. */
  readonly people?: Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;
  /** What the reason of each refused line must match. */
  readonly refused?: Readonly<Record<number, RegExp>>;
  readonly stops?: RegExp;
  readonly note?: RegExp;
}

const two = { 'ana@h.example': { 'name.givenName': 'Zoë' }, 'bo@h.example': { 'name.givenName': 'Łukasz' } };
const text = 'userName,givenName\nana@h.example,Zoë\nbo@h.example,Łukasz\n';
const one = (row: string, headings = 'userName,givenName') => `${headings}\n${row}\n`;
const day = (value: string) => one(`ana@h.example,${value}`, 'userName,startDate');
const hr = (value: string) => one(`ana@h.example,${value}`, 'userName,employeeNumber');
const zip = Buffer.from('504b0304', 'hex');
const cfb = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(64)]);

/** A workbook whose cells say not where they are. */
async function withoutAddresses(rows: unknown[][]): Promise<Buffer> {
  const archive = await sheet(rows);
  const files = unzip(archive);
  const xml =
    files
      .find(({ name }) => name === 'xl/worksheets/sheet1.xml')
      ?.read()
      .toString() ?? '';
  const bare = xml.replaceAll(/(<(?:row|c)\b[^>]*?) r="[A-Z]*\d+"/g, '$1');
  expect(bare).not.to.equal(xml);
  return zipWith(files, 'xl/worksheets/sheet1.xml', Buffer.from(bare));
}

async function sheet(rows: unknown[][]): Promise<Buffer> {
  return writeXlsxFile(rows as never).toBuffer();
}

/** A workbook whose sheet says that it is small, and is not. */
async function liar(): Promise<Buffer> {
  const rows = Array.from({ length: 3_000 }, () => [{ value: 'x'.repeat(200) }]);
  const archive = await sheet([[{ value: 'userName' }], ...rows]);
  const at = archive.lastIndexOf(Buffer.from('xl/worksheets/sheet1.xml')) - 46;
  archive.writeUInt32LE(10, at + 24);
  return archive;
}

const cases: readonly Case[] = [
  { name: 'UTF-8', file: text, people: two },
  { name: 'UTF-8 with a mark', file: `\ufeff${text}`, people: two },
  { name: 'UTF-16 little-endian with a mark', file: iconv.encode(text, 'utf-16le', { addBOM: true }), people: two },
  { name: 'UTF-16 big-endian with a mark', file: iconv.encode(text, 'utf-16be', { addBOM: true }), people: two },
  { name: 'UTF-16 little-endian without a mark', file: iconv.encode(text, 'utf-16le'), people: two },
  { name: 'UTF-16 big-endian without a mark', file: iconv.encode(text, 'utf-16be'), people: two },
  {
    name: 'windows-1252, with the characters from 0x80 to 0x9f',
    file: iconv.encode(one('ana@h.example,Zoë “€” Žižek', 'userName,displayName'), 'windows-1252'),
    people: { 'ana@h.example': { displayName: 'Zoë “€” Žižek' } },
    note: /windows-1252/,
  },
  {
    name: 'neither UTF-8 nor windows-1252',
    file: Buffer.from('userName\nana\x81@h.example\n', 'latin1'),
    stops: /line 2.*neither/,
  },
  { name: 'semicolons', file: text.replaceAll(',', ';'), people: two },
  { name: 'tabs', file: text.replaceAll(',', '\t'), people: two },
  { name: 'pipes', file: text.replaceAll(',', '|'), people: two },
  { name: 'the line sep=; of Excel', file: `sep=;\n${text.replaceAll(',', ';')}`, people: two },
  { name: 'line ends of Windows', file: text.replaceAll('\n', '\r\n'), people: two },
  { name: 'line ends of old Macs', file: text.replaceAll('\n', '\r'), people: two },
  { name: 'mixed line ends', file: 'userName,givenName\r\nana@h.example,Zoë\nbo@h.example,Łukasz\r', people: two },
  { name: 'no line end at the end', file: text.trimEnd(), people: two },
  {
    name: 'empty lines, and lines of delimiters',
    file: 'userName,givenName\n\n,\n   \nana@h.example,Zoë\n',
    people: { 'ana@h.example': {} },
  },
  {
    name: 'quotes round everything',
    file: '"userName","givenName"\n"ana@h.example","Zoë"\n',
    people: { 'ana@h.example': { 'name.givenName': 'Zoë' } },
  },
  {
    name: 'a delimiter and a quote in quotes',
    file: 'userName,displayName\nana@h.example,"Okoro, ""Ana"""\n',
    people: { 'ana@h.example': { displayName: 'Okoro, "Ana"' } },
  },
  {
    name: 'a quote in the middle of a value',
    file: one('ana@h.example,Ana 12" Okoro', 'userName,displayName'),
    people: { 'ana@h.example': { displayName: 'Ana 12" Okoro' } },
  },
  {
    name: 'text after the closing quote',
    file: 'userName,displayName\nana@h.example,"Ana" Okoro\nbo@h.example,Bo\n',
    people: { 'bo@h.example': {} },
    refused: { 2: /closing quote/ },
  },
  {
    name: 'a quote that is never closed',
    file: 'userName,displayName\nana@h.example,Ana\nbo@h.example,"Bo\ncy@h.example,Cy\n',
    stops: /line 3.*not closed/,
  },
  {
    name: 'a quote that swallows a line',
    file: 'userName,displayName\nana@h.example,"Ana\nbo@h.example,Bo"\ncy@h.example,Cy\n',
    people: { 'cy@h.example': {} },
    refused: { 2: /several lines/ },
  },
  {
    name: 'a cell too many',
    file: 'userName,displayName\nana@h.example,Okoro, Ana\nbo@h.example,Bo\n',
    people: { 'bo@h.example': {} },
    refused: { 2: /3 cells/ },
  },
  {
    name: 'a cell too few',
    file: 'userName,displayName\nana@h.example\nbo@h.example,Bo\n',
    people: { 'bo@h.example': {} },
    refused: { 2: /1 cells/ },
  },
  {
    name: 'delimiters after the last heading',
    file: 'userName,givenName,,\nana@h.example,Zoë,,\n',
    people: { 'ana@h.example': {} },
  },
  { name: 'nothing at all', file: '', stops: /empty/ },
  { name: 'blanks alone', file: '\n\n  \n', stops: /empty/ },
  { name: 'headings alone', file: 'userName,givenName\n', people: {} },
  {
    name: 'a heading that is nearly right',
    file: one('ana@h.example,x', 'userName,givenname'),
    stops: /"givenname" is not known. Did you mean "givenName"/,
  },
  {
    name: 'a heading that is misspelt',
    file: one('ana@h.example,x', 'userName,departmnt'),
    stops: /Did you mean "department"/,
  },
  {
    name: 'a heading of another system',
    file: one('ana@h.example,x', 'userName,Last Name'),
    stops: /Did you mean "familyName"/,
  },
  { name: 'a heading with a blank', file: one('ana@h.example,x', 'userName,title '), stops: /Did you mean "title"/ },
  { name: 'a heading twice', file: one('ana@h.example,a,b', 'userName,title,title'), stops: /columns 2 .* and 3/ },
  { name: 'no heading of who it is', file: one('Ana', 'givenName'), stops: /userName/ },
  { name: 'a password', file: one('ana@h.example,secret', 'userName,password'), stops: /"password" is not known/ },
  {
    name: 'a mapping',
    file: one('ana@h.example,E1,x', 'Login,Pers.-Nr.,Note'),
    options: { mapping: { Login: 'userName', 'Pers.-Nr.': 'externalId', Note: null } },
    people: { 'ana@h.example': { externalId: 'E1' } },
  },
  {
    name: 'a mapping of a heading that is not there',
    file: text,
    options: { mapping: { Login: 'userName' } },
    stops: /"Login", which the file does not have/,
  },
  {
    name: 'an attribute by its path',
    file: one('ana@h.example,CC7', 'userName,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter'),
    people: { 'ana@h.example': {} },
  },
  { name: 'a zero byte', file: one('ana@h.example,Zo\u0000e'), refused: { 2: /U\+0000/ } },
  { name: 'a character that was lost before', file: one('ana@h.example,Zo\ufffd'), refused: { 2: /lost/ } },
  { name: 'a formula', file: one('ana@h.example,=HYPERLINK("x")'), refused: { 2: /formula/ } },
  {
    name: 'a blank before the userName',
    file: one(' ana@h.example,Ana'),
    refused: { 2: /userName: there is a blank/ },
  },
  { name: 'a zero-width character in the userName', file: one('ana\u200b@h.example,Ana'), refused: { 2: /U\+200B/ } },
  { name: 'a hard blank in the userName', file: one('ana\u00a0x@h.example,Ana'), refused: { 2: /not a plain one/ } },
  { name: 'accents as characters of their own', file: one('zoe\u0308@h.example,Ana'), refused: { 2: /accents/ } },
  {
    name: 'mail addresses that are none',
    file: 'userName,email\na@h.example,nobody\nb@h.example,b@\nc@h.example,c@h\nd@h.example,d..d@h.example\ne@h.example,e@h.example;f@h.example\nf@h.example, f@h.example\n',
    refused: { 2: /email/, 3: /email/, 4: /email/, 5: /email/, 6: /email/, 7: /blank/ },
  },
  {
    name: 'a userName twice in other letters',
    file: 'userName,givenName\nANA@h.example,A\nbo@h.example,B\nana@h.example,A\n',
    people: { 'bo@h.example': {} },
    refused: { 2: /line 2 and on line 4/, 4: /line 2 and on line 4/ },
  },
  {
    name: 'an externalId twice',
    file: one('a@h.example,E1\nb@h.example,E1', 'userName,externalId'),
    refused: { 2: /externalId.*line 2 and on line 3/, 3: /line 2 and on line 3/ },
  },
  {
    name: 'a row that names nobody',
    file: one(',Ana\nbo@h.example,Bo'),
    people: { 'bo@h.example': {} },
    refused: { 2: /neither userName nor externalId/ },
  },
  { name: 'a day as it should be', file: day('2031-06-01'), people: { 'ana@h.example': {} } },
  { name: 'a day that could be two', file: day('05/06/2031'), refused: { 2: /2031-06-05 or 2031-05-06/ } },
  {
    name: 'a day that could be two, explained',
    file: day('05/06/2031'),
    options: { dates: 'dmy' },
    people: { 'ana@h.example': {} },
  },
  { name: 'a day of Excel as a number', file: day('47970'), refused: { 2: /number and not a date/ } },
  { name: 'a day that does not exist', file: day('2031-02-30'), refused: { 2: /not a day that exists/ } },
  { name: 'a day in words', file: day('1st of June'), refused: { 2: /not a date/ } },
  { name: 'a number that was rounded', file: hr('1.23E+05'), refused: { 2: /rounded by a spreadsheet/ } },
  { name: 'leading zeros', file: hr('000123'), people: { 'ana@h.example': {} } },
  {
    name: 'a flag in other words',
    file: one('ana@h.example,maybe', 'userName,active'),
    refused: { 2: /neither true nor false/ },
  },
  {
    name: 'a zone that does not exist',
    file: one('ana@h.example,Europe/Atlantis', 'userName,timezone'),
    refused: { 2: /time zone/ },
  },
  {
    name: 'a manager who is nowhere',
    file: one('ana@h.example,E9', 'userName,manager'),
    refused: { 2: /no person here or in the file/ },
  },
  {
    name: 'a group that is not there',
    file: one('ana@h.example,Crw', 'userName,groups'),
    refused: { 2: /no group "Crw"/ },
  },
  {
    name: 'an empty name among groups',
    file: one('ana@h.example,Crew||Night', 'userName,groups'),
    refused: { 2: /empty/ },
  },
  {
    name: 'JSON Lines with a broken line',
    file: '{"userName":"ana@h.example","active":false}\n{"userName":\n{"userName":"bo@h.example"}\n',
    people: { 'ana@h.example': { active: false }, 'bo@h.example': {} },
    refused: { 2: /not valid JSON/ },
  },
  {
    name: 'JSON Lines with an unknown name',
    file: '{"userName":"ana@h.example","Emial":"x"}\n',
    stops: /line 1.*Emial/,
  },
  {
    name: 'SCIM Users as JSON Lines',
    file: '{"schemas":[],"userName":"ana@h.example","name":{"givenName":"Zoë"},"emails":[{"value":"a@h.example"}]}\n{"schemas":[],"userName":"bo@h.example","password":"x"}\n',
    people: { 'ana@h.example': { 'name.givenName': 'Zoë' } },
    refused: { 2: /no passwords/ },
  },
  {
    name: 'a list of JSON',
    file: '[\n {"userName":"ana@h.example"},\n {"userName":"bo@h.example"}\n]',
    people: { 'ana@h.example': {}, 'bo@h.example': {} },
  },
  {
    name: 'the template, as it is handed out',
    file: async () => {
      let content = '';
      for await (const piece of templateFile().chunks) content += piece;
      return Buffer.from(content);
    },
    people: { 'ines@harbour.example': { 'name.givenName': 'Ines', 'phoneNumbers[0].value': '+49 30 1234567' } },
  },
  {
    name: 'a phone number with the mark of the template, and one with two',
    file: "userName,phone\nana@h.example,'+49 30 1234567\nbo@h.example,''+49 30 1234567\n",
    people: { 'ana@h.example': { 'phoneNumbers[0].value': '+49 30 1234567' } },
    refused: { 3: /phone: it is not a phone number/ },
  },
  {
    name: 'an answer of SCIM that lists users',
    file: JSON.stringify({ totalResults: 1, Resources: [{ userName: 'ana@h.example' }] }),
    refused: { 1: /an answer of SCIM that lists resources\. Send the list alone/ },
  },
  { name: 'a picture', file: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), stops: /This is a picture\./ },
  { name: 'a packed file', file: Buffer.from('1f8b0800', 'hex'), stops: /This is a packed file\./ },
  {
    name: 'a page',
    file: '\ufeff<!DOCTYPE html><table><tr><td>userName</td></tr></table>',
    stops: /This is HTML or XML\./,
  },
  { name: 'a workbook as XML', file: '<?xml version="1.0"?><Workbook/>', stops: /This is HTML or XML\./ },
  {
    name: 'a heading that begins like HTML and is none',
    file: '<Login>,userName\nx,ana@h.example\n',
    stops: /The heading "<Login>" is not known/,
  },
  {
    name: 'a SCIM Bulk file with other operations than POST /Users',
    file: JSON.stringify({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        { method: 'POST', path: '/Users', bulkId: 'a', data: { userName: 'ana@h.example' } },
        { method: 'PUT', path: '/Users/1', data: { userName: 'bo@h.example' } },
        { method: 'PATCH', path: '/Users/1', data: { Operations: [] } },
        { method: 'DELETE', path: '/Users/1' },
        { method: 'POST', path: '/Groups', bulkId: 'g', data: { displayName: 'Crew' } },
      ],
    }),
    people: { 'ana@h.example': {} },
    refused: {
      2: /takes POST \/Users alone, not PUT \/Users\/1/,
      3: /not PATCH \/Users\/1/,
      4: /not DELETE \/Users\/1/,
      5: /not POST \/Groups/,
    },
  },
  {
    name: 'a SCIM Bulk file',
    file: JSON.stringify(
      {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations: [
          { method: 'POST', path: '/Users', bulkId: 'a', data: { schemas: [], userName: 'ana@h.example' } },
          { method: 'DELETE', path: '/Users/7' },
        ],
      },
      null,
      1,
    ),
    people: { 'ana@h.example': {} },
    refused: { 15: /POST \/Users alone/ },
  },
  {
    name: 'errors of spreadsheets, in the words of any language',
    file: 'userName,externalId\n#N/A,E1\nana@h.example,#REF!\nbo@h.example,#BEZUG!\ncy@h.example,#¿NOMBRE?\ndi@h.example,#7\n',
    people: { 'di@h.example': { externalId: '#7' } },
    refused: { 2: /error \(#N\/A\)/, 3: /#REF!/, 4: /#BEZUG!/, 5: /#¿NOMBRE\?/ },
  },
  {
    name: 'characters that nobody sees and that are no format characters',
    file: one(
      ['\u115f', '\u3164', '\uffa0', '\u2800', '\ufe0f', '\uffff', '\u034f']
        .map((hidden, n) => `ana${n}${hidden}@h.example,Ana`)
        .join('\n'),
    ),
    refused: Object.fromEntries([2, 3, 4, 5, 6, 7, 8].map((line) => [line, /invisible/])),
  },
  {
    name: 'a name with what joins its letters, and one with nothing in it to be seen',
    file: one(
      'ana@h.example,\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\nbo@h.example,\u3164\ncy@h.example,Cy\u200b',
    ),
    people: { 'ana@h.example': { 'name.givenName': '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645' } },
    refused: { 3: /givenName: it holds the invisible character U\+3164/, 4: /U\+200B/ },
  },
  {
    name: 'addresses that no server takes',
    file: `userName,email\na@h.example,${'x'.repeat(65)}@h.example\nb@h.example,b@127.0.0.1\nc@h.example,c@h.123\n`,
    refused: { 2: /email/, 3: /email/, 4: /email/ },
  },
  {
    name: 'phone numbers without a country',
    file: 'userName,phone\na@h.example,030 1234567\nb@h.example,+49 30 1234567\n',
    people: { 'b@h.example': {} },
    refused: { 2: /country code/ },
  },
  {
    name: 'a manager who is the person themselves',
    file: one('ana@h.example,E1,E1', 'userName,externalId,manager'),
    refused: { 2: /the person themselves/ },
  },
  {
    name: 'days that nobody means',
    file: day('0000-01-01\nbo@h.example,1899-12-30'),
    refused: { 2: /1950/, 3: /1950/ },
  },
  {
    name: 'a day that can be read in one order alone, as it is written',
    file: day('31.12.2031'),
    refused: { 2: /"31\.12\.2031" is read as 2031-12-31 only where its order is said/ },
  },
  {
    name: 'an address by another path to it',
    file: one(
      'ana@h.example,nobody',
      'userName,urn:ietf:params:scim:schemas:extension:latchkey:2.0:User:notificationEmail',
    ),
    refused: { 2: /not a mail address/ },
  },
  {
    name: 'the values of SCIM Users, looked at as those of tables',
    file: [
      {
        userName: 'a@h.example',
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { employeeNumber: '1.23E+05' },
      },
      {
        userName: 'b@h.example',
        'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User': { notificationEmail: 'nobody' },
      },
      { userName: 'c@h.example', name: { givenName: '#REF!' } },
      { userName: 'd@h.example', emails: [{ value: 'nobody' }] },
    ]
      .map((user) => JSON.stringify({ schemas: [], ...user }))
      .join('\n'),
    refused: {
      1: /User:employeeNumber: .*rounded/,
      2: /User:notificationEmail: it is not a mail address/,
      3: /name\.givenName: the cell holds an error/,
      4: /emails\[0\]\.value: it is not a mail address/,
    },
  },
  {
    name: 'JSON with a name twice, also deep within and in other letters',
    file: [
      '{"userName":"a@h.example","userName":"b@h.example"}',
      '{"schemas":[],"userName":"c@h.example","name":{"givenName":"C","given\\u004eame":"D"}}',
      '{"schemas":[],"userName":"d@h.example","emails":[{"value":"a@h.example"},{"value":"b@h.example"}],"title":"\\"x\\":1"}',
    ].join('\n'),
    people: { 'd@h.example': { title: '"x":1' } },
    refused: { 1: /userName: the name is there twice/, 2: /givenName: the name is there twice/ },
  },
  {
    name: 'a column without a heading',
    file: one('ana@h.example,x,Ana', 'userName,,givenName'),
    stops: /Column 2 has no heading/,
  },
  {
    name: 'a row without an end',
    file: one(`ana@h.example,${'x'.repeat(200_000)}`),
    stops: /line 2.*longer than 100000 characters/,
  },
  { name: 'UTF-32', file: Buffer.concat([Buffer.from('fffe0000', 'hex'), Buffer.from('u\0\0\0')]), stops: /UTF-32/ },
  {
    name: 'a workbook with formulas that no program has worked out, beside empty cells',
    file: () =>
      sheet([
        [{ value: 'userName' }, { value: 'title' }, { value: 'startDate' }],
        [{ value: 'ana@h.example' }, null, { value: '=TODAY()', type: 'Formula' }],
        [{ value: 'bo@h.example' }, { value: 'Mate' }, null],
      ]),
    people: { 'bo@h.example': {} },
    refused: { 2: /startDate: the cell holds an error \(a formula without a value/ },
  },
  {
    name: 'an archive that unpacks to more than it says',
    file: () => liar(),
    stops: /damaged|cannot be read|too large/,
  },
  { name: 'a list that does not end', file: '[{"userName":"ana@h.example"},\n', stops: /does not end/ },
  {
    name: 'an encrypted workbook',
    file: Buffer.concat([cfb, Buffer.from('EncryptedPackage', 'utf16le')]),
    stops: /encrypted/,
  },
  { name: 'a workbook of old Excel', file: cfb, stops: /old Excel/ },
  { name: 'a damaged workbook', file: Buffer.concat([zip, Buffer.alloc(100)]), stops: /damaged/ },
  { name: 'a PDF', file: '%PDF-1.7 \n', stops: /PDF/ },
  {
    name: 'a workbook',
    file: () =>
      sheet(
        [
          ['userName', 'employeeNumber', 'startDate'],
          ['ana@h.example', 123, new Date('2031-06-01T00:00:00Z')],
        ].map((row) =>
          row.map((value) => (value instanceof Date ? { value, type: Date, format: 'yyyy-mm-dd' } : { value })),
        ),
      ),
    people: { 'ana@h.example': {} },
  },
  {
    name: 'a workbook with a rounded number, and a number for a date',
    file: () =>
      sheet([
        [{ value: 'userName' }, { value: 'employeeNumber' }, { value: 'startDate' }],
        [{ value: 'ana@h.example' }, { value: 1.23e20 }, null],
        [{ value: 'bo@h.example' }, null, { value: 47970 }],
      ]),
    refused: { 2: /rounded/, 3: /number and not a date/ },
  },
  {
    name: 'a workbook whose cells have no address',
    file: () =>
      withoutAddresses([
        [{ value: 'userName' }, { value: 'employeeNumber' }, { value: 'title' }],
        [{ value: 'ana@h.example' }, { value: '0017' }, { value: 'Mate' }],
        [{ value: 'bo@h.example' }, { value: 1.23e20 }, { value: 'Cook' }],
      ]),
    people: { 'ana@h.example': { title: 'Mate' } },
    refused: { 3: /rounded/ },
  },
  {
    name: 'a workbook with a time of day in a date',
    file: () =>
      sheet([
        [{ value: 'userName' }, { value: 'startDate' }],
        [{ value: 'ana@h.example' }, { value: new Date('2031-06-01T09:30:00Z'), type: Date, format: 'yyyy-mm-dd' }],
        [{ value: 'bo@h.example' }, { value: new Date('2031-06-01T00:00:00Z'), type: Date, format: 'yyyy-mm-dd' }],
      ]),
    people: { 'bo@h.example': {} },
    refused: { 2: /2031-06-01 and a time of day \(09:30:00\)/ },
  },
  {
    name: 'a list of people on one line',
    file: '[{"userName":"ana@h.example"},{"userName":"bo@h.example"},{"userName":"no mail","email":"x"},{"userName":"cy@h.example"}]',
    people: { 'ana@h.example': {}, 'bo@h.example': {}, 'cy@h.example': {} },
    refused: { 3: /userName|email/ },
    note: /"line 3" means the third/,
  },
  {
    name: 'a Bulk request with two operations on one line, further down',
    file: `{"Operations":[
      {"method":"POST","path":"/Users","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana@h.example"}},
      {"method":"POST","path":"/Users","data":{"userName":"bo@h.example"}}, {"method":"DELETE","path":"/Users/7"},
      {"method":"POST","path":"/Users","data":{"userName":"cy@h.example"}}]}`,
    people: { 'ana@h.example': {}, 'bo@h.example': {}, 'cy@h.example': {} },
    refused: { 3: /POST \/Users alone, not DELETE/ },
    note: /"line 3" means the third/,
  },
  {
    name: 'numbers of JSON where texts are expected',
    file: [
      '{"userName":5}',
      '{"userName":"ana@h.example","employeeNumber":17}',
      '{"userName":"bo@h.example","phone":49301234567}',
      '{"userName":"cy@h.example","active":1}',
    ].join('\n'),
    people: { 'cy@h.example': {} },
    refused: {
      1: /userName: 5 is a number here.*"5"/,
      2: /employeeNumber: 17 is a number/,
      3: /phone: 49301234567 is a number/,
    },
  },
  {
    name: 'managers in a circle, and one who leads into it',
    file:
      'userName,externalId,manager\n'
      + 'ana@h.example,A,B\nbo@h.example,B,C\ncy@h.example,C,A\ndi@h.example,D,A\ned@h.example,E,D\n',
    people: { 'di@h.example': {}, 'ed@h.example': {} },
    refused: { 2: /lead in a circle/, 3: /circle/, 4: /circle/ },
  },
];

describe('files of people, nasty ones', () => {
  for (const { name, file, options = {}, people, refused = {}, stops, note } of cases) {
    it(name, async () => {
      const bench = new ImportBench();
      try {
        const content = typeof file === 'function' ? await file() : file;
        const planned = await bench.plan(content, options).catch((cause: Error) => cause);
        if (stops !== undefined || planned instanceof Error) {
          expect(planned, 'it was planned').to.be.instanceOf(Error);
          expect((planned as Error).message).to.match(stops ?? /^$/);
          expect(await bench.people()).to.deep.equal({});
          return;
        }
        const errors = await bench.errorsOf(planned);
        expect(
          errors.map(({ line }) => line).sort((a, b) => a - b),
          JSON.stringify(errors),
        ).to.deep.equal(Object.keys(refused).map(Number));
        for (const { line, reason } of errors) expect(reason).to.match(refused[line] ?? /^$/);
        expect(planned.counts.refused).to.equal(errors.length);
        if (note !== undefined) expect(planned.notes.join()).to.match(note);
        if (planned.counts.created > 0) expect((await bench.run(planned)).state).to.equal('done');
        const made = await bench.people();
        expect(Object.keys(made).sort()).to.deep.equal(Object.keys(people ?? {}).sort());
        for (const [userName, wanted] of Object.entries(people ?? {}))
          for (const [path, value] of Object.entries(wanted))
            expect(made[userName]).to.have.nested.property(path, value);
        expect(bench.errors).to.deep.equal([]);
      } finally {
        await bench.stop();
      }
    });
  }
});
