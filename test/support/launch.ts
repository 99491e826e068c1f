import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { CapturedMail } from '../../src/notify/mail/mailbox.ts';
import { program, programEnvironment } from './program.ts';

/** The token of every Latchkey that tests start. */
export const testToken = 'a-token-that-only-tests-ever-use-0123456789';

/** A Latchkey of its own process, driven from outside like any other server. */
export interface Launched {
  readonly url: string;
  /** Everything the process has written so far. */
  readonly output: () => string;
  /** One SCIM call below `/scim/v2`; the body of the answer is parsed where it has one. */
  scim(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ScimAnswer>;
  /** The captured mails, newest first. */
  mails(): Promise<readonly CapturedMail[]>;
  /** Stops the process: it keeps its connections, and answers nothing until it is thawed. */
  freeze(): void;
  thaw(): void;
  /** Ends the process and answers its exit code (null after SIGKILL). */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** What came back. */
export interface ScimAnswer {
  readonly status: number;
  readonly headers: Headers;
  // Answers are looked into by the tests' own expectations.
  readonly body: any;
}

/**
 * Starts Latchkey in a process of its own on a free port and waits until it is ready.
 * @param environment beside the defaults; `LATCHKEY_DATA_DIR` or `MONGODB_URI` says where it keeps things
 */
export async function launch(environment: Record<string, string>): Promise<Launched> {
  const child = spawn(process.execPath, [program, 'serve'], {
    env: programEnvironment({ PORT: '0', LATCHKEY_TOKEN: testToken, LOG_LEVEL: 'info', ...environment }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let code: number | null | undefined;
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (exitCode) => {
      code = exitCode;
      resolve(exitCode);
    });
  });
  let url: string | undefined;
  for (let tries = 0; url === undefined; tries += 1) {
    if (code !== undefined || tries > 2400)
      throw new Error(`Latchkey did not get ready (exit code ${code}):\n${output}`);
    await pause(25);
    const found = /"url":"(http:\/\/[^"]+)"/.exec(output)?.[1];
    if (
      found !== undefined
      && (await fetch(`${found}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ))
    )
      url = found;
  }
  const base = url;
  return {
    url: base,
    output: () => output,
    scim: async (method, path, body, headers = {}) => {
      const answer = await fetch(`${base}/scim/v2${path}`, {
        method,
        headers: {
          authorization: `Bearer ${testToken}`,
          ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
    },
    mails: async () => (await (await fetch(`${base}/dev/mailbox.json`)).json()) as CapturedMail[],
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/**
 * Asks again and again until there is an answer.
 * @param what for the message of the failure
 */
export async function eventually<T>(
  what: string,
  attempt: () => Promise<T | undefined | false>,
  seconds = 10,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const found = await attempt();
    if (found !== undefined && found !== false) return found;
    await pause(20);
  }
  throw new Error(`${what} did not happen within ${seconds} seconds`);
}

/** The link that makes the console's first owner: the start prints it a moment after it has begun to serve. */
export function ownerLink(served: Pick<Launched, 'output'>): Promise<string> {
  return eventually(
    'the link of the first owner',
    async () => /(http\S+\/console\/start\?token=\S+)\s/.exec(served.output())?.[1],
  );
}
