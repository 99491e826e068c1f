import { expect } from 'chai';
import type { Connection } from 'mongoose';
import { systemClock } from '../../../src/base/clock.ts';
import { EventRelay } from '../../../src/store/mongo/outbox/event-relay.ts';
import { MemberChanges } from '../../../src/store/mongo/members/member-changes.ts';
import { MembershipMover } from '../../../src/store/mongo/members/membership-mover.ts';
import { openCollections } from '../../../src/store/mongo/database/collections.ts';
import type { Collections } from '../../../src/store/mongo/database/collections.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import { OwnEvents } from '../../../src/store/mongo/outbox/own-events.ts';
import { ServerTime } from '../../../src/store/mongo/database/server-time.ts';
import { Stamps } from '../../../src/store/mongo/database/stamps.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  adding,
  delivery,
  event,
  gather,
  newGroup,
  newUser,
  nextVersion,
  removal,
  TENANT,
} from '../../contract/fixtures.ts';
import { createConnection } from 'mongoose';
import { describeWithMongo, wipe } from '../../support/mongo-server-suite.ts';

const writes = new Set([
  'updateOne',
  'updateMany',
  'findOneAndUpdate',
  'insertOne',
  'bulkWrite',
  'insertMany',
  'deleteMany',
  'deleteOne',
]);

class Crash extends Error {}

/** Collections whose writes stop as if the process had ended just before its n-th write. */
function crashingAt(collections: Collections, n: number): Collections {
  let count = 0;
  const crashing = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...values: unknown[]): unknown => {
          if (writes.has(String(name)) && (count += 1) >= n) throw new Crash();
          return member.apply(target, values) as unknown;
        };
      },
    });
  return Object.fromEntries(
    Object.entries(collections).map(([name, collection]) => [name, crashing(collection as object)]),
  ) as unknown as Collections;
}

describeWithMongo('MongoDB: wherever a process ends', 'latchkey-crash', (suite) => {
  let connection: Connection;
  let collections: Collections;
  let store: Store;

  before(async () => {
    connection = await createConnection(suite().uri, { autoCreate: false, autoIndex: false }).asPromise();
    collections = openCollections(connection, { writeConcern: { w: 'majority' } });
    store = await openMongoStore({ uri: suite().uri, clock: systemClock });
  });
  after(async () => {
    await store.close();
    await connection.close();
  });

  const moverOf = (over: Collections) =>
    new MembershipMover({
      collections: over,
      clock: systemClock,
      changes: new MemberChanges(over, systemClock),
      time: new ServerTime(systemClock, async () => new Date()),
    });
  const relayOf = (over: Collections) =>
    new EventRelay({
      collections: over,
      clock: systemClock,
      stamps: new Stamps(systemClock),
      mover: moverOf(over),
      own: new OwnEvents(),
      time: new ServerTime(systemClock, async () => new Date()),
    });
  const membersOf = async (group: string) =>
    (await gather(store.resources.members(TENANT, group))).map(({ value }) => value).sort();

  /** Does the same on fresh data for each point at which it can end, and checks what the next process makes of it. */
  async function everywhere(
    prepare: () => Promise<void>,
    act: (over: Collections) => Promise<unknown>,
    check: () => Promise<void>,
  ): Promise<number> {
    for (let n = 1; ; n += 1) {
      await wipe(suite().direct);
      await prepare();
      const ended = await act(crashingAt(collections, n)).then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof Crash)) throw error;
          return true;
        },
      );
      await check();
      if (!ended) return n - 1;
    }
  }

  /**
   * Puts a decided change of members into its group without carrying it out: what a process leaves that ends after
   * its commit.
   */
  async function undo(group: string, ...pending: object[]): Promise<void> {
    await connection
      .collection('records')
      .updateOne({ _id: `${TENANT}/${group}` as never }, { $set: { pendingMembers: pending, moving: TENANT } });
  }

  it('files each delivery once, keeps each event, and leaves none behind', async function () {
    this.timeout(120_000);
    const events = [
      event('e1', { type: 'invitation.requested' }),
      event('e2', { type: 'deliveries.cancelled' }),
      event('e3', { type: 'invitation.requested' }),
    ];
    const planned = [delivery('d1', { eventId: 'e1' }), delivery('d3', { eventId: 'e3' })];
    const points = await everywhere(
      async () => {
        await store.resources.commit(newUser('u1', { events }));
      },
      (over) => relayOf(over).settleEvents(events, planned),
      async () => {
        const left = await store.outbox.pendingEvents(10);
        await store.outbox.settleEvents(
          left,
          planned.filter(({ eventId }) => left.some(({ id }) => id === eventId)),
        );
        expect(await store.outbox.pendingEvents(10)).to.deep.equal([]);
        const states = (await store.outbox.ofUser(TENANT, 'u1', 10)).map(({ id, state }) => `${id} ${state}`).sort();
        expect(states).to.deep.equal(['d1 cancelled', 'd3 queued']);
        expect(
          (await connection.collection('events').find().toArray()).map(({ _id }) => String(_id)).sort(),
        ).to.deep.equal(['e2']);
        expect(await connection.collection('records').countDocuments({ relay: { $exists: true } })).to.equal(0);
      },
    );
    expect(points).to.be.greaterThan(4);
  });

  it('carries out a decided change of members', async function () {
    this.timeout(120_000);
    const points = await everywhere(
      async () => {
        await store.resources.commit(newGroup('g1', { members: adding('u1', 'u2', 'u3') }));
        await undo(
          'g1',
          { version: 2, clear: false, remove: ['u1'], add: [{ value: 'u4', type: 'User' }] },
          {
            version: 3,
            clear: true,
            remove: [],
            add: [
              { value: 'u2', type: 'User' },
              { value: 'u1', type: 'User' },
            ],
          },
          { version: 4, clear: false, remove: ['u2'], add: [{ value: 'u9', type: 'User' }] },
        );
      },
      (over) => moverOf(over).settle({ _id: `${TENANT}/g1`, tenant: TENANT }),
      async () => {
        expect(await membersOf('g1')).to.deep.equal(['u1', 'u9']);
        expect(await connection.collection('records').countDocuments({ moving: { $exists: true } })).to.equal(0);
      },
    );
    expect(points).to.be.greaterThan(4);
  });

  it('takes a removed record out of its groups, which change once, and lets go of it', async function () {
    this.timeout(120_000);
    await everywhere(
      async () => {
        await store.resources.commit(newUser('u1'));
        await store.resources.commit(newGroup('g1', { members: adding('u1', 'u2') }));
        await connection
          .collection('records')
          .updateOne(
            { _id: `${TENANT}/u1` as never },
            {
              $set: { removed: { tenant: TENANT, type: 'User', id: 'u1' }, version: 2, moving: TENANT, naming: ['u1'] },
              $unset: { type: '', uniqueKeys: '' },
            },
          );
      },
      (over) => moverOf(over).settle({ _id: `${TENANT}/u1`, tenant: TENANT }),
      async () => {
        expect(await store.resources.groupsOf(TENANT, ['u1'])).to.deep.equal(new Map([['u1', []]]));
        expect(await membersOf('g1')).to.deep.equal(['u2']);
        expect((await store.resources.get(TENANT, 'Group', 'g1'))?.version).to.equal(2);
        expect(
          await connection
            .collection('records')
            .countDocuments({ removed: { $exists: true }, purgeAt: { $exists: true } }),
        ).to.equal(1);
      },
    );
  });

  it('does not bring a member back when an older change is carried out late', async () => {
    const first = newGroup('g1', { members: adding('u1') });
    await store.resources.commit(first);
    await store.resources.commit(nextVersion(first, { members: { clear: false, remove: ['u1'], add: [] } }));
    await undo('g1', { version: 1, clear: false, remove: [], add: [{ value: 'u1', type: 'User' }] });
    expect(await membersOf('g1')).to.deep.equal([]);
  });

  it('does not let a user who is removed stay in a group that adds them at the same time', async () => {
    const user = newUser('u1');
    await store.resources.commit(user);
    await store.resources.commit(newGroup('g1'));
    await store.resources.commit(removal(user.record));
    // The group's own write was decided before the removal and is carried out after it.
    await undo('g1', { version: 2, clear: false, remove: [], add: [{ value: 'u1', type: 'User' }] });
    await connection.collection('records').updateOne({ _id: `${TENANT}/g1` as never }, { $set: { version: 2 } });
    expect(await membersOf('g1')).to.deep.equal([]);
    expect(await store.resources.groupsOf(TENANT, ['u1'])).to.deep.equal(new Map([['u1', []]]));
  });

  it("keeps a removed record's events until they are settled, and nothing of the person", async () => {
    const user = newUser('u1', { events: [event('e1')], lookupKeys: ['token:x'] });
    await store.resources.commit(user);
    await store.resources.commit(removal(user.record, [event('e2', { type: 'user.deleted' })]));
    const left = await connection.collection('records').findOne({});
    expect(left)
      .to.include.keys('removed', 'events')
      .and.not.include.any.keys('resource', 'account', 'search', 'uniqueKeys', 'lookupKeys', 'purgeAt');
    const events = await store.outbox.pendingEvents(10);
    expect(events.map(({ id }) => id)).to.deep.equal(['e1', 'e2']);
    await store.outbox.settleEvents(events, []);
    expect((await connection.collection('records').findOne({}))?.['purgeAt']).to.be.instanceOf(Date);
  });

  it('creates an id anew whose removed record still waits for its events', async () => {
    const first = newUser('u1', { events: [event('e1')] });
    await store.resources.commit(first);
    await store.resources.commit(removal(first.record, [event('e2')]));
    expect(await store.resources.commit(newUser('u1', { events: [event('e3')] }))).to.deep.equal({ outcome: 'done' });
    expect(await store.resources.get(TENANT, 'User', 'u1')).to.deep.equal(first.record);
    expect((await store.outbox.pendingEvents(10)).map(({ id }) => id)).to.deep.equal(['e1', 'e2', 'e3']);
  });

  it('clears away the parts of a big change whose commit never came', async () => {
    const yesterday = { now: () => new Date(Date.now() - 48 * 3_600_000), newId: () => 'lost' };
    await new MemberChanges(collections, yesterday).prepare(
      adding(...Array.from({ length: 1_001 }, (_, n) => `u${n}`)),
      { tenant: TENANT, id: 'g1', version: 2 },
      'lost',
    );
    expect(await connection.collection('memberchanges').countDocuments()).to.equal(2);
    await (await openMongoStore({ uri: suite().uri, clock: systemClock })).close();
    expect(await connection.collection('memberchanges').countDocuments()).to.equal(0);
  });
});
