import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { program, programEnvironment } from '../support/program.ts';

/** Runs a line of bash in which `latchkey` is the program. */
function bash(line: string, cwd: string): { readonly status: number | null; readonly stdout: string; stderr: string } {
  const env = {
    ...programEnvironment({ LATCHKEY_DATA_DIR: join(cwd, 'data') }),
    NODE: process.execPath,
    PROGRAM: program,
  };
  const lines = `latchkey() { "$NODE" "$PROGRAM" "$@"; }\n${line}`;
  return spawnSync('bash', ['--norc', '-c', lines], { cwd, env, encoding: 'utf8' });
}

describe('a command whose output is not taken', function () {
  this.timeout(120_000);
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-output-'));
    // In a checkout the first command may say that it compiles.
    bash('latchkey --version', folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('says that the disk is full, in one sentence', function () {
    if (!existsSync('/dev/full')) return this.skip();
    const { status, stderr } = bash('latchkey import template > /dev/full', folder);
    expect(stderr).to.match(/^latchkey: standard output cannot be written: ENOSPC: the disk is full[^\n]*\n$/);
    expect(status).to.equal(1);
  });

  it('ends quietly where the reader has seen enough', () => {
    const { stdout, stderr } = bash('latchkey mail preview pages.setPassword | head -c 9', folder);
    expect(stdout).to.match(/^<!doctype/i);
    expect(stderr).to.equal('');
  });

  it('leaves no file where the file cannot be written to its end, and the one of before as it was', () => {
    // One block of 1,024 bytes is all that a file may have; SIGXFSZ would end the process otherwise.
    const line = "trap '' XFSZ; ulimit -f 1; latchkey mail preview invitation --output shown.html";
    const { status, stderr } = bash(line, folder);
    expect(stderr).to.match(/^latchkey: shown\.html cannot be written: EFBIG/);
    expect(status).to.equal(1);
    expect(existsSync(join(folder, 'shown.html'))).to.equal(false);
    expect(existsSync(join(folder, 'shown.html.part'))).to.equal(false);
    writeFileSync(join(folder, 'shown.html'), 'before');
    expect(bash(line, folder).status).to.equal(1);
    expect(readFileSync(join(folder, 'shown.html'), 'utf8')).to.equal('before');
    expect(bash('latchkey mail preview invitation --output shown.html', folder).status).to.equal(0);
    expect(readFileSync(join(folder, 'shown.html'), 'utf8')).to.match(/<\/html>\s*$/);
  });

  it('names the file and the reason where a file of the command line cannot be read or written', () => {
    for (const [line, told] of [
      [
        'latchkey mail preview invitation --output nowhere/x.html',
        /^latchkey: nowhere\/x\.html cannot be written: ENOENT/,
      ],
      [
        'latchkey audit verify --export nowhere.jsonl --key nowhere.txt',
        /^latchkey: nowhere\.txt cannot be used: ENOENT/,
      ],
      ['latchkey scim post Users nowhere.json', /^latchkey: there is no store|^There is no store/],
    ] as const) {
      const { status, stderr } = bash(line, folder);
      expect(stderr, line).to.match(told);
      expect(stderr, line).not.to.match(/^\s+at /m);
      expect(status, line).to.equal(1);
    }
  });

  it('makes no store to read from: a folder that was named wrongly is told', () => {
    const { status, stderr, stdout } = bash('LATCHKEY_DATA_DIR=elsewhere latchkey users list', folder);
    expect(status).to.equal(1);
    expect(stdout).to.equal('');
    expect(stderr).to.match(/^latchkey: there is no store in elsewhere: check LATCHKEY_DATA_DIR/);
    expect(existsSync(join(folder, 'elsewhere'))).to.equal(false);
    const checked = bash('LATCHKEY_DATA_DIR=elsewhere latchkey check', folder);
    expect(checked.stdout).to.match(/there is no store in elsewhere/);
    expect(checked.status).to.equal(2);
    expect(existsSync(join(folder, 'elsewhere'))).to.equal(false);
  });

  it('does not answer for this machine where LATCHKEY_URL names another', () => {
    const far = 'LATCHKEY_URL=http://127.0.0.1:1/scim/v2/ LATCHKEY_TOKEN=a-token-of-thirty-two-characters-or-more';
    for (const [words, told] of [
      ['backup copy.db', /LATCHKEY_URL names http:\/\/127\.0\.0\.1:1: run it there/],
      ['migrate --from sqlite --to mongo', /LATCHKEY_URL names/],
      ['audit verify', /^latchkey: http:\/\/127\.0\.0\.1:1 cannot be reached: ECONNREFUSED/],
      ['audit verify --state state.json', /verifies with its own keys alone/],
      ['audit export', /^latchkey: http:\/\/127\.0\.0\.1:1 cannot be reached: ECONNREFUSED/],
    ] as const) {
      const { status, stderr } = bash(`${far} latchkey ${words}`, folder);
      expect(stderr, words).to.match(told);
      expect(status, words).to.equal(1);
    }
  });
});
