import { expect } from 'chai';
import { createConnection, mongo } from 'mongoose';
import type { Connection } from 'mongoose';
import { StoreUnavailableError } from '../../../../src/provisioning/records/resource-store.ts';
import { insertMissing, refusedPlaces, upsertEach } from '../../../../src/store/mongo/commands/batch-write.ts';
import { Collection } from '../../../../src/store/mongo/commands/collection.ts';
import { describeFault } from '../../../support/mongo-faults/fault.ts';
import type { Fault } from '../../../support/mongo-faults/fault.ts';
import { startFaultProxy } from '../../../support/mongo-faults/fault-proxy.ts';
import type { FaultProxy } from '../../../support/mongo-faults/fault-proxy.ts';
import { describeWithMongo } from '../../../support/mongo-server-suite.ts';

interface Note {
  readonly _id: string;
  readonly tenant: string;
  readonly resourceId: string;
  readonly at: string;
}

const retryable = { labels: ['RetryableWriteError'] } as const;

/** Faults after which the same batch may succeed later. */
const forNow: readonly Fault[] = [
  { kind: 'cut before' },
  { kind: 'cut request' },
  { kind: 'cut after' },
  { kind: 'cut answer' },
  { kind: 'refuse', code: 11602, ...retryable },
  { kind: 'refuse', code: 91, ...retryable },
  { kind: 'refuse', code: 91 },
  { kind: 'unconfirmed', code: 64 },
  { kind: 'unconfirmed', code: 91, ...retryable },
  // Not authorized, out of time, out of disk, refused by a hosting service: no fault of the documents.
  ...[13, 50, 14031, 8000].map((code): Fault => ({ kind: 'refuse', code })),
];

/** A fault of the documents: they do not pass the collection's validation. */
const forGood: readonly Fault[] = [{ kind: 'refuse', code: 121 }];

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describeWithMongo('MongoDB: a batch of writes', 'latchkey-batch', (suite) => {
  let proxy: FaultProxy;
  let connection: Connection;
  let events: Collection<Note>;

  before(async () => {
    proxy = await startFaultProxy(suite().uri);
    connection = await createConnection(proxy.uri('latchkey-batch'), {
      serverSelectionTimeoutMS: 1_000,
      autoCreate: false,
    }).asPromise();
    events = new Collection(connection.db!.collection<Note>('events'));
  });
  after(async () => {
    await connection.close();
    await proxy.close();
  });

  const numbered = (...ids: number[]): Note[] =>
    ids.map((id) => ({ _id: `e${id}`, tenant: 'harbour', resourceId: 'u1', at: '2026-03-01T08:00:00.000Z' }));
  const stored = async () => (await events.find({}, { sort: { _id: 1 } })).map(({ _id }) => _id);
  const isBatch = ({ collection }: { collection: string }) => collection === 'events';
  const renaming = (...ids: number[]) =>
    ids.map((id) => ({
      filter: { _id: `e${id}`, tenant: 'harbour' },
      update: { $set: { at: 'later' }, $setOnInsert: { resourceId: 'u1' } },
    }));

  it('tells which documents were there already, and leaves those as they are', async () => {
    expect(await insertMissing(events, numbered(2))).to.deep.equal([]);
    expect(
      await insertMissing(
        events,
        numbered(1, 2, 3).map((document) => ({ ...document, resourceId: 'u2' })),
      ),
    ).to.deep.equal([1]);
    expect(await insertMissing(events, numbered(1, 2, 3))).to.deep.equal([0, 1, 2]);
    expect((await events.find({}, { sort: { _id: 1 } })).map(({ resourceId }) => resourceId)).to.deep.equal([
      'u2',
      'u1',
      'u2',
    ]);
    expect(await insertMissing(events, [])).to.deep.equal([]);
  });

  it('tells which updates met a document that their filter does not take', async () => {
    await insertMissing(events, numbered(1, 2));
    await events.updateOne({ _id: 'e2' }, { $set: { tenant: 'quay' } });
    expect(await upsertEach(events, renaming(1, 2, 3))).to.deep.equal([1]);
    expect((await events.find({}, { sort: { _id: 1 } })).map(({ at }) => at)).to.deep.equal([
      'later',
      '2026-03-01T08:00:00.000Z',
      'later',
    ]);
    expect(await upsertEach(events, [])).to.deep.equal([]);
  });

  for (const fault of [...forNow, ...forGood]) {
    it(`is not taken for done when it fails as a whole, twice: ${describeFault(fault)}`, async () => {
      const writes: readonly (() => Promise<readonly number[]>)[] = [
        () => insertMissing(events, numbered(1, 2, 3)),
        () => upsertEach(events, renaming(4, 5, 6)),
      ];
      for (const write of writes) {
        proxy.inject({ fault, matches: isBatch, times: 2 });
        const error = await rejection(write());
        expect(proxy.heal(), 'commands that met the fault').not.to.deep.equal([]);
        expect(error).to.be.instanceOf(Error);
        if (forNow.includes(fault)) expect(error).to.be.instanceOf(StoreUnavailableError);
        if (forGood.includes(fault)) expect(error).not.to.be.instanceOf(StoreUnavailableError);
        await write();
      }
      expect(await stored()).to.deep.equal(['e1', 'e2', 'e3', 'e4', 'e5', 'e6']);
    });
  }

  for (const fault of forNow.filter((each) => each.kind.startsWith('cut') || 'labels' in each)) {
    it(`is done, each document once, when only the first try fails: ${describeFault(fault)}`, async () => {
      await insertMissing(events, numbered(2));
      proxy.inject({ fault, matches: isBatch });
      // A server that forgets what it has done of a batch finds more of it there than was there before.
      expect(await insertMissing(events, numbered(1, 2, 3))).to.include(1);
      expect(proxy.heal()).to.have.length(1);
      expect(await stored()).to.deep.equal(['e1', 'e2', 'e3']);
    });
  }

  it('is not taken for done while the server is away', async () => {
    proxy.goAway();
    expect(await rejection(insertMissing(events, numbered(1)))).to.be.instanceOf(StoreUnavailableError);
    proxy.comeBack();
    expect(await insertMissing(events, numbered(1))).to.deep.equal([]);
  });

  it('is not taken for done when its duplicates are not confirmed by a majority of servers', async () => {
    await insertMissing(events, numbered(1));
    proxy.inject({ fault: { kind: 'unconfirmed', code: 64 }, matches: isBatch });
    expect(await rejection(insertMissing(events, numbered(1, 2)))).to.be.instanceOf(StoreUnavailableError);
    proxy.heal();
  });

  describe('is judged by what the driver counts', () => {
    const counted = (insertedCount: number, matchedCount = 0, upsertedCount = 0) => ({
      insertedCount,
      matchedCount,
      upsertedCount,
    });

    const insertRaw = async (...ids: string[]) => {
      const { insertedCount } = await connection.db!.collection<Note>('events').insertMany(
        ids.map((_id) => ({ ...numbered(1)[0], _id }) as Note),
        { ordered: false },
      );
      return counted(insertedCount);
    };

    it('done where every document is confirmed', async () => {
      expect(await refusedPlaces(4, Promise.resolve(counted(2, 1, 1)))).to.deep.equal([]);
    });

    it('not done where fewer documents are confirmed than it has', async () => {
      expect(await rejection(refusedPlaces(3, Promise.resolve(counted(2))))).to.be.instanceOf(StoreUnavailableError);
    });

    it('not done where documents are neither confirmed nor refused', async () => {
      await insertMissing(events, numbered(1));
      const failed = insertRaw('e1', 'e2');
      expect(await refusedPlaces(2, failed)).to.deep.equal([0]);
      expect(await rejection(refusedPlaces(3, failed))).to.be.instanceOf(StoreUnavailableError);
    });

    it('not done where a document is refused for another reason than its key', async () => {
      const failed = insertRaw('e1', 'e1');
      const error = await rejection(failed);
      const [refused] = error instanceof mongo.MongoBulkWriteError ? [error.writeErrors].flat() : [];
      if (!refused) throw new Error('nothing was refused');
      for (const [code, isForNow] of [
        [121, false],
        [91, true],
      ] as const) {
        refused.err.code = code;
        const reason = await rejection(refusedPlaces(2, failed));
        expect(reason).to.be.instanceOf(Error);
        expect(reason instanceof StoreUnavailableError).to.equal(isForNow);
      }
    });
  });
});
