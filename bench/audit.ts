// node --import tsx bench/audit.ts [events] [verify]: the audit of the embedded store at a size (default 100,000): how fast
// events are sealed, how long filters take, and what a verification costs, in wall and processor time. The folder stays
// when BENCH_FOLDER names it, and is used again with the events that it has. With `verify` nothing but the verification
// is measured, and the chain is made without the indexes of filters; with `filters` nothing is sealed, and the indexes
// are made at the end.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/base/clock.ts';
import type { DomainEvent } from '../src/domain/events.ts';
import { openAudit } from '../src/store/sqlite/open-audit.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { fillChain } from './audit-rows.ts';
import { verifyStored } from '../src/history/verify/verify-stored.ts';
import type { Condition } from '../src/scim/search/condition.ts';

const size = Number(process.argv[2] ?? 100_000);
const tenant = 'default';
const kept = process.env['BENCH_FOLDER'];
const folder = kept ?? mkdtempSync(join(tmpdir(), 'latchkey-bench-audit-'));
const types = ['user.created', 'user.updated', 'signIn.succeeded', 'group.updated', 'delivery.sent'] as const;

/** What takes how long: wall and processor time, in milliseconds. */
async function timed<Result>(work: () => Promise<Result>): Promise<{ wall: number; cpu: number; result: Result }> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wall: performance.now() - wall, cpu: (user + system) / 1000, result };
}

function eventAt(n: number): DomainEvent {
  const person = n % 5_000;
  return {
    id: `01935e1a-7c1e-7d3a-9c55-${String(n).padStart(12, '0')}`,
    tenant,
    type: types[n % types.length]!,
    at: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    resourceType: 'User',
    resourceId: `person-${person}`,
    version: 1 + Math.floor(n / 5_000),
    triggeredBy: 'scim',
    requestId: `request-${n}`,
    actor: { kind: 'client', id: `client-${n % 7}`, name: `Client ${n % 7}`, credential: 'first' },
    address: '203.0.113.9',
    name: `person${person}@example.com`,
    changes: [
      { path: 'name.familyName', before: `Before ${n}`, after: `After ${n}` },
      { path: 'emails', after: `[{"value":"person${person}@example.com","type":"work","primary":true}]` },
      { path: 'active', before: 'true', after: 'false' },
    ],
    data: {},
  };
}

const eq = (key: string, value: string): Condition => ({
  kind: 'compare',
  operator: 'eq',
  target: key.split('.').map((step) => ({ key: step, multiValued: step === 'changes' })),
  value,
});

const isNew = !existsSync(join(folder, 'latchkey.db'));
let store = await openSqliteStore({ folder, clock: systemClock });
if (process.argv[3] === 'verify') {
  await store.close();
  if (isNew) fillChain(join(folder, 'latchkey.db'), tenant, size, eventAt);
} else if (process.argv[3] === 'filters') {
  await store.close();
  if (isNew) fillChain(join(folder, 'latchkey.db'), tenant, size, eventAt, true);
  store = await openSqliteStore({ folder, clock: systemClock });
  await measure();
} else await measure();

async function measure(): Promise<void> {
  if (isNew && process.argv[3] !== 'filters') {
    let sealing = 0;
    let processor = 0;
    for (let from = 0; from < size; from += 2_000) {
      const batch = Array.from({ length: Math.min(2_000, size - from) }, (_, n) => eventAt(from + n));
      await store.events.append(batch);
      const { wall, cpu } = await timed(async () => {
        while ((await store.events.seal(tenant, 200)) > 0);
      });
      sealing += wall;
      processor += cpu;
    }
    console.log(
      `sealed ${size} events: ${Math.round(size / (sealing / 1000))} a second, ${Math.round((1000 * processor) / size)} µs of processor time each`,
    );
  }
  for (const [name, condition] of [
    ['target.id eq', eq('target.id', 'person-77')],
    ['actor.id eq', eq('actor.id', 'client-3')],
    ['type eq', eq('type', 'signin.succeeded')],
    ['requestId eq', eq('requestid', `request-${Math.floor(size / 2)}`)],
    ['target.id and type', { kind: 'and', conditions: [eq('target.id', 'person-77'), eq('type', 'user.created')] }],
  ] as const) {
    const times: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      const query = { tenant, condition, sort: undefined, limit: 100, page: { offset: 0 } };
      times.push((await timed(() => store.events.query(query))).wall);
    }
    times.sort((one, other) => one - other);
    console.log(`filter ${name}: p50 ${times[10]!.toFixed(1)} ms, p95 ${times[18]!.toFixed(1)} ms`);
  }
  await store.close();
}
const audit = openAudit(folder);
const { wall, cpu, result } = await timed(() =>
  verifyStored(
    { ranges: (...asked) => audit.ranges(...asked), read: async (...asked) => audit.read(...asked) },
    { tenant, base: audit.base(tenant), end: audit.head(tenant).seq },
  ),
);
audit.close();
console.log(
  `verified ${result.entries} events, ${result.integrity}: ${(wall / 1000).toFixed(1)} s, ${(cpu / 1000).toFixed(1)} s of processor time`,
);
if (kept === undefined) rmSync(folder, { recursive: true });
