import { expect } from 'chai';
import type { Store } from '../../src/store/store.ts';

/** Counts that time forgets. */
export function talliesContract(store: () => Store): void {
  describe('tallies', () => {
    const at = (seconds: number): Date => new Date(Date.parse('2026-03-01T08:00:00.000Z') + seconds * 1_000);

    it('count up under each key, and say when it last was', async () => {
      const { tallies } = store();
      expect(await tallies.add('a', at(0), 60_000)).to.deep.equal({ count: 1, lastAt: at(0).toISOString() });
      expect(await tallies.add('a', at(10), 60_000)).to.deep.equal({ count: 2, lastAt: at(10).toISOString() });
      await tallies.add('b', at(11), 60_000);
      expect([...(await tallies.read(['a', 'b', 'c'], at(12)))]).to.have.deep.members([
        ['a', { count: 2, lastAt: at(10).toISOString() }],
        ['b', { count: 1, lastAt: at(11).toISOString() }],
      ]);
    });

    it('are forgotten some time after the last, and then begin anew', async () => {
      const { tallies } = store();
      await tallies.add('a', at(0), 60_000);
      await tallies.add('a', at(59), 60_000);
      expect((await tallies.read(['a'], at(118))).get('a')?.count).to.equal(2);
      expect((await tallies.read(['a'], at(119))).size).to.equal(0);
      expect((await tallies.add('a', at(119), 60_000)).count).to.equal(1);
    });

    it('give each of many at once a number of its own', async () => {
      const { tallies } = store();
      const counted = await Promise.all(Array.from({ length: 20 }, () => tallies.add('a', at(0), 60_000)));
      expect(counted.map(({ count }) => count).sort((one, other) => one - other)).to.deep.equal(
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
    });

    it('are forgotten on request, whether or not there are any', async () => {
      const { tallies } = store();
      await tallies.add('a', at(0), 60_000);
      await tallies.add('b', at(0), 60_000);
      await tallies.forget(['a', 'never there']);
      expect([...(await tallies.read(['a', 'b'], at(1))).keys()]).to.deep.equal(['b']);
    });

    it('are purged when out of date, and beyond a number, those first that end first', async () => {
      const { tallies } = store();
      for (const [key, seconds] of [
        ['past', 10],
        ['soon', 61],
        ['later', 62],
        ['last', 63],
      ] as const)
        await tallies.add(key, at(0), seconds * 1_000);
      await tallies.purge(at(10), 2);
      const left = await tallies.read(['past', 'soon', 'later', 'last'], at(0));
      expect([...left.keys()].sort()).to.deep.equal(['last', 'later']);
    });
  });
}
