import { expect } from 'chai';
import { bySelf } from '../../../src/provisioning/records/origin.ts';
import { RecordWriter } from '../../../src/provisioning/records/record-writer.ts';
import type { Commit } from '../../../src/provisioning/records/resource-store.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { userType } from '../../support/resource-types.ts';

/** Keeps what is committed, whichever way it comes. */
class WatchedStore extends MemoryStore {
  readonly committed: Commit[] = [];

  override commit(commit: Commit) {
    this.committed.push(commit);
    return super.commit(commit);
  }
}

describe('RecordWriter', () => {
  const clock = { now: () => new Date('2031-01-01T00:00:00.000Z'), newId: () => 'id' };
  const publicPart = { shown: { userName: 'shown' }, under: 'terms', until: null };

  for (const way of ['create', 'together', 'atomically'] as const)
    it(`${way}: a commit says what is shown as it is, and when time next changes it`, async () => {
      const store = new WatchedStore();
      const writer = new RecordWriter(store, clock, undefined, { dueAt: () => null, publicPart: () => publicPart });
      const make = async (by: RecordWriter) => {
        for (const id of ['one', 'two'])
          await by.create(
            { tenant: 'default', type: userType, id },
            { resource: { userName: id }, events: [] },
            { origin: bySelf },
          );
      };
      if (way === 'create') await make(writer);
      if (way === 'together') expect(await writer.together((_store, by) => make(by))).to.equal(true);
      if (way === 'atomically')
        await writer.atomically(async (_store, by) => {
          await make(by);
          return { keep: true, answer: undefined };
        });
      expect(store.committed.map((one) => one.kind === 'put' && [one.publicPart, one.dueAt])).to.deep.equal([
        [publicPart, null],
        [publicPart, null],
      ]);
    });
});
