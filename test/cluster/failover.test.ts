import { expect } from 'chai';
import { systemClock } from '../../src/base/clock.ts';
import { openMongoStore } from '../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../src/store/store.ts';
import { adding, delivery, event, gather, newGroup, newUser, nextVersion, TENANT } from '../contract/fixtures.ts';
import { admin, describeWithCluster, startReplicaSet } from '../support/mongo-cluster.ts';
import type { Cluster } from '../support/mongo-cluster.ts';

describeWithCluster('MongoDB: a replica set of three under load', ['mongod'], () => {
  let cluster: Cluster;
  let stores: Store[] = [];

  before(async function () {
    this.timeout(180_000);
    cluster = await startReplicaSet(3);
    stores = await Promise.all(
      [0, 1].map(() => openMongoStore({ uri: cluster.uri('latchkey-failover'), clock: systemClock })),
    );
  });
  after(async function () {
    this.timeout(60_000);
    await Promise.all(stores.map((store) => store.close()));
    await cluster.stop();
  });

  const incidents: Readonly<Record<string, () => Promise<unknown>>> = {
    'the primary is stepped down': async () =>
      admin((await cluster.primary()).host, { replSetStepDown: 10, force: true }).catch(() => undefined),
    'the primary stops answering for a while': async () => {
      const { child } = await cluster.primary();
      child.kill('SIGSTOP');
      setTimeout(() => child.kill('SIGCONT'), 6_000);
    },
    'the primary is killed': async () => (await cluster.primary()).child.kill('SIGKILL'),
  };

  for (const [name, happen] of Object.entries(incidents)) {
    it(`loses and doubles nothing when ${name}`, async function () {
      this.timeout(180_000);
      const tag = name.replace(/\W+/g, '-');
      const group = `g-${tag}`;
      await commitUntilDone(stores[0]!, () => newGroup(group));
      const acknowledged = new Set<string>();
      const asked = new Set<string>();
      let isOver = false;
      const workers = Array.from({ length: 8 }, async (_, worker) => {
        const store = stores[worker % 2]!;
        for (let n = 0; !isOver; n += 1) {
          const id = `u-${tag}-${worker}-${n}`;
          asked.add(id);
          const events = [event(`e-${id}`, { type: 'invitation.requested', resourceId: id })];
          const made = await store.resources.commit(newUser(id, { events })).catch(() => undefined);
          if (made?.outcome !== 'done' || !(await join(store, group, id))) continue;
          acknowledged.add(id);
        }
      });
      setTimeout(() => void happen(), 2_000);
      setTimeout(() => (isOver = true), 20_000);
      await Promise.all(workers);
      await cluster.primary();
      const members = (await gather(stores[0]!.resources.members(TENANT, group))).map(({ value }) => value);
      expect(new Set(members).size).to.equal(members.length);
      expect(members).to.include.members([...acknowledged]);
      for (const member of members) expect(asked.has(member)).to.equal(true);
      for (const id of acknowledged)
        expect((await stores[1]!.resources.get(TENANT, 'User', id))?.version, id).to.equal(1);
      await relayAll(stores[0]!);
      for (const id of acknowledged)
        expect(await stores[0]!.outbox.find(TENANT, `d-e-${id}`), id).to.include({ userId: id });
    });
  }
});

async function commitUntilDone(store: Store, put: () => ReturnType<typeof newGroup>): Promise<void> {
  while ((await store.resources.commit(put()).catch(() => undefined))?.outcome === undefined);
}

/** Adds a member as a client does: reads, writes, and begins again on a conflict; false where the store is away. */
async function join({ resources }: Store, group: string, member: string): Promise<boolean> {
  for (;;) {
    const record = await resources.get(TENANT, 'Group', group).catch(() => undefined);
    if (record === undefined) return false;
    const change = nextVersion({ ...newGroup(group), record }, { members: adding(member) });
    const result = await resources.commit(change).catch(() => undefined);
    if (result === undefined) return false;
    if (result.outcome === 'done') return true;
  }
}

async function relayAll({ outbox }: Store): Promise<void> {
  for (;;) {
    const events = await outbox.pendingEvents(250);
    if (events.length === 0) return;
    await outbox.settleEvents(
      events,
      events.map(({ id, resourceId }) => delivery(`d-${id}`, { eventId: id, userId: resourceId })),
    );
  }
}
