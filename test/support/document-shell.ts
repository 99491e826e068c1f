import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { createProgram } from '../../src/cli/program.ts';

/** What a block of commands wrote, and how it ended. */
export interface ShellAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Programs that tests cannot have: each checks what it was asked for as far as that can be seen here. */
const standIns: Readonly<Record<string, string>> = {
  npm: 'case "$1" in ci|start|test|prune) ;; run) grep -q "\\"$2\\":" package.json;; *) exit 1;; esac',
  docker: '[ "$1" = compose ] && [ -f compose.yaml ] && [ -s .env ]',
  kubectl: 'case "$*" in *"-f "*) [ -f "${*##*-f }" ];; create\\ secret*) ;; *) exit 1;; esac',
  sudo: 'exec env "$@"',
  systemctl: 'case "$1" in daemon-reload|enable) ;; *) exit 1;; esac',
  journalctl: '[ "$1" = -u ] && [ "$2" = latchkey ]',
  // A database in the address and --oplog exclude each other.
  mongodump: 'case "$*" in *--oplog*) case "$2" in mongodb://*/[a-z]*) exit 1;; esac;; esac; [ "$1" = --uri ]',
  mongorestore: '[ "$1" = --uri ]',
};

/** The program beside it, run by the test's own process: starting one for each command takes half a second. */
const program = `
const { connect } = require('node:net');
const socket = connect(process.env.DOCUMENT_SHELL);
const isOurs = ([name]) => /^(LATCHKEY_|SMTP_|MAIL_|MONGODB_)/.test(name) && !/^LATCHKEY_(URL|TOKEN)$/.test(name);
const environment = Object.fromEntries(Object.entries(process.env).filter(isOurs));
socket.end(JSON.stringify({ args: process.argv.slice(2), folder: process.cwd(), environment }));
let text = '';
socket.on('data', (part) => (text += part));
socket.on('end', () => {
  const { code, stdout, stderr } = JSON.parse(text);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code;
});
`;

/** A folder that looks like a checkout, in which the commands of documents are run by bash as they are written. */
export class DocumentShell {
  readonly folder = mkdtempSync(join(tmpdir(), 'latchkey-documents-'));
  readonly #environment: Readonly<Record<string, string>>;
  readonly #server: Server;

  /** @param environment of the commands; what begins with LATCHKEY_ is the program's too */
  constructor(environment: Readonly<Record<string, string>>) {
    const at = (...names: string[]): string => join(this.folder, ...names);
    for (const name of ['bin', 'shims', 'backup', 'etc/systemd/system']) mkdirSync(at(name), { recursive: true });
    for (const name of ['package.json', 'compose.yaml', '.env.example'])
      copyFileSync(join(packageRoot, name), at(name));
    cpSync(join(packageRoot, 'deploy'), at('deploy'), { recursive: true });
    // The stand-in is CommonJS, whatever the checkout says of itself.
    writeFileSync(at('bin', 'package.json'), '{}');
    writeFileSync(at('bin', 'latchkey.js'), program);
    for (const [name, script] of Object.entries(standIns)) {
      writeFileSync(at('shims', name), `#!/bin/sh\n${script}\n`);
      chmodSync(at('shims', name), 0o755);
    }
    this.#environment = {
      PATH: `${at('shims')}:${process.env['PATH'] ?? ''}`,
      HOME: this.folder,
      DOCUMENT_SHELL: at('shell.sock'),
      ...environment,
    };
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      let text = '';
      socket.on('data', (part) => (text += part.toString()));
      socket.on('end', () => {
        void command(JSON.parse(text) as Parameters<typeof command>[0]).then((answer) =>
          socket.end(JSON.stringify(answer)),
        );
      });
    }).listen(at('shell.sock'));
  }

  /** Runs lines of a document; they end with the first that fails. @param input what they read */
  run(lines: string, input = ''): Promise<ShellAnswer> {
    const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', lines], {
      cwd: this.folder,
      env: this.#environment,
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr })));
  }

  /** Puts a file in the folder. */
  write(name: string, content: string): void {
    writeFileSync(join(this.folder, name), content);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function command({
  args,
  folder,
  environment,
}: {
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<ShellAnswer> {
  const before = {
    env: { ...process.env },
    folder: process.cwd(),
    out: process.stdout.write.bind(process.stdout),
    err: process.stderr.write.bind(process.stderr),
  };
  let [stdout, stderr] = ['', ''];
  process.stdout.write = (text: string | Uint8Array) => {
    stdout += typeof text === 'string' ? text : Buffer.from(text).toString();
    return true;
  };
  process.stderr.write = (text: string | Uint8Array) => {
    stderr += typeof text === 'string' ? text : Buffer.from(text).toString();
    return true;
  };
  try {
    process.chdir(folder);
    process.exitCode = 0;
    for (const name of ['LATCHKEY_URL', 'LATCHKEY_TOKEN']) delete process.env[name];
    Object.assign(process.env, environment);
    const made = createProgram();
    const all = [made, ...made.commands, ...made.commands.flatMap((one) => one.commands)];
    for (const one of all) one.exitOverride();
    await made.parseAsync(args, { from: 'user' });
    return { code: Number(process.exitCode ?? 0), stdout, stderr };
  } catch (cause) {
    const code = cause instanceof Error && 'exitCode' in cause ? Number(cause.exitCode) : 1;
    return { code, stdout, stderr: stderr || String(cause) };
  } finally {
    process.stdout.write = before.out;
    process.stderr.write = before.err;
    process.chdir(before.folder);
    process.exitCode = undefined;
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before.env);
  }
}
