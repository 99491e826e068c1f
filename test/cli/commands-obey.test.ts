import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Command } from 'commander';
import { examples } from '../../src/cli/examples.ts';
import { createProgram } from '../../src/cli/program.ts';
import { ApiDocument } from '../../src/operations/api-document.ts';
import type { Json } from '../../src/base/json.ts';

/** Words of a command line as a shell splits it, up to where its output goes elsewhere. */
function wordsOf(line: string): string[] {
  return [...(line.split(' > ')[0] ?? '').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
}

/** The command that words lead to. */
function commandAt(program: Command, words: readonly string[]): Command {
  const next = program.commands.find((one) => one.name() === words[0]);
  return next === undefined ? program : commandAt(next, words.slice(1));
}

function leavesOf(command: Command, path: readonly string[] = []): string[] {
  const own = command.commands.length === 0 ? [path.join(' ')] : [];
  return [...own, ...command.commands.flatMap((one) => leavesOf(one, [...path, one.name()]))];
}

/** One answer in which every command finds what it looks for. */
const answer: Record<string, Json> = {
  id: 'B1',
  name: 'people.csv',
  state: 'done',
  counts: { created: 1, changed: 0, unchanged: 0, refused: 0, deactivated: 0 },
  actions: [],
  questions: [],
  people: [],
  missing: [],
  notes: [],
  refusals: [],
  token: 'lk_x',
  entries: 0,
  Resources: [{ id: '01a22f11-4df6-71b1-ad73-a5a7ac8fcf45', userName: 'ines@example.com' }],
  totalResults: 1,
  clients: ['okta', 'hr'].map((name) => ({ id: name, name, scopes: ['admin'] })),
  credentials: [{ id: 'CREDENTIAL', kind: 'token' }],
  administrators: [{ id: 'A1', email: 'ana@example.com' }],
  settings: { productName: 'Harbour', onboarding: { expiryMinutes: { emailLink: 1440 } } },
};

describe('the commands of latchkey', () => {
  const document = new ApiDocument();
  const faults: string[] = [];
  let calls: string[] = [];
  let server: Server;
  let folder = '';
  const before_ = { ...process.env };

  before(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://latchkey.example');
        const called = `${request.method ?? ''} ${pathname}`;
        calls.push(called);
        if (pathname.startsWith('/admin/v1/')) {
          const operation = document.operations.find(
            ({ method, path }) =>
              method === request.method?.toLowerCase()
              && new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', String.raw`\.`)}$`).test(pathname),
          );
          try {
            if (operation === undefined) throw new Error('there is no such operation');
            operation.readQuery(searchParams);
            const isFile = request.headers['content-type'] === 'application/octet-stream';
            if (!isFile) operation.readBody(text === '' ? undefined : (JSON.parse(text) as Json));
          } catch (cause) {
            faults.push(`${called}: ${String(cause)}`);
          }
        }
        response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    folder = mkdtempSync(join(tmpdir(), 'latchkey-examples-'));
    for (const name of ['ines.json', 'patch.json', 'settings.json', 'changes.json'])
      writeFileSync(join(folder, name), '{"productName":"Harbour"}');
    writeFileSync(join(folder, 'people.csv'), 'userName\nines@example.com\n');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('have an example each, of a command and options that exist', () => {
    const program = createProgram();
    const lines = examples.map(([line]) => line);
    const without = leavesOf(program).filter((path) => !lines.some((line) => `${line} `.startsWith(`${path} `)));
    expect(without).to.deep.equal([]);
    const unknown = lines.filter((line) => {
      const words = wordsOf(line);
      const command = commandAt(program, words);
      const options = command.options.map(({ long }) => long);
      return command === program || words.some((word) => word.startsWith('--') && !options.includes(word));
    });
    expect(unknown).to.deep.equal([]);
  });

  const elsewhere =
    /^(serve|worker|check|config|backup|mail|preview|migrate|completion|import template|audit verify --)/;
  for (const [line] of examples.filter(([one]) => !elsewhere.test(one)))
    it(`make calls that the API takes: ${line}`, async () => {
      calls = [];
      faults.length = 0;
      const { port } = server.address() as AddressInfo;
      const [out, err] = [process.stdout.write.bind(process.stdout), process.stderr.write.bind(process.stderr)];
      const home = process.cwd();
      let told = '';
      process.stdout.write = () => true;
      process.stderr.write = (text: string | Uint8Array) => {
        told += String(text);
        return true;
      };
      try {
        process.chdir(folder);
        Object.assign(process.env, { LATCHKEY_URL: `http://127.0.0.1:${port}`, LATCHKEY_TOKEN: 'x'.repeat(40) });
        process.exitCode = 0;
        await createProgram().parseAsync(wordsOf(line), { from: 'user' });
      } finally {
        process.stdout.write = out;
        process.stderr.write = err;
        process.chdir(home);
        process.exitCode = undefined;
        for (const name of ['LATCHKEY_URL', 'LATCHKEY_TOKEN']) {
          if (before_[name] === undefined) delete process.env[name];
          else process.env[name] = before_[name];
        }
      }
      expect(told).not.to.match(/^latchkey:/m);
      expect(faults).to.deep.equal([]);
      expect(calls, 'calls made').not.to.deep.equal([]);
    });

  it('leave a file where one was asked for, and no draft of it', () => {
    const made = readdirSync(folder).filter((name) => /\.jsonl|\.part$/.test(name));
    expect(made.sort()).to.deep.equal(['audit.jsonl', 'everything.jsonl', 'ines.jsonl']);
  });
});
