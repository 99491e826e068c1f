import { expect } from 'chai';
import { soon, soonFinally, soonOr, type Soon } from '../../src/base/soon.ts';

const no = new Error('no');
const thrown = (): never => {
  throw no;
};

describe('what comes soon', () => {
  /** Each way in which work may answer: at once, and later. */
  const ways: readonly [string, <Value>(work: () => Value) => Soon<Value>][] = [
    ['at once', (work) => work()],
    ['later', async (work) => work()],
  ];
  for (const [name, way] of ways) {
    describe(name, () => {
      it('goes on with the value', async () => {
        expect(
          await soon(
            way(() => 1),
            (one) => one + 1,
          ),
        ).to.equal(2);
        expect(
          await soon(
            way(() => 1),
            async (one) => one + 1,
          ),
        ).to.equal(2);
      });

      it('goes on when the work has gone wrong, and lets what goes wrong then pass', async () => {
        expect(
          await soonOr(
            () => way(thrown),
            (cause) => [cause],
          ),
        ).to.deep.equal([no]);
        expect(await soonOr(() => way(() => 1), thrown)).to.equal(1);
        const again = async () => soonOr(() => way(() => thrown()), thrown);
        expect(await again().catch((cause: unknown) => cause)).to.equal(no);
      });

      it('ends once, whatever has become of it', async () => {
        let ends = 0;
        const end = (): void => {
          ends += 1;
        };
        expect(await soonFinally(() => way(() => 1), end)).to.equal(1);
        const failing = async () => soonFinally(() => way(thrown), end);
        expect(await failing().catch((cause: unknown) => cause)).to.equal(no);
        expect(ends).to.equal(2);
      });
    });
  }

  it('makes no promise of what is there', () => {
    expect(soon(1, (one) => one + 1)).to.equal(2);
    expect(soonOr(thrown, () => 2)).to.equal(2);
    expect(
      soonFinally(
        () => 3,
        () => undefined,
      ),
    ).to.equal(3);
  });
});
