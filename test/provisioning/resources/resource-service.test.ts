import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import type { PatchOperation } from '../../../src/scim/patch/patch-op.ts';
import type { Precondition, Representation, StagedWork } from '../../../src/scim/port/resource-handler.ts';
import { groupType, userType } from '../../support/resource-types.ts';
import {
  groupBody,
  noWants,
  ProvisioningBench,
  tenant,
  userBody,
  validUser,
} from '../../support/provisioning-bench.ts';

const withMembers = { members: true, groups: false };

async function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: Error) => error,
  );
}

async function memberIds(shown: Representation): Promise<string[]> {
  const ids: string[] = [];
  for await (const chunk of shown.members ?? []) ids.push(...chunk.map(({ value }) => value as string));
  return ids;
}

describe('ResourceService', () => {
  let bench: ProvisioningBench;
  beforeEach(() => {
    bench = new ProvisioningBench();
  });

  const createGroup = async (
    name: string,
    members: readonly string[] = [],
    profile: 'auto' | 'entra' = 'auto',
  ): Promise<string> =>
    (await bench.service.create(bench.context({ profile }), groupType, groupBody(name, members), noWants)).resource[
      'id'
    ] as string;
  const patchGroup = (id: string, operations: readonly PatchOperation[], precondition: Precondition = {}) =>
    bench.service.patch(bench.context(), groupType, id, operations, precondition, withMembers);
  const readMembers = async (id: string): Promise<string[]> =>
    memberIds(await bench.service.read(bench.context(), groupType, id, withMembers));
  const users = (count: number): Promise<string[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => bench.createUser(userBody(`user-${index}`))));

  describe('all or nothing', () => {
    const work = (names: readonly string[], keep = true) =>
      bench.service.atomically(async (handler) => {
        for (const name of names) await handler.create(bench.context(), userType, validUser(userBody(name)), noWants);
        return { keep, answer: names.length };
      });

    it('writes all with its events at once, or nothing', async () => {
      expect(await work(['ines', 'tove'], false)).to.equal(2);
      expect(await failure(work(['zoe', 'ZOE']))).to.include({ scimType: 'uniqueness' });
      expect(bench.store.commits).to.equal(0);
      expect(await work(['ines', 'tove'])).to.equal(2);
      expect(bench.eventTypes()).to.deep.equal(['user.created', 'user.created']);
    });

    it('begins again where another writer was quicker, and then knows the reason', async () => {
      bench.store.interfereOnce(async () => {
        await bench.createUser(userBody('tove'));
      });
      expect(await failure(work(['ines', 'tove']))).to.include({ scimType: 'uniqueness' });
      expect(bench.eventTypes()).to.deep.equal(['user.created']);
      const id = await bench.createUser(userBody('zoe'));
      bench.store.interfereOnce(async () => {
        await bench.patchUser(id, [{ op: 'replace', path: 'title', value: 'Pilot' }]);
      });
      await bench.service.atomically(async (handler) => {
        await handler.patch(
          bench.context(),
          userType,
          id,
          [{ op: 'replace', path: 'nickName', value: 'Z' }],
          {},
          noWants,
        );
        return { keep: true, answer: undefined };
      });
      expect((await bench.service.read(bench.context(), userType, id, noWants)).resource).to.include({
        title: 'Pilot',
        nickName: 'Z',
      });
    });

    it('is 501 where the database cannot', async () => {
      bench.store.transactions = false;
      expect(await failure(work(['ines']))).to.include({ status: 501 });
    });
  });

  describe('writes that go together', () => {
    const stage = (names: readonly string[], onto?: StagedWork) =>
      bench.service.stage(async (handler) => {
        for (const name of names) await handler.create(bench.context(), userType, validUser(userBody(name)), noWants);
      }, onto);
    const together = async (names: readonly string[]) => (await (await stage(names))?.write()) ?? false;

    it('are one write with all events, and each sees those before it', async () => {
      expect(await together(['ines', 'tove'])).to.equal(true);
      expect(bench.store.commits).to.equal(2);
      expect(bench.eventTypes()).to.deep.equal(['user.created', 'user.created']);
      expect(await failure(together(['zoe', 'ZOE']))).to.include({ scimType: 'uniqueness' });
      expect(bench.store.commits).to.equal(2);
    });

    it('build on those that are on their way', async () => {
      const first = await stage(['ines']);
      expect(await failure(stage(['tove', 'INES'], first))).to.include({ scimType: 'uniqueness' });
      const second = await stage(['tove'], first);
      expect(bench.store.commits).to.equal(0);
      expect(await first?.write()).to.equal(true);
      expect(await second?.write()).to.equal(true);
      expect(bench.eventTypes()).to.deep.equal(['user.created', 'user.created']);
    });

    it('are none where another writer was quicker, or where the database writes one by one', async () => {
      bench.store.interfereOnce(async () => {
        await bench.createUser(userBody('tove'));
      });
      expect(await together(['ines', 'tove'])).to.equal(false);
      expect(bench.eventTypes()).to.deep.equal(['user.created']);
      bench.store.transactions = false;
      expect(await together(['ines'])).to.equal(false);
      expect(bench.eventTypes()).to.deep.equal(['user.created']);
    });
  });

  describe('a create that may be repeated', () => {
    const attempt = { key: 'k1', digest: 'd1' };
    const ines = validUser(userBody('ines'));
    const create = async (changes: Partial<typeof attempt> = {}, body = ines): Promise<string> =>
      (await bench.service.create(bench.context(), userType, body, noWants, { ...attempt, ...changes })).resource[
        'id'
      ] as string;

    it('makes one user, whoever is quicker, and asks for one mail', async () => {
      const ids = await Promise.all([create(), create(), create()]);
      ids.push(await create());
      expect(new Set(ids).size).to.equal(1);
      expect(bench.eventTypes().filter((type) => type === 'user.created')).to.have.length(1);
    });

    it('still finds its user when that has changed, and the names with it', async () => {
      const id = await create();
      await bench.patchUser(id, [{ op: 'replace', path: 'userName', value: 'ida' }]);
      await bench.createUser(userBody('ines'));
      expect(await create()).to.equal(id);
      expect(await bench.version(id)).to.equal(2);
    });

    it('is refused with 422 when its key was used for another user, and 409 when only the name is taken', async () => {
      const id = await create();
      const error = await failure(create({ digest: 'd2' }));
      expect(error).to.include({ status: 422 });
      expect(error.message).to.include(id);
      expect(await failure(create({ key: 'k2' }))).to.include({ status: 409, scimType: 'uniqueness' });
    });

    it('makes a new user once the first is removed', async () => {
      const id = await create();
      await bench.service.remove(bench.context(), userType, id, {});
      expect(await create()).not.to.equal(id);
    });

    it('is another one for another resource type', async () => {
      const id = await create();
      const group = await bench.service.create(bench.context(), groupType, groupBody('crew'), noWants, attempt);
      expect(group.resource['id']).not.to.equal(id);
    });
  });

  describe('users', () => {
    it('refuses a second user of the same name in any letter case, naming attribute and holder', async () => {
      const id = await bench.createUser(userBody('Ines'));
      const error = await failure(bench.createUser(userBody('INES')));
      expect(error).to.include({ status: 409, scimType: 'uniqueness' });
      expect(error.message).to.include('userName').and.include(id);
      expect(await bench.createUser(userBody('other'))).not.to.equal(id);
    });

    it('lets one of two at the same time have the name', async () => {
      const results = await Promise.allSettled([
        bench.createUser(userBody('ines')),
        bench.createUser(userBody('ines')),
      ]);
      expect(results.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    });

    it('writes nothing when a PUT or PATCH changes nothing', async () => {
      const body = userBody('ines', {}, { title: 'Captain' });
      const id = await bench.createUser(body);
      const events = bench.store.events.length;
      await bench.replaceUser(id, body);
      expect(await bench.patchUser(id, [{ op: 'replace', path: 'title', value: 'Captain' }])).to.equal(false);
      expect(await bench.version(id)).to.equal(1);
      expect(bench.store.events).to.have.length(events);
    });

    it('names what changed in the event, without values', async () => {
      const id = await bench.createUser(userBody('ines'));
      await bench.patchUser(id, [{ op: 'replace', path: 'title', value: 'Captain' }]);
      expect(bench.lastEvent('user.updated')).to.deep.include({
        version: 2,
        data: { userName: 'ines', changed: ['title'] },
      });
    });

    it('lets go of attributes that a PUT leaves out, and keeps what is ours', async () => {
      const id = await bench.createUser(userBody('ines', { preRegistration: true }, { title: 'Captain' }));
      const shown = await bench.replaceUser(id, userBody('ines'));
      expect(shown.resource).not.to.have.property('title');
      expect((await bench.onboarding(id)).status).to.equal('queued');
    });

    it('answers 412 to an If-Match of another version at once, and when somebody else is quicker', async () => {
      const id = await bench.createUser(userBody('ines'));
      const patch = (ifMatch: number[]) =>
        bench.service.patch(
          bench.context(),
          userType,
          id,
          [{ op: 'replace', path: 'title', value: `t${ifMatch.join()}` }],
          { ifMatch },
          noWants,
        );
      expect(await failure(patch([7]))).to.include({ status: 412 });
      bench.store.interfereOnce(async () => {
        const { writer, ref } = otherProcess(id);
        await writer.update(
          ref,
          (record) => ({
            kind: 'put',
            change: { resource: { ...record!.resource, nickName: 'x' }, account: record!.account!, events: [] },
            answer: () => undefined,
          }),
          { origin: { triggeredBy: 'system' } },
        );
      });
      expect(await failure(patch([1]))).to.include({ status: 412 });
      expect((await patch([2])).changed).to.equal(true);
    });

    it('tries again when another process was quicker, and loses neither change', async () => {
      const id = await bench.createUser(userBody('ines'));
      bench.store.interfereOnce(async () => {
        const { writer, ref } = otherProcess(id);
        await writer.update(
          ref,
          (record) => ({
            kind: 'put',
            change: { resource: { ...record!.resource, nickName: 'theirs' }, account: record!.account!, events: [] },
            answer: () => undefined,
          }),
          { origin: { triggeredBy: 'system' } },
        );
      });
      await bench.patchUser(id, [{ op: 'replace', path: 'title', value: 'ours' }]);
      expect((await bench.store.get(tenant, 'User', id))?.resource).to.include({ nickName: 'theirs', title: 'ours' });
      expect(await bench.version(id)).to.equal(3);
    });

    it('stores nothing in a dry run, but checks and computes all', async () => {
      const context = { dryRun: true };
      const id = await bench.createUser(userBody('ines', { preRegistration: true }), context);
      expect(await bench.store.get(tenant, 'User', id)).to.equal(undefined);
      const real = await bench.createUser(userBody('ines'));
      expect(await failure(bench.createUser(userBody('Ines'), context))).to.include({ status: 409 });
      const shown = await bench.replaceUser(real, userBody('renamed'), context);
      expect(shown).to.deep.include({ version: 2 });
      expect(shown.resource['userName']).to.equal('renamed');
      expect(await bench.version(real)).to.equal(1);
    });

    it('answers 404 for what is not there, for every verb', async () => {
      const calls = [
        (async () => bench.service.read(bench.context(), userType, 'nobody', noWants))(),
        bench.replaceUser('nobody', userBody('x')),
        bench.patchUser('nobody', [{ op: 'replace', path: 'title', value: 'x' }]),
        bench.service.remove(bench.context(), userType, 'nobody', {}),
      ];
      for (const call of calls) expect(await failure(call)).to.include({ status: 404 });
    });

    it('keeps one tenant out of another', async () => {
      const id = await bench.createUser(userBody('ines'));
      const foreign = async () => bench.service.read(bench.context({ tenant: 'other' }), userType, id, noWants);
      expect(await failure(foreign())).to.include({ status: 404 });
      expect(await bench.createUser(userBody('ines'), { tenant: 'other' })).not.to.equal(id);
    });
  });

  describe('groups', () => {
    it('is made with members, typed by their records', async () => {
      const [one] = await users(1);
      const inner = await createGroup('Inner');
      const group = await createGroup('Outer', [one!, inner]);
      const shown = await bench.service.read(bench.context(), groupType, group, withMembers);
      const chunks: JsonObject[] = [];
      for await (const chunk of shown.members!) chunks.push(...chunk);
      expect(chunks).to.deep.equal([
        { value: one, type: 'User' },
        { value: inner, type: 'Group' },
      ]);
    });

    it('refuses members that do not exist, and itself, naming the element', async () => {
      const [one] = await users(1);
      const error = await failure(createGroup('Dock', [one!, 'nobody']));
      expect(error).to.include({ status: 400, scimType: 'invalidValue' });
      expect(error.message).to.match(/^members\[1\]\.value/);
      const id = await createGroup('Quay');
      expect(
        (await failure(patchGroup(id, [{ op: 'add', path: 'members', value: [{ value: id }] }]))).message,
      ).to.include('itself');
    });

    it('names every member that does not exist, twenty of them by id', async () => {
      const [one] = await users(1);
      const strangers = Array.from({ length: 23 }, (_, index) => `nobody-${index}`);
      const { message } = await failure(createGroup('Dock', [one!, ...strangers]));
      expect(message)
        .to.match(/^members\[1\]\.value: 23 members do not exist/)
        .and.to.include('"nobody-0", "nobody-1"')
        .and.to.match(/"nobody-19" and 3 more\.$/);
    });

    it('leaves out members that do not exist where the profile or the tenant says so, and tells which', async () => {
      const [one] = await users(1);
      const { id } = (
        await bench.service.create(
          bench.context({ profile: 'okta' }),
          groupType,
          groupBody('Dock', [one!, 'nobody']),
          noWants,
        )
      ).resource;
      expect(await readMembers(id as string)).to.deep.equal([one]);
      const add: PatchOperation = {
        op: 'add',
        path: 'members',
        value: [{ value: 'nobody' }, { value: 'nobody-else' }],
      };
      const patchAs = (profile: 'entra' | 'auto') =>
        bench.service.patch(bench.context({ profile }), groupType, id as string, [add], {}, noWants);
      const { changed, representation } = await patchAs('entra');
      expect(changed).to.equal(false);
      expect(representation.skippedMembers).to.deep.equal({ count: 2, ids: ['nobody', 'nobody-else'] });
      expect(await failure(patchAs('auto'))).to.include({ status: 400 });
      bench.settings = { ...bench.settings, scim: { ...bench.settings.scim, unknownMembers: 'skip' } };
      expect((await patchAs('auto')).representation.skippedMembers).to.include({ count: 2 });
      bench.settings = { ...bench.settings, scim: { ...bench.settings.scim, unknownMembers: 'refuse' } };
      expect(await failure(patchAs('entra'))).to.include({ status: 400 });
    });

    it('reads nothing of the other members when some are added or removed by id', async () => {
      const [one, two] = await users(2);
      const id = await createGroup('Dock', [one!]);
      const read: string[] = [];
      for (const name of ['members', 'membersWhere'] as const) {
        const method = bench.store[name].bind(bench.store) as never;
        Object.assign(bench.store, {
          [name]: (...args: never[]) => {
            read.push(name);
            return (method as (...all: never[]) => unknown)(...args);
          },
        });
      }
      const among: (readonly string[])[] = [];
      const membersAmong = bench.store.membersAmong.bind(bench.store);
      bench.store.membersAmong = (tenant, group, values) => {
        among.push(values);
        return membersAmong(tenant, group, values);
      };
      for (const operation of [
        { op: 'add', path: 'members', value: [{ value: two! }] },
        { op: 'add', value: { members: [{ value: two! }] } },
        { op: 'remove', path: `members[value eq "${two}"]` },
        { op: 'remove', path: 'members', value: [{ value: two! }] },
      ] as const satisfies PatchOperation[])
        expect(await patchGroup(id, [operation])).to.include({ membersOnly: true });
      expect(read).to.deep.equal([]);
      expect(among).to.deep.equal([[two], [two], [two], [two]]);
      expect(
        await patchGroup(id, [
          { op: 'add', path: 'members', value: [{ value: two! }] },
          { op: 'replace', path: 'displayName', value: 'Quay' },
        ]),
      ).to.include({ membersOnly: false });
    });

    it('writes no version for what is already so', async () => {
      const [one, two] = await users(2);
      const id = await createGroup('Dock', [one!]);
      const result = await patchGroup(id, [
        { op: 'add', path: 'members', value: [{ value: one! }] },
        { op: 'remove', path: `members[value eq "${two}"]` },
      ]);
      expect(result.changed).to.equal(false);
      expect(result.operations.map(({ outcome }) => outcome)).to.deep.equal(['alreadyTrue', 'alreadyTrue']);
      expect(await bench.version(id, 'Group')).to.equal(1);
    });

    it('writes no version where the members are the same in the end, whatever happened to them in between', async () => {
      const [one, two, three] = (await users(3)).map((value) => ({ value }));
      const add = (...value: (typeof one)[]) => ({ op: 'add', path: 'members', value }) as PatchOperation;
      const replace = (...value: (typeof one)[]) => ({ op: 'replace', path: 'members', value }) as PatchOperation;
      const remove = (...value: (typeof one)[]) => ({ op: 'remove', path: 'members', value }) as PatchOperation;
      const clear: PatchOperation = { op: 'remove', path: 'members' };
      const empty = await createGroup('Empty');
      const full = await createGroup('Full', [one!.value, two!.value]);
      const unchanged: readonly (readonly [string, readonly PatchOperation[]])[] = [
        [empty, [add(one, two), remove(one, two)]],
        [empty, [add(one), clear]],
        [empty, [add(one), replace()]],
        [empty, [replace(one), { op: 'remove', path: 'members[value pr]' }]],
        [full, [add(three), remove(three)]],
        [full, [remove(one), add(one)]],
        [full, [clear, add(two, one)]],
        [full, [add(three), clear, add(one, two)]],
        [full, [replace(two, one)]],
        [full, [replace(three), replace(one, two)]],
        [full, [replace(), replace(one, two)]],
        [full, [remove(one, two), clear, add(one), add(two)]],
      ];
      for (const [id, operations] of unchanged) {
        const before = await bench.version(id, 'Group');
        const { changed, operations: reports } = await patchGroup(id, operations);
        expect([changed, await bench.version(id, 'Group')], JSON.stringify(operations)).to.deep.equal([false, before]);
        if (operations.length > 1) expect(reports[0]?.outcome).to.equal('applied');
      }
      expect(bench.eventTypes()).to.not.include('group.updated');
      await patchGroup(full, [clear, add(two, three)]);
      expect(await readMembers(full)).to.have.members([two!.value, three!.value]);
      await patchGroup(full, [clear, add(one, two, three)]);
      expect(await readMembers(full)).to.have.members([one!.value, two!.value, three!.value]);
      expect(await bench.version(full, 'Group')).to.equal(3);
    });

    it('carries out operations in order and says which of them changed anything', async () => {
      const [one, two, three] = await users(3);
      const id = await createGroup('Dock', [one!]);
      const result = await patchGroup(id, [
        { op: 'add', path: 'members', value: [{ value: two! }, { value: three! }] },
        { op: 'remove', path: 'members', value: [{ value: two! }] },
        { op: 'remove', path: 'members', value: [{ value: two! }] },
        { op: 'replace', path: 'displayName', value: 'Quay' },
      ]);
      expect(result.operations.map(({ outcome }) => outcome)).to.deep.equal([
        'applied',
        'applied',
        'alreadyTrue',
        'applied',
      ]);
      expect(await readMembers(id)).to.deep.equal([one, three]);
      expect(await bench.version(id, 'Group')).to.equal(2);
    });

    it('removes by filter, empties, and replaces with exactly what is named', async () => {
      const [one, two, three] = await users(3);
      const id = await createGroup('Dock', [one!, two!]);
      await patchGroup(id, [{ op: 'replace', path: 'members', value: [{ value: two! }, { value: three! }] }]);
      expect(await readMembers(id)).to.have.members([two, three]);
      await patchGroup(id, [{ op: 'remove', path: `members[value ne "${two}"]` }]);
      expect(await readMembers(id)).to.deep.equal([two]);
      await patchGroup(id, [{ op: 'remove', path: 'members' }]);
      expect(await readMembers(id)).to.deep.equal([]);
      expect((await patchGroup(id, [{ op: 'remove', path: 'members' }])).changed).to.equal(false);
    });

    it("takes a PUT's members as the whole set", async () => {
      const [one, two] = await users(2);
      const id = await createGroup('Dock', [one!]);
      const replace = (members: string[]) =>
        bench.service.replace(bench.context(), groupType, id, groupBody('Dock', members), {}, noWants);
      expect((await replace([one!])).version).to.equal(1);
      await replace([two!]);
      expect(await readMembers(id)).to.deep.equal([two]);
    });

    it('loses nothing under 50 parallel changes, and tries each once', async () => {
      const all = await users(50);
      const id = await createGroup('Dock');
      const before = bench.store.commits;
      await Promise.all(all.map((value) => patchGroup(id, [{ op: 'add', path: 'members', value: [{ value }] }])));
      expect(await readMembers(id)).to.have.members(all);
      expect(bench.store.commits - before).to.equal(50);
      expect(await bench.version(id, 'Group')).to.equal(51);
    });

    it('writes changes together that come while one is written, each with its version, and refuses each by itself', async () => {
      bench.store.joinsWrites = true;
      const all = await users(20);
      const id = await createGroup('Dock');
      const before = bench.store.commits;
      const add = (value: string, precondition: Precondition = {}) =>
        patchGroup(id, [{ op: 'add', path: 'members', value: [{ value }] }], precondition);
      const results = await Promise.allSettled([
        ...all.map((value) => add(value)),
        add('nobody'),
        add(all[0]!, { ifMatch: [99] }),
        patchGroup(id, [{ op: 'remove', path: `members[value eq "${all[3]}"]` }]),
        patchGroup(id, [{ op: 'replace', path: 'displayName', value: 'Quay' }]),
      ]);
      const refused = results.flatMap((one, index) => (one.status === 'rejected' ? [index] : []));
      expect(refused).to.deep.equal([20, 21]);
      expect(results[20]).to.have.nested.property('reason.message').that.contains('nobody');
      const versions = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value.representation.version] : []));
      expect(versions).to.deep.equal(Array.from({ length: 22 }, (_, index) => index + 2));
      expect(await readMembers(id)).to.have.members(all.filter((_, index) => index !== 3));
      expect((await bench.service.read(bench.context(), groupType, id, noWants)).resource['displayName']).to.equal(
        'Quay',
      );
      expect(bench.store.commits - before).to.equal(22);
    });

    it('shows what a dry run would make of the members', async () => {
      const [one, two] = await users(2);
      const id = await createGroup('Dock', [one!]);
      const { representation } = await bench.service.patch(
        bench.context({ dryRun: true }),
        groupType,
        id,
        [
          { op: 'add', path: 'members', value: [{ value: two! }] },
          { op: 'remove', path: 'members', value: [{ value: one! }] },
        ],
        {},
        withMembers,
      );
      expect(await memberIds(representation)).to.deep.equal([two]);
      expect(await readMembers(id)).to.deep.equal([one]);
    });

    it("shows a user's groups, direct and indirect, where they are wanted", async () => {
      const [one] = await users(1);
      const inner = await createGroup('Inner', [one!]);
      const outer = await createGroup('Outer', [inner]);
      const shown = await bench.service.read(bench.context(), userType, one!, { members: false, groups: true });
      expect(shown.resource['groups']).to.have.deep.members([
        { value: inner, display: 'Inner', type: 'direct' },
        { value: outer, display: 'Outer', type: 'indirect' },
      ]);
    });

    it('allows two groups of one name, but not in the Entra profile or where the tenant forbids it', async () => {
      const first = await createGroup('Dock');
      await createGroup('dock');
      const error = await failure(createGroup('DOCK', [], 'entra'));
      expect(error).to.include({ status: 409 });
      expect(error.message).to.match(/^displayName/);
      bench.settings = { ...bench.settings, scim: { ...bench.settings.scim, uniqueGroupNames: true } };
      expect(await failure(createGroup('Dock'))).to.include({ status: 409 });
      const results = await Promise.allSettled([createGroup('Pier'), createGroup('PIER')]);
      expect(results.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
      expect((await patchGroup(first, [{ op: 'replace', path: 'displayName', value: 'Old Dock' }])).changed).to.equal(
        true,
      );
    });
  });

  function otherProcess(id: string) {
    const other = new ProvisioningBench();
    return { writer: other.writerOver(bench.store), ref: { tenant, type: userType, id } };
  }
});
