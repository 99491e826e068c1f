import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createConnection } from 'mongoose';
import type { JsonObject } from '../../src/base/json.ts';
import { eventually, launch, testToken } from '../support/launch.ts';
import type { Launched } from '../support/launch.ts';
import { isWork, nameOf } from '../support/mongo-faults/command.ts';
import type { Command } from '../support/mongo-faults/command.ts';
import { encodeName } from '../../src/store/mongo/database/field-names.ts';
import { latchkeyUrn } from '../../src/provisioning/user/latchkey-extension.ts';
import { startFaultProxy } from '../support/mongo-faults/fault-proxy.ts';
import type { FaultProxy } from '../support/mongo-faults/fault-proxy.ts';
import { describeWithMongo } from '../support/mongo-server-suite.ts';

const database = 'latchkey-commands';
const servedDatabase = 'latchkey-commands-served';
const core = 'urn:ietf:params:scim:schemas:core:2.0';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** What a process does of its own accord, now and then: the request log, notes that are read anew, leases. */
const ownChores = new Set([
  ...['requests', 'notes', 'tallies', 'leases', 'installation'],
  ...['unsealed', 'audit', 'chains', 'counts'],
]);

describeWithMongo('MongoDB: commands that each operation sends, at most', database, (suite) => {
  let proxy: FaultProxy;
  let served: Launched;
  let names = 0;

  before(async function () {
    this.timeout(120_000);
    proxy = await startFaultProxy(suite().uri);
    served = await launch({
      // Not the suite's own, which is emptied after each test, the client's credential included.
      MONGODB_URI: proxy.uri(servedDatabase),
      LATCHKEY_KEY: randomBytes(32).toString('base64'),
      LATCHKEY_WORKER: 'off',
    });
    await untilIndexed(suite(), servedDatabase);
  });
  after(async () => {
    await served.end('SIGTERM');
    const connection = await createConnection(suite().server.uri(servedDatabase)).asPromise();
    await connection.dropDatabase();
    await connection.close();
    await proxy.close();
  });

  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${served.url}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${testToken}`, 'content-type': 'application/scim+json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as JsonObject };
  };
  const userBody = (userName = `ines${(names += 1)}@harbour.example`) => ({ schemas: [`${core}:User`], userName });
  const make = async (path: string, body: object) => {
    const made = await call('POST', path, body);
    expect(made.status).to.equal(201);
    return made.body['id'] as string;
  };
  const makeUser = () => make('/Users', userBody());
  const makeGroup = (...members: string[]) =>
    make('/Groups', {
      schemas: [`${core}:Group`],
      displayName: `Crew ${(names += 1)}`,
      members: members.map((value) => ({ value })),
    });
  /** The commands of one call; what a process does of its own accord is not among them. */
  const commandsOf = async (status: number, send: () => ReturnType<typeof call>): Promise<string[]> => {
    proxy.takeCommands();
    const answer = await send();
    expect(answer.status, JSON.stringify(answer.body)).to.equal(status);
    return proxy
      .takeCommands()
      .filter((command) => isWork(command) && !ownChores.has(command.collection) && !isPoll(command))
      .map(nameOf);
  };
  const patch = (path: string, ...operations: object[]) =>
    call('PATCH', path, { schemas: [patchOp], Operations: operations });

  const atMost = (most: number, title: string, act: () => Promise<string[]>) =>
    it(`${title}: ${most}`, async function () {
      this.timeout(60_000);
      let commands = await act();
      // What the process does of its own accord now and then may fall into one call, and not into each.
      for (let more = 2; more > 0 && commands.length > most; more -= 1) commands = await act();
      expect(commands.length, commands.join(', ')).to.be.at.most(most);
    });

  atMost(1, 'GET a user', async () => {
    const id = await makeUser();
    return commandsOf(200, () => call('GET', `/Users/${id}`));
  });
  atMost(3, 'GET a list', async () => {
    for (let n = 0; n < 3; n += 1) await makeUser();
    return commandsOf(200, () => call('GET', '/Users?count=2'));
  });
  atMost(2, 'GET a user in two groups', async () => {
    const id = await makeUser();
    for (let n = 0; n < 2; n += 1) await makeGroup(id);
    return commandsOf(200, () => call('GET', `/Users/${id}`));
  });
  atMost(2, 'GET by userName eq', async () => {
    const body = userBody();
    await make('/Users', body);
    return commandsOf(200, () => call('GET', `/Users?filter=${encodeURIComponent(`userName eq "${body.userName}"`)}`));
  });
  atMost(3, 'PATCH a user', async () => {
    const id = await makeUser();
    return commandsOf(200, () => patch(`/Users/${id}`, { op: 'replace', path: 'nickName', value: 'Ines' }));
  });
  atMost(3, 'PUT a user', async () => {
    const body = userBody();
    const id = await make('/Users', body);
    return commandsOf(200, () => call('PUT', `/Users/${id}`, { ...body, nickName: 'Ines' }));
  });
  atMost(1, 'POST a user', () => commandsOf(201, () => call('POST', '/Users', userBody())));
  atMost(1, 'POST a user with an Idempotency-Key', () =>
    commandsOf(201, () => call('POST', '/Users', userBody(), { 'idempotency-key': 'first' })),
  );
  atMost(4, 'POST a user with an Idempotency-Key again', async () => {
    const body = userBody();
    const send = () => call('POST', '/Users', body, { 'idempotency-key': 'again' });
    expect((await send()).status).to.equal(201);
    return commandsOf(201, send);
  });
  atMost(2, 'POST a user whose name is taken', async () => {
    const body = userBody();
    await make('/Users', body);
    return commandsOf(409, () => call('POST', '/Users', body));
  });
  atMost(7, 'add one member', async () => {
    const [user, other] = [await makeUser(), await makeUser()];
    const group = await makeGroup(other);
    return commandsOf(204, () => patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: user }] }));
  });
  atMost(6, 'remove one member', async () => {
    const [user, other] = [await makeUser(), await makeUser()];
    const group = await makeGroup(user, other);
    return commandsOf(204, () => patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${user}"]` }));
  });
  atMost(8, 'PUT a group of three', async () => {
    const [one, two, three, four] = [await makeUser(), await makeUser(), await makeUser(), await makeUser()];
    const group = await makeGroup(one, two, three);
    const members = [one, two, four].map((value) => ({ value }));
    const body = { schemas: [`${core}:Group`], displayName: 'Crew', members };
    return commandsOf(200, () => call('PUT', `/Groups/${group}`, body));
  });
  atMost(5, 'DELETE a user in no group', async () => {
    const id = await makeUser();
    return commandsOf(204, () => call('DELETE', `/Users/${id}`));
  });
  atMost(12, 'DELETE a user in five groups', async () => {
    const id = await makeUser();
    for (let n = 0; n < 5; n += 1) await makeGroup(id);
    return commandsOf(204, () => call('DELETE', `/Users/${id}`));
  });
  atMost(12, 'an all-or-nothing Bulk of ten creates', () => {
    const Operations = Array.from({ length: 10 }, (_, n) => ({
      method: 'POST',
      path: '/Users',
      bulkId: `b${n}`,
      data: userBody(),
    }));
    return commandsOf(200, () =>
      call('POST', '/Bulk', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        allOrNothing: true,
        Operations,
      }),
    );
  });
  atMost(12, 'an all-or-nothing Bulk of ten changes', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 10; n += 1) ids.push(await makeUser());
    const Operations = ids.map((id) => ({
      method: 'PATCH',
      path: `/Users/${id}`,
      data: { schemas: [patchOp], Operations: [{ op: 'replace', path: 'nickName', value: 'Ines' }] },
    }));
    return commandsOf(200, () =>
      call('POST', '/Bulk', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        allOrNothing: true,
        Operations,
      }),
    );
  });
});

describeWithMongo('MongoDB: one invitation, from the create until the user is told of it', database, (suite) => {
  it('takes fewer than 20 commands', async function () {
    this.timeout(120_000);
    const proxy = await startFaultProxy(suite().uri);
    const served = await launch({ MONGODB_URI: proxy.uri(database), LATCHKEY_KEY: randomBytes(32).toString('base64') });
    await untilIndexed(suite(), database);
    try {
      const invited = {
        schemas: [`${core}:User`, latchkeyUrn],
        userName: 'ines@harbour.example',
        emails: [{ value: 'ines@harbour.example' }],
        [latchkeyUrn]: { preRegistration: true },
      };
      proxy.takeCommands();
      const { status: made, body } = await served.scim('POST', '/Users', invited);
      expect(made).to.equal(201);
      const commands: Command[] = [];
      // What is asked from outside, and what a process looks for every other second, is not the invitation's.
      const isItsOwn = (command: Command) =>
        isWork(command) && !ownChores.has(command.collection) && !isPoll(command) && !isAsked(command);
      for (let status = '', until = Date.now() + 60_000; status !== 'invited';) {
        expect(Date.now(), status).to.be.lessThan(until);
        const record = await suite()
          .direct.collection('records')
          .findOne({ _id: `default/${body.id}` as never });
        status = record?.['relay'] === undefined ? String(record?.['resource']?.[encodeName(latchkeyUrn)]?.status) : '';
      }
      commands.push(...proxy.takeCommands().filter(isItsOwn));
      expect(commands.length, commands.map(nameOf).join(', ')).to.be.lessThan(20);
    } finally {
      await served.end('SIGTERM');
      await proxy.close();
    }
  });
});

function isPoll({ name, body }: Command): boolean {
  const filter = body['filter'];
  return (
    name === 'find'
    && typeof filter === 'object'
    && filter !== null
    && ('moving' in filter || ('relay' in filter && !('_id' in filter)))
  );
}

function isAsked({ name, collection }: Command): boolean {
  return name === 'find' && collection === 'mails';
}

/** Waits until the walk that every start begins has gone over the records that are there: its commands are not ours. */
async function untilIndexed({ server }: { readonly server: { uri(name: string): string } }, name: string) {
  const connection = await createConnection(server.uri(name)).asPromise();
  try {
    await eventually('the records are indexed', async () => {
      const note = await connection.collection('notes').findOne({ _id: { $regex: '/reindexing/all$' } as never });
      return note !== null;
    });
  } finally {
    await connection.close();
  }
}
