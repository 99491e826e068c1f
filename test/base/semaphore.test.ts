import { expect } from 'chai';
import { QueueFullError, Semaphore } from '../../src/base/semaphore.ts';

describe('Semaphore', () => {
  it('lets so many work together, the others in their order, whether work succeeds or not', async () => {
    const places = new Semaphore(2);
    const [begun, ends] = [[] as number[], [] as (() => void)[]];
    const work = (n: number) =>
      places
        .run(async () => {
          begun.push(n);
          await new Promise<void>((resolve) => ends.push(resolve));
          if (n === 0) throw new Error('no');
          return n;
        })
        .catch((cause: unknown) => String(cause));
    const all = Promise.all([0, 1, 2, 3].map(work));
    const turn = () =>
      new Promise((resolve) => {
        setImmediate(resolve);
      });
    await turn();
    expect(begun).to.deep.equal([0, 1]);
    ends[0]?.();
    await turn();
    expect(begun).to.deep.equal([0, 1, 2]);
    ends[1]?.();
    ends[2]?.();
    await turn();
    ends[3]?.();
    expect(await all).to.deep.equal(['Error: no', 1, 2, 3]);
    expect(await places.run(() => Promise.resolve('free again'))).to.equal('free again');
  });

  it('refuses a task at once when as many wait as may, and takes tasks again afterwards', async () => {
    const limit = new Semaphore(2, 3);
    const release: (() => void)[] = [];
    let [running, most] = [0, 0];
    const task = async (): Promise<void> => {
      most = Math.max(most, (running += 1));
      await new Promise<void>((resolve) => release.push(resolve));
      running -= 1;
    };
    const all = Promise.all([1, 2, 3, 4, 5].map(() => limit.run(task)));
    expect(await limit.run(task).catch((error: unknown) => error)).to.be.instanceOf(QueueFullError);
    for (let done = 0; done < 5; done += 1) {
      release[done]!();
      await new Promise(setImmediate);
    }
    await all;
    expect(most).to.equal(2);
    await limit.run(async () => undefined);
  });
});
