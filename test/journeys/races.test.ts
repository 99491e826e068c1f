import { expect } from 'chai';
import { eventually, type ScimAnswer } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeOnBothStores } from '../support/served-stores.ts';

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulk = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

/** In runs of that many; the last may be shorter. */
function inChunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}

describeOnBothStores('requests at the same time', {}, (served, store) => {
  // The stand-in for MongoDB takes some ten milliseconds for each of a PATCH's fourteen steps.
  const writers = Number(process.env['RACE_WRITERS'] ?? (store === 'SQLite' ? 50 : 20));
  const share = Number(process.env['RACE_SHARE'] ?? 1);
  const scim = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ScimAnswer> =>
    served().scim(method, path, body, headers);
  const patch = (path: string, ...operations: object[]): Promise<ScimAnswer> =>
    scim('PATCH', path, { schemas: [patchOp], Operations: operations });
  const statuses = (answers: readonly ScimAnswer[]): number[] => answers.map(({ status }) => status).sort();
  const users: string[] = [];

  async function newGroup(displayName: string, ...present: string[]): Promise<string> {
    const { status, body } = await scim('POST', '/Groups', {
      displayName,
      members: present.map((value) => ({ value })),
    });
    expect(status).to.equal(201);
    return `/Groups/${body.id}`;
  }

  async function membersOf(group: string): Promise<string[]> {
    const { body } = await scim('GET', group);
    return (body.members ?? []).map(({ value }: { value: string }) => value).sort();
  }

  before(async function () {
    this.timeout(60_000 + writers * share * 40);
    const names = Array.from({ length: writers * share }, (_, n) => `member-${n}@race.example`);
    for (const some of inChunks(names, 1000)) {
      const operations = some.map((userName, n) => ({
        method: 'POST',
        path: '/Users',
        bulkId: `b${n}`,
        data: { userName },
      }));
      const { body } = await scim('POST', '/Bulk', { schemas: [bulk], Operations: operations });
      for (const { location } of body.Operations) users.push(location.split('/').at(-1));
    }
    expect(new Set(users).size).to.equal(names.length);
  });

  it('a user posted twice is made once, and the 409 names the id', async () => {
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(
        ['twice', 'TWICE', 'Twice'].map((name) =>
          scim('POST', '/Users', { userName: `${name}-${round}@race.example` }),
        ),
      );
      expect(statuses(answers)).to.deep.equal([201, 409, 409]);
      const made = answers.find(({ status }) => status === 201);
      for (const { body } of answers.filter(({ status }) => status === 409))
        expect(body).to.include({ scimType: 'uniqueness' }).and.have.property('detail').that.includes(made?.body.id);
    }
  });

  it('a create that is repeated with its Idempotency-Key while the first is under way is one user', async () => {
    const body = { userName: 'idempotent@race.example' };
    const answers = await Promise.all([1, 2, 3].map(() => scim('POST', '/Users', body, { 'idempotency-key': 'k-1' })));
    expect(statuses(answers)).to.deep.equal([201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).to.equal(1);
  });

  it(`of ${writers} writers at once who add ${share} to one group, none loses or doubles a member`, async function () {
    this.timeout(60_000 + writers * share * 40);
    const group = await newGroup('fifty');
    const answers = await Promise.all(
      inChunks(users, share).map(async (own) => {
        const heard: ScimAnswer[] = [];
        for (const some of inChunks(own, 100))
          heard.push(await patch(group, { op: 'add', path: 'members', value: some.map((value) => ({ value })) }));
        return heard;
      }),
    );
    for (const { status } of answers.flat()) expect(status).to.be.oneOf([200, 204]);
    expect(await membersOf(group)).to.deep.equal([...users].sort());
    expect((await scim('GET', group)).headers.get('etag')).to.equal(`W/"${answers.flat().length + 1}"`);
  });

  it('additions, removals and renames at once all happen', async () => {
    const leaving = users.slice(0, writers * 0.3);
    const coming = users.slice(writers * 0.3, writers * 0.7);
    const group = await newGroup('mixed', ...leaving);
    const answers = await Promise.all([
      ...leaving.map((value, n) =>
        patch(
          group,
          n % 2 === 0
            ? { op: 'remove', path: `members[value eq "${value}"]` }
            : { op: 'Remove', path: 'members', value: [{ value }] },
        ),
      ),
      ...coming.map((value) => patch(group, { op: 'add', path: 'members', value: [{ value }] })),
      ...[1, 2, 3].map((n) => patch(group, { op: 'replace', path: 'displayName', value: `mixed ${n}` })),
      patch(group, { op: 'replace', value: { externalId: 'mixed-1' } }),
    ]);
    expect(answers.filter(({ status }) => status !== 200 && status !== 204)).to.deep.equal([]);
    expect(await membersOf(group)).to.deep.equal([...coming].sort());
    const { body } = await scim('GET', group);
    expect(body)
      .to.include({ externalId: 'mixed-1' })
      .and.have.property('displayName')
      .that.matches(/^mixed [123]$/);
  });

  it('five PATCHes at once on each of three groups, as Entra sends them, keep every member', async () => {
    const groups = await Promise.all(['g1', 'g2', 'g3'].map((name) => newGroup(name)));
    const batches = [0, 1, 2, 3, 4].map((n) => users.slice(n * 4, n * 4 + 4).map((value) => ({ $ref: null, value })));
    const answers = await Promise.all(
      groups.flatMap((group) => batches.map((value) => patch(group, { op: 'Add', path: 'members', value }))),
    );
    expect(new Set(statuses(answers))).to.deep.equal(new Set([204]));
    for (const group of groups) expect(await membersOf(group)).to.deep.equal(users.slice(0, 20).sort());
    const { body } = await scim('GET', `/Users/${users[0]}`);
    expect(body.groups.filter(({ display }: { display: string }) => /^g[123]$/.test(display))).to.have.lengthOf(3);
  });

  it('a member that is deleted while groups take it in is in none of them afterwards', async () => {
    const {
      body: { id },
    } = await scim('POST', '/Users', { userName: 'leaver@race.example' });
    const groups = await Promise.all(['l1', 'l2', 'l3', 'l4'].map((name) => newGroup(name)));
    const [gone, ...answers] = await Promise.all([
      scim('DELETE', `/Users/${id}`),
      ...groups.map((group) => patch(group, { op: 'add', path: 'members', value: [{ value: id }] })),
    ]);
    expect(gone?.status).to.equal(204);
    for (const { status } of answers) expect(status).to.be.oneOf([200, 204, 400]);
    for (const group of groups) expect(await membersOf(group)).to.deep.equal([]);
  });

  it('PATCHes of one user at once all happen; under one version only the first does', async () => {
    const {
      body: { id },
    } = await scim('POST', '/Users', { userName: 'busy@race.example' });
    const path = `/Users/${id}`;
    const attributes = [
      'title',
      'nickName',
      'displayName',
      'userType',
      'locale',
      'timezone',
      'externalId',
      'preferredLanguage',
    ];
    await Promise.all(
      attributes.map((attribute) => patch(path, { op: 'add', path: attribute, value: `of ${attribute}` })),
    );
    const { body, headers } = await scim('GET', path);
    for (const attribute of attributes) expect(body).to.have.property(attribute, `of ${attribute}`);
    const etag = headers.get('etag') ?? '';
    const rivals = await Promise.all(
      [1, 2, 3, 4].map((n) =>
        scim('PUT', path, { userName: 'busy@race.example', title: `${n}` }, { 'if-match': etag }),
      ),
    );
    expect(statuses(rivals)).to.deep.equal([200, 412, 412, 412]);
  });

  it('two users who want one name: one gets it', async () => {
    const ids = await Promise.all(
      ['a', 'b'].map(
        async (name) => (await scim('POST', '/Users', { userName: `${name}@race.example` })).body.id as string,
      ),
    );
    const answers = await Promise.all(
      ids.map((id) => patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'c@race.example' })),
    );
    expect(statuses(answers)).to.deep.equal([200, 409]);
  });

  /** The text of the mail to an address, once the user is known to be invited: the only one there is. */
  async function onlyMail(path: string, address: string): Promise<string> {
    await eventually(
      `the invitation of ${address}`,
      async () => (await scim('GET', path)).body[latchkey].status === 'invited',
    );
    const mails = (await served().mails()).filter(({ to }) => to === address);
    expect(mails).to.have.lengthOf(1);
    return mails[0]!.text;
  }

  it('a create that is repeated at once invites once; so does a flag raised by many at once', async () => {
    const body = (name: string, invited: boolean): object => ({
      userName: name,
      emails: [{ value: name }],
      [latchkey]: { preRegistration: invited },
    });
    const creates = await Promise.all(
      [1, 2, 3, 4, 5].map(() => scim('POST', '/Users', body('eager@race.example', true))),
    );
    expect(statuses(creates)).to.deep.equal([201, 409, 409, 409, 409]);
    await onlyMail(`/Users/${creates.find(({ status }) => status === 201)?.body.id}`, 'eager@race.example');
    const path = `/Users/${(await scim('POST', '/Users', body('raised@race.example', false))).body.id}`;
    await Promise.all(
      [1, 2, 3, 4, 5].map(() => patch(path, { op: 'Replace', path: `${latchkey}:preRegistration`, value: 'True' })),
    );
    await onlyMail(path, 'raised@race.example');
  });

  it('a link posted by two at once sets one password', async () => {
    const name = 'link@race.example';
    const {
      body: { id },
    } = await scim('POST', '/Users', {
      userName: name,
      emails: [{ value: name }],
      [latchkey]: { preRegistration: true },
    });
    const link = /https?:\/\/\S+/.exec(await onlyMail(`/Users/${id}`, name))?.[0] ?? '';
    const visitor = new PageVisitor(served().url);
    const page = await visitor.open(link);
    const passwords = [
      'the first to press the button',
      'the second to press the button',
      'the third to press the button',
    ];
    const answers = await Promise.all(
      passwords.map((password) => visitor.submit(page, { newPassword: password, repeatPassword: password })),
    );
    expect(answers.filter(({ status }) => status === 303)).to.have.lengthOf(1);
    const signIns = await Promise.all(
      passwords.map((password) => new PageVisitor(served().url).signIn(name, password)),
    );
    expect(signIns.map(({ status }) => status === 303)).to.deep.equal(answers.map(({ status }) => status === 303));
  });

  it('wrong codes tried at once by strangers spend nothing: the right code still works', async () => {
    const name = 'code@race.example';
    const {
      body: { id },
    } = await scim('POST', '/Users', {
      userName: name,
      emails: [{ value: name }],
      [latchkey]: { preRegistration: true, invitationMethod: 'emailOtp' },
    });
    const code = /^Code:\n(.+)$/m.exec(await onlyMail(`/Users/${id}`, name))?.[1] ?? '';
    const wrong = ['AAAA2222', 'BBBB3333', 'CCCC4444', 'DDDD5555', 'EEEE6666', 'FFFF7777', 'GGGG8888', 'HHHH9999'];
    const answers = await Promise.all(wrong.map((one) => new PageVisitor(served().url).signIn(name, one)));
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([422]));
    expect((await new PageVisitor(served().url).signIn(name, code)).text).to.include('name="newPassword"');
    expect((await scim('GET', `/Users/${id}`)).body[latchkey].status).to.equal('invited');
  });
});
