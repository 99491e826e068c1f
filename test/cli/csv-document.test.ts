import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { program, programEnvironment } from '../support/program.ts';
import { createProgram } from '../../src/cli/program.ts';
import { headings } from '../../src/imports/file/headings.ts';
import { packageFile } from '../../src/base/package-root.ts';

const text = readFileSync(packageFile('docs/csv.md'), 'utf8');

/** The code blocks below comments such as `file: people.csv` or `run`, in their order. */
function blocks(): readonly { readonly mark: string; readonly code: string }[] {
  return [...text.matchAll(/<!-- (.+?) -->\n```\w+\n([^]*?)```/g)].map(([, mark = '', code = '']) => ({ mark, code }));
}

describe('docs/csv.md', function () {
  this.timeout(300_000);

  it('has every heading, as it is read', () => {
    for (const { name, about, example } of headings) {
      const row = `| \`${name}\` | ${about.replaceAll('|', '\\|')} | \`${example.replaceAll('|', '\\|')}\` |`;
      expect(text).to.include(row);
    }
  });

  it('names only commands and options that there are', () => {
    const command = createProgram().commands.find((one) => one.name() === 'import');
    const words = [...text.matchAll(/latchkey\.js import ([a-z]+)(?= BATCH)/g)].map(([, word]) => word);
    expect(new Set(words)).to.deep.equal(new Set(['errors', 'resume', 'undo']));
    for (const word of words) expect(command?.commands.map((one) => one.name())).to.include(word);
    for (const [option] of text.matchAll(/(?<=[`\s])--[a-z-]+/g))
      if (option !== '--data-binary' && option !== '--help')
        expect(command?.options.map(({ long }) => long)).to.include(option);
  });

  it('works as it stands when it is pasted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-docs-'));
    const latchkey = (line: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const env = programEnvironment({ LATCHKEY_DATA_DIR: join(folder, 'data') });
        const args = [program, ...line.split(' ').slice(2)];
        execFile(process.execPath, args, { cwd: folder, env }, (cause, out, err) =>
          cause === null ? resolve(out) : reject(new Error(`${line}: ${err}`)),
        );
      });
    try {
      const answers: string[] = [];
      for (const { mark, code } of blocks()) {
        if (mark.startsWith('file: ')) writeFileSync(join(folder, mark.slice('file: '.length)), code);
        else for (const line of code.trim().split('\n')) answers.push(await latchkey(line));
      }
      const counts = answers
        .filter((answer) => answer.startsWith('{'))
        .map((answer) => JSON.parse(answer) as Record<string, unknown>)
        .map(({ state, created, unchanged, refused }) => [state, created, unchanged, refused]);
      expect(counts).to.deep.equal([
        ['planned', 2, 0, 0],
        ['done', 2, 0, 0],
        ['planned', 0, 2, 0],
        ['planned', 1, 0, 0],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
