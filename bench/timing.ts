// Does the time of an answer tell whether there is such a user? Tries known and unknown names in random order, as
// many of each (TRIES, 1,000), a few at once (AT_ONCE, 4), and prints medians, a bootstrap interval of their
// difference and a Mann–Whitney test.   npm run build && node --import tsx bench/timing.ts
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendRaw, type RawAnswer } from '../test/support/journey.ts';
import { startContestant } from './process.ts';

const tries = Number(process.env['TRIES'] ?? 1000);
const atOnce = Number(process.env['AT_ONCE'] ?? 4);
const token = 'timing-token-timing-token-timing-token';
const json = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
const wrong = 'not the password of anybody';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-timing-'));
const server = await startContestant({
  name: 'latchkey',
  base: '/scim/v2',
  args: ['dist/main.js', 'serve'],
  environment: {
    LATCHKEY_DATA_DIR: folder,
    LATCHKEY_TOKEN: token,
    LATCHKEY_TRUST_PROXY: '127.0.0.1',
    LOG_LEVEL: 'error',
  },
});
try {
  const named =
    (kind: 'known' | 'nobody') =>
    (index: number): string =>
      `${kind}-${index}@timing.example`;
  await inTurn(tries, async (index) => {
    const userName = named('known')(index);
    const body = JSON.stringify({
      userName,
      emails: [{ value: userName, primary: true }],
      password: 'an old password of theirs',
    });
    expectStatus(
      await sendRaw('POST', `${server.url}/scim/v2/Users`, { ...json, 'Content-Type': 'application/scim+json' }, body),
      201,
    );
  });
  const forms = new Map(
    await Promise.all(
      ['/sign-in', '/forgot-password'].map(async (path): Promise<[string, string]> => {
        const { text } = await sendRaw('GET', server.url + path, {});
        return [path, / name="form" value="([^"]+)"/.exec(text)?.[1] ?? ''];
      }),
    ),
  );
  // Each try comes from an address of its own, or the limit per address would answer.
  const post = (path: string, fields: Record<string, string>, index: number): Promise<RawAnswer> =>
    sendRaw(
      'POST',
      server.url + path,
      {
        'Content-Type': 'application/x-www-form-urlencoded',
        'X-Forwarded-For': `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
      },
      new URLSearchParams({ form: forms.get(path) ?? '', ...fields }).toString(),
    );

  await compare('POST /forgot-password', 303, (userName, index) => post('/forgot-password', { userName }, index));
  await compare('POST /sign-in', 422, (userName, index) => post('/sign-in', { userName, password: wrong }, index));
  await compare('POST /auth/v1/verify', 200, (userName) =>
    sendRaw('POST', `${server.url}/auth/v1/verify`, json, JSON.stringify({ userName, password: wrong })),
  );

  async function compare(
    title: string,
    status: number,
    send: (userName: string, index: number) => Promise<RawAnswer>,
  ): Promise<void> {
    const order = shuffled(
      Array.from({ length: 2 * tries }, (_, index) => [index < tries ? 'known' : 'nobody', index % tries] as const),
    );
    const times = { known: [] as number[], nobody: [] as number[] };
    await inTurn(order.length, async (place) => {
      const [kind, index] = order[place] ?? ['nobody', 0];
      const begun = performance.now();
      expectStatus(await send(named(kind)(index), place), status);
      times[kind].push(performance.now() - begun);
    });
    const [low, high] = differenceOfMedians(times.known, times.nobody);
    const ms = (value: number): string => value.toFixed(2);
    process.stdout.write(
      `${title.padEnd(24)} known ${ms(median(times.known))} ms, unknown ${ms(median(times.nobody))} ms; `
        + `difference 95 % between ${ms(low)} and ${ms(high)} ms; Mann–Whitney p = ${mannWhitney(times.known, times.nobody).toFixed(3)}\n`,
    );
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Does a task so many times, a few at once. */
async function inTurn(times: number, task: (index: number) => Promise<void>): Promise<void> {
  let begun = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (begun < times) await task(begun++);
    }),
  );
}

function expectStatus({ status, text }: RawAnswer, wanted: number): void {
  if (status !== wanted) throw new Error(`${status} in place of ${wanted}: ${text.slice(0, 500)}`);
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one) => ({ one, at: Math.random() }))
    .sort((left, right) => left.at - right.at)
    .map(({ one }) => one);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The middle 95 % of the differences between the medians of 1,000 resamplings. */
function differenceOfMedians(one: readonly number[], other: readonly number[]): [low: number, high: number] {
  const resampled = (values: readonly number[]): number =>
    median(values.map(() => values[Math.floor(Math.random() * values.length)] ?? 0));
  const differences = Array.from({ length: 1000 }, () => resampled(one) - resampled(other)).sort(
    (left, right) => left - right,
  );
  return [differences[25] ?? Number.NaN, differences[974] ?? Number.NaN];
}

/**
 * The two-sided p of the rank sum, by the normal approximation: the chance of such ranks if both came from one
 * source.
 */
function mannWhitney(one: readonly number[], other: readonly number[]): number {
  const ranked = [
    ...one.map((value) => ({ value, first: true })),
    ...other.map((value) => ({ value, first: false })),
  ].sort((left, right) => left.value - right.value);
  const rankSum = ranked.reduce((sum, { first }, index) => (first ? sum + index + 1 : sum), 0);
  const [n, m] = [one.length, other.length];
  const z = Math.abs(rankSum - (n * (n + m + 1)) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
  return 2 * (1 - normal(z));
}

/** The standard normal distribution (Abramowitz and Stegun 26.2.17). */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const tail = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail;
}
