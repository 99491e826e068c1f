import { expect } from 'chai';
import { createConnection } from 'mongoose';
import { systemClock } from '../../src/base/clock.ts';
import { openCollections } from '../../src/store/mongo/database/collections.ts';
import type { Collections } from '../../src/store/mongo/database/collections.ts';
import { shardKeys } from '../../src/store/mongo/database/shard-keys.ts';
import { openMongoStore } from '../../src/store/mongo/mongo-store.ts';
import { newUser } from '../contract/fixtures.ts';
import { storeContract } from '../contract/store-contract.ts';
import { admin, describeWithCluster, startShardedCluster } from '../support/mongo-cluster.ts';
import type { Cluster } from '../support/mongo-cluster.ts';
import { wipe } from '../support/mongo-server-suite.ts';

const database = 'latchkey-sharded';

describeWithCluster('MongoDB: a sharded cluster of two shards', ['mongod', 'mongos'], () => {
  let cluster: Cluster;

  before(async function () {
    this.timeout(300_000);
    cluster = await startShardedCluster(2);
    // A first start on collections that are not sharded yet: what it makes can be sharded without a dump.
    await (await openMongoStore({ uri: cluster.uri(database), clock: systemClock })).close();
    const connection = await createConnection(cluster.uri(database)).asPromise();
    const router = (await cluster.primary()).host;
    await admin(router, { enableSharding: database });
    for (const [name, key] of Object.entries(shardKeys)) {
      const collection = namesOf(openCollections(connection, { writeConcern: { w: 'majority' } }), name);
      if (Object.values(key).includes('hashed')) await connection.collection(collection).createIndex(key);
      await admin(router, { shardCollection: `${database}.${collection}`, key });
    }
    for (const collection of ['records', 'memberships'])
      await admin(router, { split: `${database}.${collection}`, middle: middleOf(collection) });
    const [, second] = (await admin(router, { listShards: 1 }))['shards'] as { _id: string }[];
    await admin(router, { moveChunk: `${database}.records`, find: { tenant: 'zebra' }, to: second!._id });
    await connection.close();
  });
  after(async function () {
    this.timeout(60_000);
    await cluster.stop();
  });

  it('lets one of many have a user name, in tenants on either shard', async function () {
    this.timeout(60_000);
    const stores = await Promise.all(
      [0, 1].map(() => openMongoStore({ uri: cluster.uri(database), clock: systemClock })),
    );
    try {
      for (const tenant of ['acme', 'zebra']) {
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, n) =>
            stores[n % 2]!.resources.commit(newUser(`u${n}`, { tenant, uniqueKeys: ['username:ines'] })),
          ),
        );
        expect(results.filter(({ outcome }) => outcome === 'done')).to.have.length(1);
        expect(results.filter(({ outcome }) => outcome === 'duplicate')).to.have.length(19);
      }
    } finally {
      await Promise.all(stores.map((store) => store.close()));
    }
  });

  storeContract('mongodb, sharded', async () => {
    const uri = cluster.uri(database);
    const direct = await createConnection(uri).asPromise();
    const store = await openMongoStore({ uri, clock: systemClock });
    return {
      store,
      wipe: () => wipe(direct),
      close: async () => {
        await store.close();
        await direct.close();
      },
    };
  });
});

/** Collections bear other names in the database than in the program. */
function namesOf(collections: Collections, name: string): string {
  return collections[name as keyof Collections].name;
}

/** Tenants of the contract are before it, `zebra` is after it. */
function middleOf(collection: string): Record<string, unknown> {
  return collection === 'memberships' ? { tenant: 'm', group: '' } : { tenant: 'm' };
}
