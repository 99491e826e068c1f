import { spawn } from 'node:child_process';
import { testToken } from './launch.ts';
import { program, programEnvironment } from './program.ts';

/** What a command wrote and how it ended. */
export interface Commanded {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it answered in JSON. */
  // Answers are looked into by the tests' own expectations.
  readonly json: any;
}

/**
 * Runs `latchkey` in a process of its own, as a script would.
 * @param environment `LATCHKEY_DATA_DIR` or `MONGODB_URI` says where the data is; `LATCHKEY_URL` calls a server far away
 * @param input what it reads from standard input
 */
export async function latchkey(
  environment: Readonly<Record<string, string>>,
  words: readonly string[],
  input = '',
): Promise<Commanded> {
  const child = spawn(process.execPath, [program, ...words], {
    env: programEnvironment({ LATCHKEY_TOKEN: testToken, ...environment }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  let json: unknown;
  try {
    json = JSON.parse(stdout);
  } catch {
    json = undefined;
  }
  return { code, stdout, stderr, json };
}
