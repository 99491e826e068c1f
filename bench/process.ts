import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A server under measurement: a process of its own. */
export interface Contestant {
  readonly name: string;
  readonly url: string;
  /** Peak resident memory in MiB so far. */
  peakMemory(): number;
  stop(): Promise<void>;
}

/**
 * Starts a server and waits for the line that names its URL.
 * @param args of node
 * @param environment beside the process's own
 */
export async function startContestant(name: string, args: readonly string[], environment: Record<string, string> = {}): Promise<Contestant> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await urlOf(name, child);
  for (let tries = 0; tries < 100 && !(await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false)); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    name,
    url,
    peakMemory: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: () => new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    }),
  };
}

function urlOf(name: string, child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
      if (found !== null) resolve(found[0]);
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it was ready:\n${output}`)));
  });
}
