import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import {
  StoreUnavailableError,
  TransactionsUnsupportedError,
} from '../../../src/provisioning/records/resource-store.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { adding, event, gather, newGroup, newUser, nextVersion, removal, TENANT } from '../../contract/fixtures.ts';
import { describeWithMongo } from '../../support/mongo-server-suite.ts';
import { stretchWire } from '../../support/mongo-server-wire.ts';
import type { Wire } from '../../support/mongo-server-wire.ts';

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

// A standalone server knows neither transactions nor the driver's retried writes: what holds there holds everywhere.
describeWithMongo(
  'MongoDB: a standalone server',
  'latchkey-standalone',
  (suite) => {
    let wire: Wire;
    let store: Store;

    /** The driver looks for a server that is gone no longer than the tests need. */
    const uri = (): string => `mongodb://127.0.0.1:${wire.port}/latchkey-standalone?serverSelectionTimeoutMS=500`;

    beforeEach(async () => {
      wire = await stretchWire(Number(new URL(suite().uri).port));
      store = await openMongoStore({ uri: uri(), clock: systemClock });
    });
    afterEach(async () => {
      await store.close();
      await wire.cut();
    });

    it('says that it cannot do all or none', async () => {
      expect(store.resources.transactions).to.equal(false);
      expect(await rejection(store.resources.commitAll([newUser('u1')]))).to.be.instanceOf(
        TransactionsUnsupportedError,
      );
      expect(await store.resources.get(TENANT, 'User', 'u1')).to.equal(undefined);
    });

    it('creates once when the answer to the first try is lost', async () => {
      wire.loseAnswerTo('insert', 'records');
      expect(await store.resources.commit(newUser('u1', { events: [event('e1')] }))).to.deep.equal({ outcome: 'done' });
      expect(wire.lost).to.equal(1);
      expect((await store.outbox.pendingEvents(10)).map(({ id }) => id)).to.deep.equal(['e1']);
    });

    it('changes once when the answer to the first try is lost', async () => {
      const user = newUser('u1');
      await store.resources.commit(user);
      wire.loseAnswerTo('update', 'records', 'Harbour master');
      const change = nextVersion(user, {
        record: { resource: { userName: 'u1', title: 'Harbour master' } },
        events: [event('e1')],
      });
      expect(await store.resources.commit(change)).to.deep.equal({ outcome: 'done' });
      expect(wire.lost).to.equal(1);
      expect(await store.resources.get(TENANT, 'User', 'u1')).to.deep.equal(change.record);
      expect((await store.outbox.pendingEvents(10)).map(({ id }) => id)).to.deep.equal(['e1']);
    });

    it('removes once when the answer to the first try is lost', async () => {
      const user = newUser('u1');
      await store.resources.commit(user);
      wire.loseAnswerTo('update', 'records', 'removed');
      expect(await store.resources.commit(removal(user.record, [event('e1')]))).to.deep.equal({ outcome: 'done' });
      expect(wire.lost).to.equal(1);
      expect((await store.outbox.pendingEvents(10)).map(({ id }) => id)).to.deep.equal(['e1']);
    });

    it('finishes what a commit decided when the answer about the memberships is lost', async () => {
      wire.loseAnswerTo('update', 'memberships');
      expect(await store.resources.commit(newGroup('g1', { members: adding('u1', 'u2') }))).to.deep.equal({
        outcome: 'done',
      });
      expect(wire.lost).to.equal(1);
      expect((await gather(store.resources.members(TENANT, 'g1'))).map(({ value }) => value)).to.deep.equal([
        'u1',
        'u2',
      ]);
    });

    it('rejects with StoreUnavailableError when the server is gone', async () => {
      await store.resources.commit(newGroup('g1', { members: adding('u1') }));
      await wire.cut();
      const calls: readonly Promise<unknown>[] = [
        store.resources.get(TENANT, 'Group', 'g1'),
        store.resources.commit(newUser('u2')),
        gather(store.resources.members(TENANT, 'g1')),
        store.outbox.counts(),
        store.mailbox.list(TENANT, 1),
        store.notes.list({ tenant: TENANT, kind: 'client', limit: 1 }),
        store.ping(),
        openMongoStore({ uri: uri(), clock: systemClock }),
      ];
      for (const error of await Promise.all(calls.map(rejection)))
        expect(error).to.be.instanceOf(StoreUnavailableError);
    });
  },
  { standalone: true },
);
