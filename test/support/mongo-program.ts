import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { packageFile } from '../../src/base/package-root.ts';

const SECANTUS = 'SecantusDB==0.7.0b3';
const run = promisify(execFile);

/** A program that serves as a MongoDB server. */
export interface MongoProgram {
  readonly name: string;
  readonly command: string;
  argumentsFor(port: number, folder: string): readonly string[];
  /** To be done once the server of an empty folder answers. */
  begin(port: number): Promise<void>;
}

/** `mongod` from the PATH, else the SecantusDB stand-in, which is installed first where it is missing. */
export async function findMongoProgram({
  standalone = false,
}: {
  readonly standalone?: boolean;
}): Promise<MongoProgram> {
  if (onPath('mongod'))
    return {
      name: 'mongod',
      command: 'mongod',
      argumentsFor: (port, folder) => [
        ...['--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', folder, '--quiet'],
        ...(standalone ? [] : ['--replSet', 'latchkey']),
      ],
      begin: (port) => (standalone ? Promise.resolve() : initiateReplicaSet(`mongodb://127.0.0.1:${port}/admin`)),
    };
  const python = await installSecantus();
  return {
    name: `${SECANTUS} (${python})`,
    command: python,
    argumentsFor: (port, folder) => [
      packageFile('test/support/secantus-launcher.py'),
      ...['--host', '127.0.0.1', '--port', String(port), '--storage-path', folder],
      ...['--cache-size', '256M', '--log-level', 'ERROR', '--enable-test-commands'],
      ...(standalone ? ['--standalone'] : []),
    ],
    begin: () => Promise.resolve(),
  };
}

/** Starts the program and waits until it takes connections. It ends with its standard input, thus with this process. */
export async function startMongoProgram(program: MongoProgram, port: number, folder: string): Promise<ChildProcess> {
  const child = spawn(program.command, program.argumentsFor(port, folder), {
    stdio: ['pipe', 'ignore', 'inherit'],
    cwd: folder,
  });
  try {
    await waitUntil(() => answers(port), child);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return child;
}

function onPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));
}

/** Makes the lone server the primary of a replica set of one, which is what gives it transactions. */
async function initiateReplicaSet(uri: string): Promise<void> {
  const { mongo } = await import('mongoose');
  const client = await new mongo.MongoClient(uri, { directConnection: true }).connect();
  try {
    const host = new URL(uri).host;
    await client.db('admin').command({ replSetInitiate: { _id: 'latchkey', members: [{ _id: 0, host }] } });
    await waitUntil(async () => (await client.db('admin').command({ hello: 1 }))['isWritablePrimary'] === true);
  } finally {
    await client.close();
  }
}

/**
 * @returns the interpreter of an environment that has SecantusDB; the first process that needs it installs it, others
 * wait for that
 */
async function installSecantus(): Promise<string> {
  const cache = packageFile('node_modules/.cache');
  const environment = join(cache, SECANTUS.replace('==', '-').toLowerCase());
  const python = join(environment, 'bin/python3');
  const installed = () => existsSync(join(environment, 'installed'));
  if (installed()) return python;
  await mkdir(cache, { recursive: true });
  const lock = `${environment}.lock`;
  while (!(await takeLock(lock))) await new Promise((resolve) => setTimeout(resolve, 100));
  try {
    if (!installed()) await makeEnvironment(environment, python);
  } finally {
    await rm(lock, { force: true });
  }
  return python;
}

/** @returns false while another process holds the lock; a lock whose process has ended is taken away first */
async function takeLock(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const holder = Number(await readFile(lock, 'utf8').catch(() => '0'));
  if (holder > 0 && !isRunning(holder)) await rm(lock, { force: true });
  return false;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function makeEnvironment(environment: string, python: string): Promise<void> {
  console.error(
    `Installing ${SECANTUS}, the MongoDB stand-in of the tests, under node_modules/.cache (once, about half a minute) …`,
  );
  await rm(environment, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', environment]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', SECANTUS]);
  await mkdir(join(environment, 'installing'));
  await rename(join(environment, 'installing'), join(environment, 'installed'));
}

/** A port of this machine on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}

/**
 * Asks again and again for up to half a minute; gives up at once when the server's process has ended or could not
 * start.
 */
async function waitUntil(ready: () => Promise<boolean>, child?: ChildProcess): Promise<void> {
  const deadline = Date.now() + 30_000;
  let failure: Error | undefined;
  child?.once('error', (error) => (failure = error));
  child?.once('exit', (code, signal) => (failure = new Error(`the server ended with ${code ?? signal}`)));
  while (!(await ready())) {
    if (failure) throw failure;
    if (Date.now() > deadline) throw new Error('the server did not answer within 30 seconds');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
