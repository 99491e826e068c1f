import { expect } from 'chai';
import { each, inTurns, nextTurn } from '../../src/base/cooperative.ts';

describe('nextTurn', () => {
  it('lets one of all who wait go on in each turn of the event loop, in their order', async () => {
    const log: string[] = [];
    const work = async (name: string): Promise<void> => {
      for (let step = 1; step <= 2; step += 1) {
        await nextTurn();
        log.push(`${name}${step}`);
      }
    };
    const others = async (): Promise<void> => {
      for (let turn = 0; turn < 6; turn += 1)
        await new Promise<void>((resolve) => setImmediate(() => resolve(void log.push('others'))));
    };
    await Promise.all([work('a'), work('b'), work('c'), others()]);
    expect(log.filter((entry) => entry !== 'others')).to.deep.equal(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
    expect(log.join()).to.match(/^a1,others,b1,others,c1,others,a2/);
  });
});

describe('inTurns', () => {
  it('answers what the steps come to, and throws what they throw', async () => {
    expect(await inTurns(each([1, 2, 3], (one) => one * 2))).to.deep.equal([2, 4, 6]);
    const failure = await inTurns(
      each([1], () => {
        throw new Error('no');
      }),
    ).catch((cause: unknown) => cause);
    expect(failure).to.be.an('error').with.property('message', 'no');
  });
});
