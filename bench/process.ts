import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** A server under measurement: a process of its own. */
export interface Contestant {
  readonly name: string;
  readonly url: string;
  /** Where its SCIM begins: `/scim/v2`. */
  readonly base: string;
  readonly pid: number;
  /** Peak resident memory in MiB so far. */
  peakMemory(): number;
  /** Processor time used so far by all threads, in microseconds. */
  processorTime(): number;
  /** Resolves when it answers again, whatever it still had to work off. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** How to start a contestant. */
export interface Start {
  readonly name: string;
  readonly base: string;
  /** Arguments of node. */
  readonly args: readonly string[];
  /** Beside the process's own; `PORT` is added. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Linux counts processor time in hundredths of a second. */
const tickMicroseconds = 10_000;

/**
 * Starts a server on a free port and waits until `/readyz` answers.
 * @throws Error when it ends before that, or takes longer than a minute
 */
export async function startContestant({ name, base, args, environment = {} }: Start): Promise<Contestant> {
  const port = await freePort();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  const settled = async (): Promise<void> => {
    for (const end = performance.now() + 60_000; performance.now() < end;) {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
      if (
        await fetch(`${url}/readyz`).then(
          (answer) => answer.ok,
          () => false,
        )
      )
        return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${name} does not answer`);
  };
  await settled();
  return {
    name,
    url,
    base,
    settled,
    pid: child.pid ?? 0,
    peakMemory: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    processorTime: () => {
      // The name in parentheses may hold blanks; utime and stime are the 12th and 13th fields after it
      // (proc_pid_stat(5)).
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * tickMicroseconds;
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** A port of 127.0.0.1 that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
      });
  });
}
