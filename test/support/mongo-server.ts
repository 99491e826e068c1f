import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { packageFile } from '../../src/base/package-root.ts';

const SECANTUS = 'SecantusDB==0.7.0b3';
const run = promisify(execFile);

/** A MongoDB server to test against. Where this process started it, it ends with this process and its data go. */
export interface MongoServer {
  /** What it is: `TEST_MONGODB_URI`, `mongod` or the stand-in's name and version. */
  readonly name: string;
  /** A connection string for a database of that name on the server. */
  uri(database: string): string;
}

/** How to start the server, where there is a choice: a standalone takes no transactions, and is the caller's own. */
export interface MongoServerOptions {
  readonly standalone?: boolean;
}

let shared: Promise<MongoServer | undefined> | undefined;

/**
 * Finds or starts a MongoDB server: the one in `TEST_MONGODB_URI`, else `mongod` from the PATH, else the SecantusDB
 * stand-in, which is installed once under `node_modules/.cache`. But for standalones it is one for all, so each suite
 * has a database of its own.
 * @returns undefined, said loudly, where none of these is possible
 * @throws Error instead of that where `CI` is `true`
 */
export async function startMongoServer(options: MongoServerOptions = {}): Promise<MongoServer | undefined> {
  return options.standalone ? findServer(options) : (shared ??= findServer(options));
}

async function findServer(options: MongoServerOptions): Promise<MongoServer | undefined> {
  const given = process.env['TEST_MONGODB_URI'];
  if (given && !options.standalone) {
    return { name: 'TEST_MONGODB_URI', uri: (database) => withDatabase(given, database) };
  }
  try {
    return onPath('mongod') ? await startMongod(options) : await startSecantus(options);
  } catch (cause) {
    if (process.env['CI'] === 'true')
      throw new Error('No MongoDB server for the tests, and CI=true forbids going without', { cause });
    console.error(`\n*** MONGODB IS NOT TESTED: no server could be started. ${String(cause)}`);
    console.error(`*** Set TEST_MONGODB_URI, or put mongod or python3 on the PATH.\n`);
    return undefined;
  }
}

/** Not by `URL`, which takes no list of hosts. */
function withDatabase(uri: string, database: string): string {
  return uri.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${database}`);
}

function onPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));
}

async function startMongod(options: MongoServerOptions): Promise<MongoServer> {
  const server = await start('mongod', (port, folder) => [
    '--port',
    String(port),
    '--bind_ip',
    '127.0.0.1',
    '--dbpath',
    folder,
    '--quiet',
    ...(options.standalone ? [] : ['--replSet', 'latchkey']),
  ]);
  if (!options.standalone) await initiateReplicaSet(server.uri('admin'));
  return server;
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

async function startSecantus(options: MongoServerOptions): Promise<MongoServer> {
  const python = await installSecantus();
  return start(
    `${SECANTUS} (${python})`,
    (port, folder) => [
      packageFile('test/support/secantus-launcher.py'),
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--storage-path',
      folder,
      '--cache-size',
      '256M',
      '--log-level',
      'ERROR',
      '--enable-test-commands',
      ...(options.standalone ? ['--standalone'] : []),
    ],
    python,
  );
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

async function start(
  name: string,
  argumentsFor: (port: number, folder: string) => string[],
  command = name,
): Promise<MongoServer> {
  const [port, folder] = await Promise.all([freePort(), mkdtemp(join(tmpdir(), 'latchkey-mongo-'))]);
  const child = spawn(command, argumentsFor(port, folder), { stdio: ['pipe', 'ignore', 'inherit'], cwd: folder });
  process.once('exit', () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  await waitUntil(() => answers(port), child);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  // Beside other tests, the stand-in may take long for a thousand documents.
  return { name, uri: (database) => `mongodb://127.0.0.1:${port}/${database}?timeoutMS=60000` };
}

async function freePort(): Promise<number> {
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
