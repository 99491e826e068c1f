import { expect } from 'chai';
import { mongo } from 'mongoose';
import { ReadCommands } from '../../../../src/store/mongo/commands/read-commands.ts';
import { SessionPool } from '../../../../src/store/mongo/commands/session-pool.ts';

describe('Reads as plain commands', () => {
  const sent: mongo.Document[] = [];
  let reply: () => mongo.Document = () => ({});
  const db = {
    command: async (command: mongo.Document) => {
      sent.push(command);
      return Promise.resolve('killCursors' in command ? {} : reply());
    },
  };
  const reads = new ReadCommands({
    db,
    collection: 'records',
    sessions: new SessionPool(undefined),
    readConcern: { level: 'majority' },
    maxTimeMS: 100,
  });
  beforeEach(() => sent.splice(0));

  it('ask for what was asked, by the time and the concern of their collection', async () => {
    reply = () => ({ cursor: { id: 0, firstBatch: [{ a: 1 }] } });
    expect(await reads.find({ a: 1 }, { projection: { a: 1 }, sort: { a: -1 }, skip: 2, limit: 3 })).to.eql([{ a: 1 }]);
    expect(sent).to.eql([
      {
        ...{ find: 'records', filter: { a: 1 }, projection: { a: 1 }, sort: { a: -1 }, skip: 2, limit: 3 },
        ...{ batchSize: 4, maxTimeMS: 100, readConcern: { level: 'majority' } },
      },
    ]);
  });

  it('leave to the cursors of the driver what one reply does not hold, and close their own', async () => {
    const id = mongo.Long.fromString('9007199254740993');
    reply = () => ({ cursor: { id, firstBatch: [{ a: 1 }] } });
    expect(await reads.aggregate([])).to.equal(undefined);
    expect(sent[1]).to.eql({ killCursors: 'records', cursors: [id] });
  });

  for (const [what, error] of Object.entries({
    'the connection is lost': new mongo.MongoNetworkError('lost'),
    'the primary steps down': new mongo.MongoServerError({ message: 'stepped down', code: 189 }),
  }))
    it(`leave the second try to the driver where ${what}`, async () => {
      reply = () => {
        throw error;
      };
      expect(await reads.distinct('a', {})).to.equal(undefined);
    });

  for (const [what, error] of Object.entries({
    'time is spent': new mongo.MongoServerError({ message: 'exceeded time limit', code: 50 }),
    'it is a fault of the question': new mongo.MongoServerError({ message: 'bad value', code: 2 }),
    'no server can be found': new mongo.MongoServerSelectionError('none', {} as mongo.TopologyDescription),
  }))
    it(`fail at once where ${what}`, async () => {
      reply = () => {
        throw error;
      };
      const told = await reads.find({}, {}).catch((thrown: unknown) => thrown);
      expect(told).to.equal(error);
      expect(sent).to.have.length(1);
    });
});
