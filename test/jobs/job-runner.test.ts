import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { JobRunner, type JobHandler } from '../../src/jobs/job-runner.ts';
import { NoteJobs } from '../../src/jobs/note-jobs.ts';
import { ManualTime } from '../support/manual-time.ts';
import { MemoryLeases, MemoryNotes } from '../support/memory-notes.ts';

const tenant = 'harbour';
const quiet = { warn: () => undefined, error: () => undefined };

async function until(isSo: () => boolean | Promise<boolean>, time: ManualTime): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await isSo()) return;
    void time.advance(1_000);
    await turn();
  }
  throw new Error('it did not happen');
}

function bench(handler: JobHandler) {
  const time = new ManualTime();
  const jobs = new NoteJobs({ notes: new MemoryNotes(), leases: new MemoryLeases(), clock: time, owner: 'one' });
  const runner = new JobRunner({ jobs, handlers: { count: handler }, scheduler: time, log: quiet });
  const stateIs = (state: string) => async () => (await jobs.find(tenant, 'a'))?.state === state;
  return { time, jobs, runner, stateIs, add: () => jobs.add({ tenant, id: 'a', kind: 'count', data: { to: 3 } }) };
}

describe('the job runner', () => {
  it('does a job to its end, and the next one as soon as it is woken', async () => {
    const done: string[] = [];
    const { runner, time, jobs, add, stateIs } = bench(async ({ job }) => {
      done.push(job.id);
      return { state: 'done' };
    });
    runner.start();
    await add();
    runner.wake();
    await until(stateIs('done'), time);
    await jobs.add({ tenant, id: 'b', kind: 'count', data: {} });
    runner.wake();
    await until(() => done.length === 2, time);
    await runner.stop();
    expect(done).to.deep.equal(['a', 'b']);
  });

  it('pauses a job at its next step, and goes on from there when it is resumed', async () => {
    let steps = 0;
    let seen: unknown;
    let open = (): void => undefined;
    const { runner, time, jobs, add, stateIs } = bench(async ({ checkpoint, save, mustStop }) => {
      seen = checkpoint;
      if (checkpoint === undefined) {
        while (!mustStop()) {
          steps += 1;
          await save({ at: steps }, { done: steps });
          await new Promise<void>((resolve) => (open = resolve));
        }
        return undefined;
      }
      return { state: 'done' };
    });
    await add();
    runner.start();
    await until(() => steps === 1, time);
    await jobs.ask(tenant, 'a', 'pause');
    runner.wake();
    await turn();
    await until(async () => {
      open();
      return stateIs('paused')();
    }, time);
    const at = steps;
    await jobs.ask(tenant, 'a', 'resume');
    runner.wake();
    await until(stateIs('done'), time);
    expect(seen).to.deep.equal({ at });
    await runner.stop();
  });

  it('tries again what has thrown, and gives up after five failures at the same place', async () => {
    let tries = 0;
    const { runner, time, jobs, add, stateIs } = bench(async () => {
      tries += 1;
      throw new Error('the disk is full');
    });
    await add();
    runner.start();
    await until(stateIs('failed'), time);
    expect(tries).to.equal(5);
    expect((await jobs.find(tenant, 'a'))?.reason).to.match(/failed five times/);
    await runner.stop();
  });

  it('gives jobs back when it stops, so that another process goes on', async () => {
    const { runner, time, jobs, add } = bench(async ({ save, mustStop }) => {
      for (let at = 1; !mustStop(); at += 1) {
        await save({ at }, { done: at });
        await turn();
      }
      return undefined;
    });
    await add();
    runner.start();
    await until(async () => ((await jobs.find(tenant, 'a'))?.progress.done ?? 0) > 2, time);
    await runner.stop();
    const taken = await jobs.take(['count']);
    expect(taken?.job.runs).to.equal(2);
    expect(taken?.job.checkpoint['at']).to.be.greaterThan(2);
  });
});
