import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { TENANT } from '../../contract/fixtures.ts';

const EXTENSION = extname(import.meta.url);
const WRITER = fileURLToPath(new URL(`./crash-writer${EXTENSION}`, import.meta.url));
const EXEC_ARGV = EXTENSION === '.ts' ? ['--import', 'tsx'] : [];

describe('SQLite store: kill -9', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-crash-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  /** Has a process write until so many commits are acknowledged, and kills it there. */
  async function writeAndKill(round: number, acknowledgements: number): Promise<readonly string[]> {
    const acknowledged: string[] = [];
    const writer = fork(WRITER, [folder, `r${round}`], { execArgv: EXEC_ARGV });
    writer.on('message', (id: string) => {
      acknowledged.push(id);
      if (acknowledged.length === acknowledgements) writer.kill('SIGKILL');
    });
    await once(writer, 'close');
    return acknowledged;
  }

  it('keeps every acknowledged commit, whole, and no part of any other', async function () {
    this.timeout(60_000);
    const acknowledged: string[] = [];
    for (const [round, count] of [1, 40, 333].entries()) acknowledged.push(...(await writeAndKill(round, count)));
    expect(acknowledged.length).to.be.at.least(374);

    const store = await openSqliteStore({ folder, clock: systemClock });
    try {
      const events = new Set((await store.outbox.pendingEvents(1_000_000)).map(({ id }) => id));
      const page = await store.resources.query({
        tenant: TENANT,
        type: 'User',
        condition: undefined,
        sort: undefined,
        limit: 1_000_000,
        page: { offset: 0 },
      });
      const stored = page.records.map(({ id }) => id);
      expect(stored).to.include.members(acknowledged);
      expect(page.total).to.equal(stored.length);
      expect([...events].sort()).to.deep.equal(stored.flatMap((id) => [`${id}-a`, `${id}-b`]).sort());
      for (const id of stored)
        expect((await store.resources.findByKey(TENANT, 'User', `username:${id}`))?.id).to.equal(id);
    } finally {
      await store.close();
    }
  });

  it('gives the folder up with the process that had it, and not before', async function () {
    this.timeout(30_000);
    const writer = fork(WRITER, [folder, 'r'], { execArgv: EXEC_ARGV });
    await once(writer, 'message');
    const refusal = await openSqliteStore({ folder, clock: systemClock }).catch((error: unknown) => error);
    writer.kill('SIGKILL');
    await once(writer, 'close');
    expect(refusal).to.be.an('error').with.property('name', 'StoreUnavailableError');
    expect(String(refusal)).to.include('in use by another Latchkey process');
    await (await openSqliteStore({ folder, clock: systemClock })).close();
  });
});
