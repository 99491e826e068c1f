import { expect } from 'chai';
import { createConnection } from 'mongoose';
import type { Connection } from 'mongoose';
import { systemClock } from '../../src/base/clock.ts';
import { openMongoStore } from '../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { Condition, SortOrder } from '../../src/scim/search/condition.ts';
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
} from '../contract/fixtures.ts';
import { describeWithCluster, startReplicaSet } from '../support/mongo-cluster.ts';
import type { Cluster } from '../support/mongo-cluster.ts';
import { isWork, nameOf } from '../support/mongo-faults/command.ts';
import type { Command } from '../support/mongo-faults/command.ts';
import { startFaultProxy } from '../support/mongo-faults/fault-proxy.ts';
import type { FaultProxy } from '../support/mongo-faults/fault-proxy.ts';

const database = 'latchkey-explain';
const explained = new Set(['find', 'aggregate', 'update', 'delete', 'findAndModify']);
/** What concerns one command, and not what it asks for. */
const trimmings = [
  '$db',
  'lsid',
  '$clusterTime',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'writeConcern',
  'maxTimeMS',
  'readConcern',
  '$readPreference',
];

const step = (key: string) => ({ key, multiValued: false });
const eq = (value: string, ...keys: string[]): Condition => ({
  kind: 'compare',
  operator: 'eq',
  target: keys.map(step),
  value,
});
const by = (key: string, descending: boolean): SortOrder => ({ target: [step(key)], descending });
const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2%2e0:user';

describeWithCluster('MongoDB: every query goes by its index', ['mongod'], () => {
  let cluster: Cluster;
  let proxy: FaultProxy;
  let store: Store;
  let direct: Connection;

  before(async function () {
    this.timeout(180_000);
    cluster = await startReplicaSet(1);
    const uri = `mongodb://${cluster.members[0]!.host}/${database}`;
    proxy = await startFaultProxy(uri);
    store = await openMongoStore({ uri: proxy.uri(database), clock: systemClock });
    direct = await createConnection(`${uri}?directConnection=true`).asPromise();
    const users = Array.from({ length: 300 }, (_, n) =>
      newUser(`u${n}`, { dueAt: null, lookupKeys: [`token:${n}`], events: [event(`e${n}`, { resourceId: `u${n}` })] }),
    );
    for (const user of users) await store.resources.commit(user);
    await store.resources.commit(newGroup('g1', { members: adding('u1', 'u2', 'u3') }));
    await store.outbox.settleEvents(
      [],
      Array.from({ length: 50 }, (_, n) => delivery(`d${n}`)),
    );
  });
  after(async function () {
    this.timeout(60_000);
    await store.close();
    await direct.close();
    await proxy.close();
    await cluster.stop();
  });

  const list = (condition?: Condition, sort?: SortOrder, limit = 10) =>
    store.resources.query({ tenant: TENANT, type: 'User', condition, sort, limit, page: { after: '' } });
  const group = () => newGroup('g1');

  /** What is asked, the index that must answer it, and whether it may sort what it has found. */
  const shapes: Readonly<Record<string, readonly [act: () => Promise<unknown>, index: RegExp]>> = {
    'one record': [() => store.resources.get(TENANT, 'User', 'u1'), /_id_|IDHACK|EXPRESS/],
    'by a key': [() => store.resources.findByKey(TENANT, 'User', 'token:1'), /uniqueKeys|lookupKeys/],
    'a list': [() => list(), /tenant_1_type_1_position_1/],
    'userName eq': [() => list(eq('u1', 'username')), /search\.username/],
    'status eq': [() => list(eq('invited', latchkey, 'status')), /status/],
    'sorted, ascending': [() => list(undefined, by('username', false)), /search\.username/],
    'sorted, descending': [() => list(undefined, by('username', true)), /search\.username/],
    'members of a group': [() => gather(store.resources.members(TENANT, 'g1')), /tenant_1_group_1/],
    'some members': [() => store.resources.membersAmong(TENANT, 'g1', ['u1']), /_id_|tenant_1_group_1/],
    'the groups of a user': [async () => store.resources.groupsOf(TENANT, ['u1']), /tenant_1_member_1/],
    'a user with groups': [() => store.resources.getWithGroups(TENANT, 'User', 'u1'), /tenant_1_member_1/],
    'due records': [() => store.due.due(TENANT, 'User', new Date(), 10), /dueAt/],
    'events to be relayed': [() => store.outbox.pendingEvents(10), /relay/],
    leasing: [
      () => store.outbox.lease({ owner: 'w', now: new Date(), leaseMs: 1_000, limit: 2, perDomain: 2, channels: [] }),
      /state_1_notBefore_1/,
    ],
    'unreported deliveries': [() => store.outbox.unreported(10), /unreported/],
    'deliveries of a user': [() => store.outbox.ofUser(TENANT, 'u1', 10), /userId/],
    'a change of members': [
      async () => {
        const record = (await store.resources.get(TENANT, 'Group', 'g1'))!;
        await store.resources.commit(nextVersion({ ...group(), record }, { members: adding('u4') }));
      },
      /_id_|IDHACK|EXPRESS/,
    ],
    'a removal': [() => store.resources.commit(removal({ type: 'User', id: 'u3', version: 1 })), /tenant_1_member_1/],
  };

  for (const [name, [act, index]] of Object.entries(shapes)) {
    it(name, async function () {
      this.timeout(60_000);
      proxy.takeCommands();
      await act();
      const commands = proxy.takeCommands().filter((command) => isWork(command) && explained.has(command.name));
      const plans = await Promise.all(commands.map(plan));
      for (const [n, { stages }] of plans.entries())
        expect(stages, nameOf(commands[n]!)).not.to.include('COLLSCAN').and.not.to.include('SORT');
      expect(plans.flatMap(({ names }) => names).join(' ')).to.match(index);
    });
  }

  async function plan({ body }: Command): Promise<{ readonly stages: string[]; readonly names: string[] }> {
    const command = Object.fromEntries(Object.entries(body).filter(([name]) => !trimmings.includes(name)));
    const told = await direct.db!.command({ explain: command, verbosity: 'queryPlanner' });
    const stages: string[] = [];
    const names: string[] = [];
    const walk = (node: unknown, isWinning: boolean): void => {
      if (Array.isArray(node)) for (const each of node) walk(each, isWinning);
      if (typeof node !== 'object' || node === null) return;
      for (const [name, value] of Object.entries(node)) {
        if (name === 'rejectedPlans') continue;
        if (name === 'stage' && typeof value === 'string') stages.push(value);
        if (name === 'stage' && typeof value === 'string' && /IDHACK|EXPRESS/.test(value)) names.push(value);
        if (name === 'indexName' && typeof value === 'string') names.push(value);
        walk(value, isWinning);
      }
    };
    walk(told, true);
    return { stages, names };
  }
});
