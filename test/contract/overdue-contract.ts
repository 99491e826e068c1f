import { expect } from 'chai';
import { onBehalfOf } from '../../src/domain/present-call.ts';
import { StoreUnavailableError } from '../../src/provisioning/records/resource-store.ts';
import type { Store } from '../../src/store/store.ts';
import { newUser, nextVersion, removal, TENANT } from './fixtures.ts';

/** What becomes of writes whose caller has been told to try again. */
export function overdueContract(store: () => Store): void {
  describe('a write whose caller has been told to try again', () => {
    const late = async (act: () => Promise<unknown>): Promise<void> => {
      const outcome = await onBehalfOf({ isOver: () => true }, act).then(
        () => 'done',
        (error: unknown) => error,
      );
      expect(outcome).to.be.instanceOf(StoreUnavailableError);
    };

    it('is not done any more, whichever write it is', async () => {
      const { resources } = store();
      const user = newUser('u1');
      await resources.commit(user);
      await late(() => resources.commit(newUser('u2')));
      await late(() => resources.commit(nextVersion(user)));
      await late(() => resources.commit(removal(user.record)));
      if (resources.transactions) await late(() => resources.commitAll([newUser('u3'), nextVersion(user)]));
      expect(await resources.get(TENANT, 'User', 'u1')).to.deep.equal(user.record);
      for (const id of ['u2', 'u3']) expect(await resources.get(TENANT, 'User', id)).to.equal(undefined);
    });

    it('is not done where the commit itself says so', async () => {
      const { resources } = store();
      const commit = { ...newUser('u1'), isOver: () => true };
      const refused = async (act: Promise<unknown>): Promise<boolean> =>
        act.then(
          () => false,
          (error: unknown) => error instanceof StoreUnavailableError,
        );
      expect(await refused(resources.commit(commit))).to.equal(true);
      if (resources.transactions) expect(await refused(resources.commitAll([newUser('u2'), commit]))).to.equal(true);
      for (const id of ['u1', 'u2']) expect(await resources.get(TENANT, 'User', id)).to.equal(undefined);
    });

    it('can be repeated, and is done once then', async () => {
      const { resources } = store();
      await late(() => resources.commit(newUser('u1')));
      expect(await resources.commit(newUser('u1'))).to.deep.equal({ outcome: 'done' });
    });

    it('is not done to notes either', async () => {
      const { notes } = store();
      await notes.put({ tenant: TENANT, kind: 'thing', key: 'a', value: { n: 1 } }, 0);
      await late(() => notes.put({ tenant: TENANT, kind: 'thing', key: 'a', value: { n: 2 } }, undefined));
      await late(() => notes.remove(TENANT, 'thing', 'a'));
      await late(() => notes.put({ tenant: TENANT, kind: 'thing', key: 'b', value: {} }, 0));
      expect((await notes.find(TENANT, 'thing', 'a'))?.value).to.deep.equal({ n: 1 });
      expect(await notes.find(TENANT, 'thing', 'b')).to.equal(undefined);
    });
  });
}
