import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMongoProgram, freePort, startMongoProgram } from './mongo-program.ts';
import type { MongoProgram } from './mongo-program.ts';

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
    return await startShared(await findMongoProgram(options));
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

async function startShared(program: MongoProgram): Promise<MongoServer> {
  const [port, folder] = await Promise.all([freePort(), mkdtemp(join(tmpdir(), 'latchkey-mongo-'))]);
  const child = await startMongoProgram(program, port, folder);
  process.once('exit', () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  await program.begin(port);
  // Beside other tests, the stand-in may take long for a thousand documents.
  return { name: program.name, uri: (database) => `mongodb://127.0.0.1:${port}/${database}?timeoutMS=60000` };
}
