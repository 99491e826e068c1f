// Fairness between tenants of a running Latchkey on the embedded store: each calls at its own rate, then one calls much
// more often; says what was refused, and how the others' slowest hundredth moved:
// node --import tsx bench/tenants.ts [tenants] [calls a second each] [seconds] [calls a second of the loud one]
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { launch, testToken } from '../test/support/launch.ts';

const [tenants = 40, rate = 25, seconds = 600, loudRate = 250] = process.argv.slice(2).map(Number);
const peopleEach = 20;
/** One call in so many is a write: a person's title is changed. */
const writeEvery = 10;

/** A tenant with its token and the ids of its people. */
interface Caller {
  readonly id: string;
  readonly token: string;
  readonly people: readonly string[];
}

/** What came of the calls of a phase. */
interface Seen {
  readonly statuses: Map<string, number>;
  readonly ms: number[];
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-tenants-'));
const server = await launch({ LATCHKEY_DATA_DIR: folder });
const agent = new Agent({ keepAlive: true, maxSockets: 400 });

async function post(
  path: string,
  token: string,
  body: object,
): Promise<{ readonly id: string; readonly token: string }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { readonly id: string; readonly token: string };
}

async function makeTenant(number: number): Promise<Caller> {
  const id = `t${number}`;
  const { token } = await post('/admin/v1/tenants', testToken, { id, name: id });
  const people: string[] = [];
  for (let one = 0; one < peopleEach; one += 1) {
    const user = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: `person-${one}` };
    people.push((await post(`/t/${id}/scim/v2/Users`, token, user)).id);
  }
  return { id, token, people };
}

function call({ id, token, people }: Caller, number: number, seen: Seen): Promise<void> {
  const person = people[number % people.length] ?? '';
  const isWrite = number % writeEvery === 0;
  const began = performance.now();
  return new Promise((resolve) => {
    const end = (outcome: string): void => {
      seen.statuses.set(outcome, (seen.statuses.get(outcome) ?? 0) + 1);
      seen.ms.push(performance.now() - began);
      resolve();
    };
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
    const sent = request(
      `${server.url}/t/${id}/scim/v2/Users/${person}`,
      { method: isWrite ? 'PATCH' : 'GET', agent, headers },
      (answer) => answer.resume().once('end', () => end(String(answer.statusCode))),
    );
    sent.once('error', () => end('no answer'));
    const Operations = [{ op: 'replace', path: 'title', value: `title ${number}` }];
    sent.end(
      isWrite ? JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }) : undefined,
    );
  });
}

/** Calls at a steady rate, whether or not earlier calls were answered. */
async function callSteadily(caller: Caller, aSecond: number, until: number, seen: Seen): Promise<void> {
  const open: Promise<void>[] = [];
  const began = performance.now() + Math.random() * 1000;
  for (let number = 0; ; number += 1) {
    const due = began + (number * 1000) / aSecond;
    if (due > until) break;
    await pause(Math.max(0, due - performance.now()));
    open.push(call(caller, number, seen));
  }
  await Promise.all(open);
}

async function phase(callers: readonly Caller[], loud: Caller | undefined): Promise<{ quiet: Seen; loud: Seen }> {
  const [quiet, ofLoud]: Seen[] = [
    { statuses: new Map(), ms: [] },
    { statuses: new Map(), ms: [] },
  ];
  const until = performance.now() + seconds * 1000;
  await Promise.all([
    ...callers.map((caller) => callSteadily(caller, rate, until, quiet!)),
    ...(loud === undefined ? [] : [callSteadily(loud, loudRate, until, ofLoud!)]),
  ]);
  return { quiet: quiet!, loud: ofLoud! };
}

function shown({ statuses, ms }: Seen): object {
  const sorted = ms.toSorted((one, other) => one - other);
  const at = (share: number): number => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
  return { statuses: Object.fromEntries(statuses), p50: at(0.5), p99: at(0.99) };
}

try {
  const callers: Caller[] = [];
  for (let number = 0; number < tenants; number += 1) callers.push(await makeTenant(number));
  const loud = await makeTenant(tenants);
  const alone = await phase(callers, undefined);
  const beside = await phase(callers, loud);
  const seen = { alone: shown(alone.quiet), beside: shown(beside.quiet), loud: shown(beside.loud) };
  process.stdout.write(`${JSON.stringify(seen, null, 2)}\n`);
} finally {
  await server.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
