import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ImportBench } from '../../support/import-bench.ts';
import { tenant } from '../../support/provisioning-bench.ts';

const rows = (count: number): string =>
  ['userName', ...Array.from({ length: count }, (_, row) => `p${row}@h.example`)].join('\n');

describe('files that take long to read', () => {
  let bench: ImportBench;
  let folder = '';
  beforeEach(async () => {
    bench = new ImportBench();
    folder = await mkdtemp(join(tmpdir(), 'latchkey-readings-'));
  });
  afterEach(async () => {
    await bench.stop();
    await rm(folder, { recursive: true });
  });
  const begin = async (content: string) => {
    const path = join(folder, 'people.csv');
    await writeFile(path, content);
    const begun = await bench.imports.begin(tenant, 'hr', { name: 'people.csv', path }, {});
    // Looked at by each test in its own way.
    begun.read.catch(() => undefined);
    return begun;
  };

  it('are there from the first moment on, and planned once they are read', async () => {
    const { id } = await begin(rows(3_000));
    const view = await bench.imports.view(tenant, id);
    expect(view).to.include({ state: 'reading' });
    expect(view.actions).to.deep.equal(['cancel']);
    expect(view.progress).to.include({ phase: 'reading' });
    const planned = await bench.imports.settled(tenant, id, 20_000);
    expect(planned.state).to.equal('planned');
    expect(planned.counts.created).to.equal(3_000);
  });

  it('are cancelled while they are read, and nothing is planned', async () => {
    const { id, read } = await begin(rows(20_000));
    await bench.imports.ask(tenant, id, 'cancel');
    await read;
    const view = await bench.imports.view(tenant, id);
    expect(view).to.include({ state: 'cancelled' });
    expect(view.actions).to.deep.equal([]);
    expect(view.plan).to.equal(undefined);
    await bench.imports.ask(tenant, id, 'cancel').then(
      () => expect.fail('it was cancelled twice'),
      (cause: Error) => expect(cause.message).to.match(/is cancelled/),
    );
  });

  it('tell by themselves what is wrong with them', async () => {
    const { id, read } = await begin(`${rows(5_000)}\n"no end`);
    const fault = await read.then(
      () => undefined,
      (cause: Error) => cause.message,
    );
    expect(fault).to.match(/line 5002/);
    expect(await bench.imports.view(tenant, id)).to.include({ state: 'failed', reason: fault });
  });

  it('have failed where their process is gone', async () => {
    const { id } = await begin(rows(20_000));
    const { state, reason, actions } = await (async () => {
      bench.provisioning.now += 61_000;
      return bench.imports.view(tenant, id);
    })();
    expect({ state, actions }).to.deep.equal({ state: 'failed', actions: [] });
    expect(reason).to.match(/Send it again/);
    expect((await bench.imports.list(tenant, 5))[0]).to.include({ state: 'failed' });
  });

  it('end when the process stops', async () => {
    const { id, read } = await begin(rows(20_000));
    await bench.imports.stop();
    await read.then(
      () => expect.fail('it was read'),
      (cause: Error) => expect(cause.message).to.match(/was stopped/),
    );
    expect(await bench.imports.view(tenant, id)).to.include({ state: 'failed' });
  });
});

describe('two imports of the same people at once', () => {
  it('make each person once, and neither is refused what is there as it says', async () => {
    const bench = new ImportBench();
    try {
      const file = rows(300);
      const plans = [await bench.plan(file), await bench.plan(file)];
      const begun = await Promise.all(plans.map((plan) => bench.run(plan)));
      // One that finds the other's people before it has written any is planned anew, and approved again.
      const ran = await Promise.all(begun.map(async (view) => (view.state === 'planned' ? bench.run(view) : view)));
      expect(ran.map(({ state }) => state)).to.deep.equal(['done', 'done']);
      expect(ran.map(({ counts }) => counts.refused)).to.deep.equal([0, 0]);
      expect(ran.map(({ counts }) => counts.created).reduce((sum, count) => sum + count, 0)).to.equal(300);
      expect(Object.keys(await bench.people())).to.have.length(300);
    } finally {
      await bench.stop();
    }
  });
});
