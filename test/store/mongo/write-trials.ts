import { expect } from 'chai';
import type { Connection } from 'mongoose';
import { systemClock } from '../../../src/base/clock.ts';
import { composeClients } from '../../../src/composition/core/compose-clients.ts';
import type { DomainEvent } from '../../../src/domain/events.ts';
import type { Delivery } from '../../../src/notify/delivery/delivery.ts';
import type { Commit } from '../../../src/provisioning/records/resource-store.ts';
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
  unleased,
} from '../../contract/fixtures.ts';
import type { Trial } from '../../support/mongo-faults/each-place.ts';

/**
 * What a trial works with: `faulty` is the store under test, `sound` another process on the same database that meets
 * no fault.
 */
export interface Stores {
  readonly faulty: Store;
  readonly sound: Store;
  readonly direct: Connection;
  wipe(): Promise<void>;
}

/** One kind of write. Its check holds whether the write was acknowledged or not. */
export type WriteTrial = (stores: Stores) => Trial<void>;

const later = new Date('2026-03-01T10:00:00.000Z');
const muchLater = new Date('2026-03-01T12:00:00.000Z');

/** The deliveries that these tests' events ask for: one for each request of an invitation. */
function plan(events: readonly DomainEvent[]): Delivery[] {
  return events
    .filter(({ type }) => type === 'invitation.requested')
    .map(({ id, resourceId }) => delivery(`of-${id}`, { eventId: id, userId: resourceId }));
}

async function relayOnce({ outbox }: Store): Promise<number> {
  const events = await outbox.pendingEvents(10);
  await outbox.settleEvents(events, plan(events));
  return events.length;
}

/** Every delivery that an event asks for is filed once, and no record is left with events or marked as having any. */
async function expectSettled({ sound, direct }: Stores, deliveries: readonly string[]): Promise<void> {
  while ((await relayOnce(sound)) > 0);
  expect(await direct.collection('records').countDocuments({ 'events.id': { $exists: true } })).to.equal(0);
  const filed = await direct.collection('deliveries').find().toArray();
  expect(filed.map(({ _id, state }) => `${String(_id)} ${String(state)}`).sort(), 'deliveries').to.deep.equal(
    deliveries,
  );
  expect(
    await direct
      .collection('records')
      .countDocuments({ $or: [{ relay: { $exists: true } }, { moving: { $exists: true } }] }),
  ).to.equal(0);
}

async function expectMembers({ sound }: Stores, group: string, members: readonly string[]): Promise<void> {
  const found = await gather(sound.resources.members(TENANT, group));
  expect(found.map(({ value }) => value).sort(), `members of ${group}`).to.deep.equal(members);
  const groups = await sound.resources.groupsOf(TENANT, members);
  for (const member of members)
    expect(
      groups.get(member)?.map(({ value }) => value),
      `groups of ${member}`,
    ).to.include(group);
}

/** A caller that had no answer asks what there is, and repeats what is not there; what was acknowledged is there. */
async function expectOnce({ sound }: Stores, commit: Commit, error: Error | undefined): Promise<void> {
  const { tenant, type, id } = commit.kind === 'put' ? commit.record : commit;
  const version = async () => (await sound.resources.get(tenant, type, id))?.version;
  const wanted = commit.kind === 'put' ? commit.record.version : undefined;
  if (!error) expect(await version(), 'version acknowledged').to.equal(wanted);
  else if ((await version()) !== wanted)
    expect(await sound.resources.commit(commit)).to.deep.equal({ outcome: 'done' });
  expect(await version(), 'version').to.equal(wanted);
}

async function commitTo(store: Store, ...commits: readonly Commit[]): Promise<void> {
  for (const commit of commits) expect(await store.resources.commit(commit)).to.deep.equal({ outcome: 'done' });
}

const invitation = (id: string, resourceId: string) => event(id, { type: 'invitation.requested', resourceId });

const creatingAUser: WriteTrial = (stores) => {
  const user = newUser('u1', { events: [event('e1'), invitation('e2', 'u1')] });
  return {
    prepare: () => stores.wipe(),
    act: () => commitTo(stores.faulty, user),
    check: async (error) => {
      await expectOnce(stores, user, error);
      await expectSettled(stores, ['of-e2 queued']);
    },
  };
};

const creatingManyUsers: WriteTrial = (stores) => {
  const users = ['u1', 'u2', 'u3'].map((id) => newUser(id, { events: [invitation(`e-${id}`, id)] }));
  const taken = newUser('u4', { uniqueKeys: ['username:u0'], events: [invitation('e-u4', 'u4')] });
  return {
    prepare: async () => {
      await stores.wipe();
      await commitTo(stores.sound, newUser('u0'));
    },
    act: async () => {
      const results = await stores.faulty.resources.commitEach([users[0]!, taken, ...users.slice(1)]);
      expect(results.map(({ outcome }) => outcome)).to.deep.equal(['done', 'duplicate', 'done', 'done']);
    },
    check: async (error) => {
      for (const user of users) await expectOnce(stores, user, error);
      expect(await stores.sound.resources.get(TENANT, 'User', 'u4')).to.equal(undefined);
      await expectSettled(stores, ['of-e-u1 queued', 'of-e-u2 queued', 'of-e-u3 queued']);
    },
  };
};

const addingMembers: WriteTrial = (stores) => {
  const created = newGroup('g1', { members: adding('u1', 'u9') });
  const without = nextVersion(created, { members: { clear: false, remove: ['u9'], add: [] } });
  const change = nextVersion(without, {
    members: adding('u2', 'u3', 'u9'),
    events: [event('e1', { resourceId: 'g1' })],
  });
  return {
    prepare: async () => {
      await stores.wipe();
      await commitTo(stores.sound, created, without);
    },
    act: () => commitTo(stores.faulty, change),
    check: async (error) => {
      await expectOnce(stores, change, error);
      await expectMembers(stores, 'g1', ['u1', 'u2', 'u3', 'u9']);
      await expectSettled(stores, []);
    },
  };
};

const removingAMember: WriteTrial = (stores) => {
  const user = newUser('u1');
  const removed = removal(user.record, [event('e1', { type: 'user.deleted' })]);
  return {
    prepare: async () => {
      await stores.wipe();
      await commitTo(stores.sound, user, ...['g1', 'g2'].map((id) => newGroup(id, { members: adding('u1', 'u2') })));
    },
    act: () => commitTo(stores.faulty, removed),
    check: async (error) => {
      await expectOnce(stores, removed, error);
      for (const group of ['g1', 'g2']) {
        await expectMembers(stores, group, ['u2']);
        expect((await stores.sound.resources.get(TENANT, 'Group', group))?.version, `version of ${group}`).to.equal(2);
      }
      expect(await stores.sound.resources.groupsOf(TENANT, ['u1'])).to.deep.equal(new Map([['u1', []]]));
      await expectSettled(stores, []);
    },
  };
};

const bringingAMemberBack: WriteTrial = (stores) => {
  const user = newUser('u1');
  const group = newGroup('g1', { members: adding('u1', 'u2') });
  const back = newUser('u1', { events: [invitation('e2', 'u1')] });
  // The removal has counted the group's version up.
  const joined = nextVersion(nextVersion(group), { members: adding('u1') });
  return {
    prepare: async () => {
      await stores.wipe();
      await commitTo(stores.sound, user, group, removal(user.record, [event('e1')]));
    },
    act: () => commitTo(stores.faulty, back, joined),
    check: async (error) => {
      await expectOnce(stores, back, error);
      await expectOnce(stores, joined, error);
      await expectMembers(stores, 'g1', ['u1', 'u2']);
      await expectSettled(stores, ['of-e2 queued']);
    },
  };
};

const relayingEvents: WriteTrial = (stores) => {
  const cancelled = event('e2', { type: 'deliveries.cancelled' });
  return {
    prepare: async () => {
      await stores.wipe();
      await commitTo(
        stores.sound,
        newUser('u1', { events: [invitation('e1', 'u1'), cancelled, invitation('e3', 'u1')] }),
        newUser('u2', { events: [invitation('e4', 'u2')] }),
      );
    },
    act: async () => {
      expect(await relayOnce(stores.faulty)).to.equal(4);
    },
    check: (error) => {
      if (!error) return expectSettledAlready(stores);
      return expectSettled(stores, ['of-e1 cancelled', 'of-e3 queued', 'of-e4 queued']);
    },
  };
};

async function expectSettledAlready(stores: Stores): Promise<void> {
  expect(await stores.sound.outbox.pendingEvents(10)).to.deep.equal([]);
  await expectSettled(stores, ['of-e1 cancelled', 'of-e3 queued', 'of-e4 queued']);
}

const loggingRequests: WriteTrial = (stores) => {
  const entries = ['r1', 'r2', 'r3'].map((id) => ({
    id,
    tenant: TENANT,
    at: '2026-03-01T08:00:00.000Z',
    client: { id: 'c1', name: 'Okta' },
    method: 'GET',
    path: '/Users/1',
    status: 200,
    ms: 1.5,
  }));
  const logged = async () =>
    (await stores.sound.requests.list({ tenant: TENANT, count: 10 })).entries.map(({ id }) => id).sort();
  return {
    prepare: async () => {
      await stores.wipe();
      await stores.sound.requests.append(entries.slice(1, 2));
    },
    act: () => stores.faulty.requests.append(entries),
    check: async (error) => {
      if (error) await stores.sound.requests.append(entries);
      expect(await logged()).to.deep.equal(['r1', 'r2', 'r3']);
    },
  };
};

/** A worker leases, sends, and writes each outcome until the store takes it. */
const sendingDeliveries: WriteTrial = (stores) => {
  const sent: string[] = [];
  const work = async ({ outbox }: Store, owner: string, now: Date): Promise<void> => {
    const leased = await outbox.lease({ owner, now, leaseMs: 60_000, limit: 3, perDomain: 10, channels: [] });
    for (const each of leased) {
      sent.push(each.id);
      const ended = unleased(each, {
        state: 'sent',
        attempts: each.attempts + 1,
        endedAt: later.toISOString(),
        reported: false,
      });
      // A repetition that finds its own work done is answered with false.
      while ((await outbox.update(owner, ended).catch(() => undefined)) === undefined);
    }
    await outbox.markReported((await outbox.unreported(10)).map(({ id }) => id));
  };
  return {
    prepare: async () => {
      await stores.wipe();
      sent.length = 0;
      await stores.sound.outbox.settleEvents(
        [],
        ['d1', 'd2', 'd3'].map((id) => delivery(id)),
      );
    },
    act: () => work(stores.faulty, 'faulty', later),
    check: async (error) => {
      // Where the database failed between two leases, those taken already are worked on, the others later.
      if (!error) expect(sent).not.to.deep.equal([]);
      await work(stores.sound, 'sound', muchLater);
      expect([...sent].sort(), 'sent').to.deep.equal(['d1', 'd2', 'd3']);
      const ended = await stores.sound.outbox.ofUser(TENANT, 'u1', 10);
      expect(
        ended.map(({ id, state, attempts, reported }) => `${id} ${state} ${attempts} ${reported}`).sort(),
      ).to.deep.equal(['d1 sent 1 true', 'd2 sent 1 true', 'd3 sent 1 true']);
      expect(await stores.sound.outbox.counts()).to.include({ queued: 0, leased: 0, sent: 3 });
    },
  };
};

const handlingDeliveries: WriteTrial = (stores) => {
  const states = async () =>
    (await stores.sound.outbox.ofUser(TENANT, 'u1', 10)).map(({ id, state }) => `${id} ${state}`).sort();
  const handle = async ({ outbox }: Store): Promise<void> => {
    await outbox.release('gone');
    await outbox.requeue(TENANT, 'd2', later);
    await outbox.purge(TENANT, later.toISOString());
  };
  return {
    prepare: async () => {
      await stores.wipe();
      await stores.sound.outbox.settleEvents(
        [],
        [
          delivery('d1', { state: 'leased', lease: { owner: 'gone', until: muchLater.toISOString() } }),
          delivery('d2', { state: 'dead', endedAt: muchLater.toISOString() }),
          delivery('d3', { state: 'sent', endedAt: '2026-03-01T08:30:00.000Z' }),
        ],
      );
    },
    act: () => handle(stores.faulty),
    check: async (error) => {
      if (error) await handle(stores.sound);
      expect(await states()).to.deep.equal(['d1 queued', 'd2 queued']);
    },
  };
};

const keepingClientsAndMail: WriteTrial = (stores) => {
  const clientsOf = (store: Pick<Store, 'notes'>) => composeClients(store.notes, systemClock).clients;
  const client = (id: string) => ({ id, tenant: TENANT, name: id, scopes: ['scim:read'], profile: 'auto' as const });
  const mail = {
    tenant: TENANT,
    id: 'm1',
    to: 'ines@entra.example',
    subject: 'Hello',
    text: 'Hello',
    html: '',
    at: '2026-03-01T08:00:00.000Z',
  };
  let done = 0;
  return {
    prepare: async () => {
      await stores.wipe();
      done = 0;
      await clientsOf(stores.sound).add(client('c1'));
    },
    act: async () => {
      expect(await clientsOf(stores.faulty).add(client('c2'))).to.include({ id: 'c2' });
      done += 1;
      expect(await clientsOf(stores.faulty).remove(TENANT, 'c1')).to.equal(true);
      done += 1;
      await stores.faulty.mailbox.put(mail);
      done += 1;
    },
    check: async (error) => {
      const ids = (await clientsOf(stores.sound).list(TENANT)).map(({ id }) => id);
      const mails = await stores.sound.mailbox.list(TENANT, 10);
      if (!error) expect(done).to.equal(3);
      if (done > 0) expect(ids).to.include('c2');
      if (done > 1) expect(ids).not.to.include('c1');
      if (done > 2) expect(mails).to.have.length(1);
      expect(ids.filter((id) => id === 'c2').length).to.be.lessThan(2);
      expect(mails.length).to.be.lessThan(2);
    },
  };
};

/** All or none, with members: needs a server that takes transactions. */
export const committingAllOrNone: WriteTrial = (stores) => {
  const commits = [
    newUser('u1', { events: [invitation('e1', 'u1')] }),
    newUser('u2', { events: [event('e2', { resourceId: 'u2' })] }),
    newGroup('g1', { members: adding('u1', 'u2'), events: [event('e3', { resourceId: 'g1' })] }),
  ];
  const present = async () =>
    (await Promise.all(commits.map(({ record: { type, id } }) => stores.sound.resources.get(TENANT, type, id)))).filter(
      Boolean,
    ).length;
  return {
    prepare: () => stores.wipe(),
    act: async () => {
      expect(await stores.faulty.resources.commitAll(commits)).to.deep.equal(commits.map(() => ({ outcome: 'done' })));
    },
    check: async (error) => {
      if (!error) expect(await present()).to.equal(3);
      expect(await present()).to.be.oneOf([0, 3]);
      if ((await present()) === 0) await stores.sound.resources.commitAll(commits);
      await expectMembers(stores, 'g1', ['u1', 'u2']);
      await expectSettled(stores, ['of-e1 queued']);
    },
  };
};

/** The kinds of write that any server takes, by name. */
export const writeTrials: Readonly<Record<string, WriteTrial>> = {
  'creating a user with an invitation': creatingAUser,
  'creating many users at once, one of them refused': creatingManyUsers,
  'adding members to a group': addingMembers,
  'removing a member of two groups': removingAMember,
  'bringing a removed member back': bringingAMemberBack,
  'relaying events': relayingEvents,
  'logging requests': loggingRequests,
  'leasing and sending deliveries': sendingDeliveries,
  'releasing, requeuing and purging deliveries': handlingDeliveries,
  'keeping clients and captured mail': keepingClientsAndMail,
};
