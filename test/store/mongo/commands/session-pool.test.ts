import { expect } from 'chai';
import { mongo } from 'mongoose';
import { SessionPool } from '../../../../src/store/mongo/commands/session-pool.ts';

/** Sessions that know their number and whether they have ended. */
function starter() {
  const started: { n: number; hasEnded: boolean; endSession(): Promise<void> }[] = [];
  return {
    started,
    startSession: () => {
      const session = {
        n: started.length,
        hasEnded: false,
        endSession: async () => {
          session.hasEnded = true;
          return Promise.resolve();
        },
      };
      started.push(session);
      return session as unknown as mongo.ClientSession;
    },
  };
}

const numberOf = async (session: unknown) => Promise.resolve((session as { n: number }).n);

describe('Sessions that are used again', () => {
  it('serve one command at a time', async () => {
    const pool = new SessionPool(starter());
    const [first, second] = await Promise.all([pool.use(numberOf), pool.use(numberOf)]);
    expect([first, second, await pool.use(numberOf)]).to.have.members([0, 1, 1]);
  });

  it('go on after a server has refused a command, and end with a connection that was lost', async () => {
    const sessions = starter();
    const pool = new SessionPool(sessions);
    const fail = (error: Error) => pool.use(() => Promise.reject(error)).catch(() => undefined);
    await fail(new mongo.MongoServerError({ message: 'duplicate', code: 11000 }));
    expect(await pool.use(numberOf)).to.equal(0);
    await fail(new mongo.MongoNetworkError('lost'));
    expect(sessions.started[0]?.hasEnded).to.equal(true);
    expect(await pool.use(numberOf)).to.equal(1);
  });

  it('are none where the server takes none', async () => {
    expect(await new SessionPool(undefined).use((session) => Promise.resolve(session))).to.equal(undefined);
  });
});
