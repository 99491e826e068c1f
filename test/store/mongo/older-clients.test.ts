import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { hashToken } from '../../../src/domain/credential.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import { describeWithMongo } from '../../support/mongo-server-suite.ts';
import { expectMoved, olderClients } from '../../support/older-clients.ts';

describeWithMongo('clients of an older MongoDB database', 'latchkey-older-clients', (suite) => {
  it('work on after an upgrade, also where it broke off, and stay removed once they are', async () => {
    const { direct, uri } = suite();
    const { db } = direct;
    if (!db) throw new Error('not connected');
    const older = olderClients.map(({ token, id, ...client }) => ({
      _id: `${client.tenant}/${id}`,
      ...client,
      tokenHash: hashToken(token),
    }));
    await db.collection<{ _id: string }>('clients').insertMany(older);
    // What another process, or this one before it broke off, has moved already.
    const body =
      '{"name":"first","scopes":["scim:read","admin"],"profile":"auto","createdAt":"2026-03-01T08:00:00.000Z","callsPerSecond":null}';
    const moved: { _id: string } & Record<string, unknown> = { _id: 'default/client/a1', version: 1, write: 'w', body };
    await db.collection<{ _id: string }>('notes').insertOne(moved);
    for (const start of ['first', 'second']) {
      const store = await openMongoStore({ uri: uri, clock: systemClock });
      await expectMoved(store.notes, start);
      await store.close();
    }
    await db.collection<{ _id: string }>('notes').deleteOne({ _id: 'default/client/a1' });
    const store = await openMongoStore({ uri: uri, clock: systemClock });
    expect(await store.notes.find('default', 'client', 'a1')).to.equal(undefined);
    await store.close();
  });
});
