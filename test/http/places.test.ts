import { expect } from 'chai';
import { Places } from '../../src/http/places.ts';

describe('Places', () => {
  it('lets so many work together, the others in their order, whether work succeeds or not', async () => {
    const places = new Places(2);
    const [begun, ends] = [[] as number[], [] as (() => void)[]];
    const work = (n: number) => places.run(async () => {
      begun.push(n);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (n === 0) throw new Error('no');
      return n;
    }).catch((cause: unknown) => String(cause));
    const all = Promise.all([0, 1, 2, 3].map(work));
    const turn = () => new Promise((resolve) => { setImmediate(resolve); });
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
});
