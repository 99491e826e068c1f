import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import type { Condition } from '../../../src/scim/search/condition.ts';
import { Connection } from '../../../src/store/sqlite/database/connection.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { adding, event, gather, newGroup, newUser, removal, searchOf, TENANT } from '../../contract/fixtures.ts';

describe('SQLite store', () => {
  let folder = '';
  const open = (scanLimitMs?: number) =>
    openSqliteStore({ folder, clock: systemClock, ...(scanLimitMs === undefined ? {} : { scanLimitMs }) });
  const failure = async (attempt: Promise<unknown>) =>
    String(
      await attempt.then(
        () => 'it went through',
        (error: unknown) => error,
      ),
    );
  const listAll = (store: Store, title?: string) =>
    store.resources.query({
      tenant: TENANT,
      type: 'User',
      sort: undefined,
      limit: 0,
      page: { offset: 0 },
      condition:
        title === undefined
          ? undefined
          : { kind: 'compare', target: [{ key: 'title', multiValued: false }], operator: 'co', value: title },
    });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-sqlite-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('finds everything again after it was closed', async () => {
    const first = await open();
    const user = newUser('u1', { events: [event('e1')] });
    await first.resources.commit(user);
    await first.close();
    const second = await open();
    expect(await second.resources.get(TENANT, 'User', 'u1')).to.deep.equal(user.record);
    expect(await second.outbox.pendingEvents(10)).to.deep.equal([event('e1')]);
    await second.close();
  });

  it('forgets events that are settled and sealed; of the latest its place stays, and nothing of the person', async () => {
    const store = await open();
    await store.resources.commit(newUser('u1', { events: [event('e1'), event('e2'), event('e3')] }));
    await store.outbox.settleEvents([event('e1'), event('e3')], []);
    await store.events.seal(TENANT, 10);
    await store.close();
    const connection = new Connection(join(folder, 'latchkey.db'), { readOnly: false });
    const rows = connection.all<[string, string]>('SELECT id, body FROM events ORDER BY position');
    connection.close();
    expect(rows.map(([id, body]) => [id, body !== ''])).to.deep.equal([
      ['e2', true],
      ['e3', false],
    ]);
  });

  it('files events that ask for nothing as settled: no relay sees them, and the audit has them in their order', async () => {
    const store = await open();
    const events = ['e1', 'e2', 'e3'].map((id) => event(id));
    const user = newUser('u1', { events });
    await store.resources.commit({ ...user, settled: new Set(['e1', 'e3']) });
    const removed = { ...removal(user.record, [event('e4')]), settled: new Set(['e4']) };
    expect(await store.resources.commit(removed)).to.deep.equal({ outcome: 'done' });
    expect((await store.outbox.pendingEvents(10)).map(({ id }) => id)).to.deep.equal(['e2']);
    expect((await store.events.unsealed()).map((tail) => tail.events)).to.deep.equal([4]);
    expect(await store.events.seal(TENANT, 10)).to.equal(4);
    expect((await store.events.read(TENANT, 0, 10)).map(({ id }) => id)).to.deep.equal(['e1', 'e2', 'e3', 'e4']);
    await store.close();
  });

  it('seals any number of events, in writes that others wait little for', async () => {
    const store = await open();
    await store.events.append(Array.from({ length: 130 }, (_, n) => event(`e${n}`)));
    expect(await store.events.seal(TENANT, 100)).to.equal(100);
    expect(await store.events.seal(TENANT, 100)).to.equal(30);
    expect((await store.events.head(TENANT)).seq).to.equal(130);
    await store.close();
  });

  it('refuses a folder that another store in this process has', async () => {
    const first = await open();
    expect(await failure(open())).to.include('in use by another Latchkey process');
    await first.ping();
    await first.close();
    await (await open()).close();
  });

  it('refuses a folder that is a file', async () => {
    const file = join(folder, 'file');
    new Connection(file, { readOnly: false }).close();
    expect(await failure(openSqliteStore({ folder: file, clock: systemClock }))).to.match(
      /^StoreUnavailableError: LATCHKEY_DATA_DIR: the data folder .* cannot be used: E/,
    );
  });

  it('refuses a database that a newer version has written, and lets the folder go', async () => {
    await (await open()).close();
    const connection = new Connection(join(folder, 'latchkey.db'), { readOnly: false });
    const [present] = connection.get<[number]>('PRAGMA user_version') ?? [0];
    connection.execute('PRAGMA user_version = 99');
    expect(await failure(open())).to.include('schema 99');
    connection.execute(`PRAGMA user_version = ${present}`);
    connection.close();
    await (await open()).close();
  });

  it('answers writes under way when it closes, and refuses whatever comes later', async () => {
    const store = await open();
    const commits = Array.from({ length: 500 }, (_, n) => store.resources.commit(newUser(`u${n}`)));
    await store.close();
    expect((await Promise.all(commits)).every(({ outcome }) => outcome === 'done')).to.equal(true);
    for (const attempt of [
      store.resources.commit(newUser('late')),
      store.resources.get(TENANT, 'User', 'u1'),
      listAll(store, 'x'),
      store.outbox.counts(),
      store.ping(),
      gather(store.resources.members(TENANT, 'g')),
    ])
      expect(await failure(attempt)).to.match(/^StoreUnavailableError/);
    const again = await open();
    expect((await listAll(again)).total).to.equal(500);
    await again.close();
  });

  it('rejects the one write that SQLite cannot take, not those beside it', async () => {
    const store = await open();
    const twice = newUser('bad', { events: [event('same'), event('same')] });
    const [good, bad, other] = await Promise.allSettled([
      store.resources.commit(newUser('good')),
      store.resources.commit(twice),
      store.resources.commit(newUser('other')),
    ]);
    expect([good.status, bad.status, other.status]).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    expect(bad.status === 'rejected' && String(bad.reason)).to.match(/^StoreUnavailableError/);
    expect((await listAll(store)).total).to.equal(2);
    await store.close();
  });

  it('lets the event loop turn during a large write, which nobody sees half done', async function () {
    this.timeout(60_000);
    const store = await open();
    let isDone = false;
    const values = Array.from({ length: 60_000 }, (_, n) => `u${n}`);
    const commit = store.resources.commit(newGroup('g1', { members: adding(...values) })).then(() => {
      isDone = true;
    });
    let turns = 0;
    while (!isDone) {
      const some = await store.resources.membersAmong(TENANT, 'g1', ['u0', 'u59999']);
      expect(some.length).to.be.oneOf([0, 2]);
      if (some.length === 2) expect(await store.resources.get(TENANT, 'Group', 'g1')).not.to.equal(undefined);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      turns += 1;
    }
    await commit;
    expect(turns).to.be.greaterThan(10);
    expect(await gather(store.resources.members(TENANT, 'g1'))).to.have.length(60_000);
    await store.close();
  });

  it('stores nothing of a large write that comes to nothing, and goes on with those behind it', async () => {
    const store = await open();
    const values = Array.from({ length: 5_000 }, (_, n) => `u${n}`);
    const late = newGroup('g1', { expectedVersion: 1, members: adding(...values) });
    const broken = newGroup('g2', { members: adding(...values), events: [event('same'), event('same')] });
    const [conflict, failed, small, large] = await Promise.allSettled([
      store.resources.commit(late),
      store.resources.commit(broken),
      store.resources.commit(newUser('u1')),
      store.resources.commit(newGroup('g3', { members: adding(...values) })),
    ]);
    expect(conflict).to.deep.include({ status: 'fulfilled', value: { outcome: 'conflict', version: undefined } });
    expect(failed.status === 'rejected' && String(failed.reason)).to.match(/^StoreUnavailableError/);
    expect([small.status, large.status]).to.deep.equal(['fulfilled', 'fulfilled']);
    expect(
      await Promise.all(
        ['g1', 'g2', 'g3'].map(async (id) => (await gather(store.resources.members(TENANT, id))).length),
      ),
    ).to.deep.equal([0, 0, 5_000]);
    expect(
      await store.resources.commit({
        kind: 'remove',
        tenant: TENANT,
        type: 'Group',
        id: 'g3',
        expectedVersion: 1,
        events: [],
      }),
    ).to.deep.equal({ outcome: 'done' });
    expect(await gather(store.resources.members(TENANT, 'g3'))).to.deep.equal([]);
    await store.close();
  });

  it('gives up a search that takes too long, and goes on searching', async function () {
    this.timeout(30_000);
    const hasty = await open(1);
    await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        hasty.resources.commit(newUser(`u${n}`, { search: searchOf('user', `u${n}`, { title: 'engineer' }) })),
      ),
    );
    // A thread cannot even start in a millisecond.
    expect(await failure(listAll(hasty, 'eng'))).to.match(/^StoreUnavailableError: The search took longer than 1 ms/);
    expect((await listAll(hasty)).total).to.equal(200);
    await hasty.close();
    const patient = await open(20_000);
    const totals = await Promise.all(Array.from({ length: 20 }, () => listAll(patient, 'eng')));
    expect(totals.map(({ total }) => total)).to.deep.equal(Array.from({ length: 20 }, () => 200));
    await patient.close();
  });

  it('outlives a search that is given up in the middle of its statement, and waits for that to end before it closes', async function () {
    this.timeout(60_000);
    const store = await open(200);
    const title = 'a'.repeat(60_000);
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        store.resources.commit(newUser(`u${n}`, { search: searchOf('user', `u${n}`, { title }) })),
      ),
    );
    const titleHas = (value: string): Condition => ({
      kind: 'compare',
      target: [{ key: 'title', multiValued: false }],
      operator: 'co',
      value,
    });
    const endless: Condition = { kind: 'or', conditions: Array.from({ length: 12 }, (_, n) => titleHas(`aaab${n}`)) };
    const search = () =>
      store.resources.query({
        tenant: TENANT,
        type: 'User',
        condition: endless,
        sort: undefined,
        limit: 5,
        page: { offset: 0 },
      });
    for (const round of [1, 2, 3])
      expect(await failure(search()), `search ${round}`).to.match(
        /^StoreUnavailableError: The search took longer than 200 ms/,
      );
    const last = failure(search());
    await store.close();
    // On a busy machine its time may be over before the store begins to close.
    expect(await last).to.match(/^StoreUnavailableError: The (store is closed|search took longer than 200 ms)/);
  });

  it('counts and pages through types that share the positions, block by block', async function () {
    this.timeout(60_000);
    const store = await open();
    const users = Array.from({ length: 3_000 }, (_, n) => newUser(`u${n}`));
    await Promise.all(
      users.flatMap((user, n) => [
        store.resources.commit(user),
        ...(n % 3 === 0 ? [store.resources.commit(newGroup(`g${n}`))] : []),
      ]),
    );
    for (const offset of [0, 1, 767, 768, 769, 1_500, 2_299, 2_990, 2_999]) {
      const page = await store.resources.query({
        tenant: TENANT,
        type: 'User',
        condition: undefined,
        sort: undefined,
        limit: 5,
        page: { offset },
      });
      expect(page.total).to.equal(3_000);
      expect(page.records.map(({ id }) => id)).to.deep.equal(
        users.slice(offset, offset + 5).map(({ record }) => record.id),
      );
    }
    await store.close();
  });
});
