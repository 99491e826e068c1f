import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMongoProgram, freePort, startMongoProgram } from './mongo-program.ts';

/** A MongoDB server of a test's own, that may be stopped, killed and started again on its data. */
export interface OwnMongoServer {
  uri(database: string): string;
  /** Stops the process: it keeps its connections, and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and data. */
  restart(): Promise<void>;
  /** Kills it and removes its data. */
  remove(): Promise<void>;
}

/** Starts a server on a free port. @returns undefined, said loudly, where there is no program for it */
export async function startOwnMongoServer(): Promise<OwnMongoServer | undefined> {
  const program = await findMongoProgram({}).catch((error: unknown) => {
    if (process.env['CI'] === 'true') throw error;
    console.error(`*** MONGODB IS NOT TESTED: no server could be started. ${String(error)}`);
    return undefined;
  });
  if (program === undefined) return undefined;
  const [port, folder] = await Promise.all([freePort(), mkdtemp(join(tmpdir(), 'latchkey-own-mongo-'))]);
  const clear = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  let child: ChildProcess = await startMongoProgram(program, port, folder);
  const atExit = () => {
    child.kill('SIGKILL');
    clear();
  };
  process.once('exit', atExit);
  await program.begin(port);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    uri: (database) => `mongodb://127.0.0.1:${port}/${database}`,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill,
    restart: async () => {
      await kill();
      child = await startMongoProgram(program, port, folder);
    },
    remove: async () => {
      process.off('exit', atExit);
      await kill();
      clear();
    },
  };
}
