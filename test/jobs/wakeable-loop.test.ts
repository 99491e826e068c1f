import { expect } from 'chai';
import { WakeableLoop } from '../../src/jobs/wakeable-loop.ts';
import { ManualTime } from '../support/manual-time.ts';

describe('WakeableLoop', () => {
  const pauseMs = 1_000;
  function loop(restMs = 5) {
    const time = new ManualTime();
    const runs: number[] = [];
    let during: (() => void) | undefined;
    const task = () => {
      runs.push(time.elapsed());
      during?.();
      during = undefined;
      return Promise.resolve(pauseMs);
    };
    const woken = new WakeableLoop(time, task, restMs);
    return { time, runs, woken, onNextRun: (act: () => void) => (during = act) };
  }

  it('runs at the start, then after the pause that the task asked for', async () => {
    const { time, runs, woken } = loop();
    woken.start();
    await time.advance(2_500);
    expect(runs).to.deep.equal([0, 1_000, 2_000]);
  });

  it('runs soon after a wake, once for many in quick succession', async () => {
    const { time, runs, woken } = loop();
    woken.start();
    await time.advance(100);
    for (let n = 0; n < 3; n += 1) woken.wake();
    await time.advance(900);
    expect(runs).to.deep.equal([0, 105]);
  });

  it('lets a wake that may wait share the run of one that may not, and has it run in its time otherwise', async () => {
    const { time, runs, woken } = loop();
    woken.start();
    await time.advance(100);
    woken.wake(500);
    await time.advance(100);
    woken.wake();
    await time.advance(700);
    woken.wake(500);
    woken.wake(500);
    await time.advance(550);
    expect(runs).to.deep.equal([0, 205, 1_205]);
    woken.wake(500);
    await time.advance(500);
    expect(runs).to.deep.equal([0, 205, 1_205, 1_950]);
  });

  it('runs once more when it is woken while it runs, after the rest', async () => {
    const { time, runs, woken, onNextRun } = loop();
    onNextRun(() => woken.wake());
    woken.start();
    await time.advance(50);
    expect(runs).to.deep.equal([0, 5]);
  });

  it('runs no more once it is stopped', async () => {
    const { time, runs, woken } = loop();
    woken.start();
    await time.advance(0);
    await woken.stop();
    woken.wake();
    await time.advance(5_000);
    expect(runs).to.deep.equal([0]);
  });
});
