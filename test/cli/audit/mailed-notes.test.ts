import { expect } from 'chai';
import { notesIn } from '../../../src/cli/audit/mailed-notes.ts';

const root = 'RbuWjB5nwOr1OhqWL8LaF8smlu4f3p1VpmYY6k+gvo8=';
const signature = 'mG4BSoaD'.repeat(11) + 'mG4BSg==';
const note = `scim.example/audit/default\n7\n${root}\n\n— scim.example/audit/default ${signature}\n`;
const line = note.trim().split(/\s+/).join(' ');
const quoted = [...Buffer.from(line)]
  .map((byte) => (byte > 126 || byte === 61 ? `=${byte.toString(16).toUpperCase()}` : String.fromCharCode(byte)))
  .join('')
  .replace(/(?:=..|[^=]){70}/g, '$&=\r\n');
const header = (encoding: string) => `Subject: Checkpoint\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;

describe('checkpoints in what was kept', () => {
  for (const [name, text] of [
    ['as the server adds them to a file', `${note}\n`],
    ['on one line of a mail', `Keep this mail. The checkpoint: ${line} Not expected?`],
    ['in a mail that was forwarded', `> ${note.trim().replaceAll('\n', '\n> ')}`],
    ['in a mail whose text is quoted-printable', header('quoted-printable') + quoted],
    ['in a mail whose text is base64', header('base64') + Buffer.from(`The checkpoint: ${line}`).toString('base64')],
  ] as const)
    it(`are found ${name}`, () => {
      expect(notesIn(text)).to.deep.equal([note]);
    });

  it('are none in other text', () => {
    expect(notesIn(`scim.example/audit/default 7 ${root}`)).to.deep.equal([]);
  });
});
