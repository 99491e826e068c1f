import { expect } from 'chai';
import { describeServed } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulk = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describeServed('nothing as a value', {}, (served) => {
  let count = 0;
  const profiles = [undefined, 'okta', 'entra', 'strict'];
  const call = (profile: string | undefined, method: string, path: string, body?: unknown) =>
    served().scim(
      method,
      path,
      body,
      profile === undefined ? {} : { authorization: `Bearer ${served().token(profile)}` },
    );
  const whole = (userName: string) => ({
    schemas: [user],
    userName,
    name: { givenName: 'Ines' },
    title: 'Captain',
    emails: [{ value: userName, type: 'work' }],
    roles: [{ value: 'crew' }],
  });

  /** Each way to write a member of a user, on a user that has it already. */
  const ways: [string, (id: string, userName: string, member: Record<string, unknown>) => [string, string, unknown]][] =
    [
      ['POST', (_id, userName, member) => ['POST', '/Users', { ...whole(`new-${userName}`), ...member }]],
      ['PUT', (id, userName, member) => ['PUT', `/Users/${id}`, { ...whole(userName), ...member }]],
      [
        'PATCH with a path',
        (id, _userName, member) => [
          'PATCH',
          `/Users/${id}`,
          {
            schemas: [patchOp],
            Operations: Object.entries(member).map(([path, value]) => ({ op: 'replace', path, value })),
          },
        ],
      ],
      [
        'PATCH without a path',
        (id, _userName, value) => [
          'PATCH',
          `/Users/${id}`,
          { schemas: [patchOp], Operations: [{ op: 'replace', value }] },
        ],
      ],
      [
        'PUT in Bulk',
        (id, userName, member) => [
          'POST',
          '/Bulk',
          {
            schemas: [bulk],
            Operations: [{ method: 'PUT', path: `/Users/${id}`, data: { ...whole(userName), ...member } }],
          },
        ],
      ],
    ];

  const made = async (): Promise<{ id: string; userName: string }> => {
    const userName = `nothing-${(count += 1)}@acme.example`;
    const { body } = await call(undefined, 'POST', '/Users', whole(userName));
    return { id: body.id, userName };
  };
  /** The status, of an operation of Bulk too, and the resource afterwards. */
  const outcome = async (
    profile: string | undefined,
    way: (typeof ways)[number][1],
    member: Record<string, unknown>,
  ): Promise<{ status: number; error: any; resource: any }> => {
    const { id, userName } = await made();
    const [method, path, body] = way(id, userName, member);
    const answer = await call(profile, method, path, body);
    const operation = path === '/Bulk' ? answer.body.Operations[0] : undefined;
    const status = operation === undefined ? answer.status : Number(operation.status);
    const changed = method === 'POST' && path === '/Users' && status === 201 ? answer.body.id : id;
    const { body: resource } = await call(undefined, 'GET', `/Users/${changed}`);
    return { status, error: operation?.response ?? answer.body, resource };
  };

  for (const [name, way] of ways)
    it(`${name}: null and [] unassign, in every profile`, async () => {
      for (const profile of profiles)
        for (const nothing of [null, []]) {
          const { status, error, resource } = await outcome(profile, way, {
            emails: nothing,
            roles: nothing,
            title: null,
          });
          expect(status, JSON.stringify(error)).to.be.oneOf([200, 201, 204]);
          expect(resource, `${profile} ${JSON.stringify(nothing)}`).not.to.have.any.keys('emails', 'roles', 'title');
          expect(resource.active).to.equal(true);
        }
    });

  for (const [name, way] of ways)
    it(`${name}: an element that says nothing is refused by its name, in every profile`, async () => {
      for (const profile of profiles)
        for (const element of [null, {}, { value: null }, { type: 'work', value: null }]) {
          const { status, error, resource } = await outcome(profile, way, { roles: [{ value: 'admin' }, element] });
          expect(status, `${profile} ${JSON.stringify(element)}`).to.equal(400);
          expect(error).to.include({ scimType: 'invalidValue' });
          expect(error.detail).to.include('"roles[1]" says nothing');
          expect(resource.roles).to.deep.equal([{ value: 'crew' }]);
        }
    });

  for (const [name, way] of ways)
    it(`${name}: an element whose value is "" is left out; what is not an object is refused`, async () => {
      const { status, resource } = await outcome(undefined, way, { roles: [{ value: 'admin' }, { value: '' }] });
      expect(status).to.be.oneOf([200, 201, 204]);
      expect(resource.roles).to.deep.equal([{ value: 'admin' }]);
      for (const roles of [5, [5], [true], [['admin']]])
        expect((await outcome(undefined, way, { roles })).error, JSON.stringify(roles)).to.include({
          status: '400',
          scimType: 'invalidValue',
        });
    });

  it('{} assigns nothing: PUT leaves it out, PATCH changes nothing', async () => {
    const put = await outcome(undefined, ways[1]![1], { name: {}, [enterprise]: {} });
    expect(put.status).to.equal(200);
    expect(put.resource).not.to.have.any.keys('name', enterprise);
    for (const way of [ways[2]![1], ways[3]![1]]) {
      const patched = await outcome(undefined, way, { name: {}, [enterprise]: {} });
      expect(patched.status, JSON.stringify(patched.error)).to.be.oneOf([200, 204]);
      expect(patched.resource.name).to.deep.equal({ givenName: 'Ines' });
    }
  });

  it('an element chosen by a filter is not replaced with nothing, and goes by null', async () => {
    for (const [op, value] of [
      ['replace', {}],
      ['replace', { value: null }],
      ['replace', { display: null }],
      ['add', {}],
    ] as const) {
      const { id } = await made();
      const Operations = [{ op, path: 'roles[value eq "crew"]', value }];
      const refused = await call(undefined, 'PATCH', `/Users/${id}`, { schemas: [patchOp], Operations });
      expect(refused.status, `${op} ${JSON.stringify(value)}`).to.equal(400);
      expect(refused.body.detail).to.include('"roles" says nothing');
    }
    for (const Operations of [
      [{ op: 'replace', path: 'emails[type eq "work"]', value: null }],
      [{ op: 'replace', path: 'emails[type eq "work"].value', value: null }],
      [{ op: 'replace', value: { 'emails[type eq "work"].value': null } }],
    ]) {
      const { id } = await made();
      const patched = await call(undefined, 'PATCH', `/Users/${id}`, { schemas: [patchOp], Operations });
      expect(patched.status, JSON.stringify(patched.body)).to.be.oneOf([200, 204]);
      expect((await call(undefined, 'GET', `/Users/${id}`)).body).not.to.have.property('emails');
    }
  });

  it('a part of members that no filter finds is no target, and changes nobody', async () => {
    const { id: member } = await made();
    for (const profile of profiles) {
      const group = await call(profile, 'POST', '/Groups', {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
        displayName: `Dock ${(count += 1)}`,
        members: [{ value: member }],
      });
      for (const path of ['members[value co "none"].display', 'members[display sw "nobody"].display']) {
        const Operations = [{ op: 'replace', path, value: 'x' }];
        const refused = await call(profile, 'PATCH', `/Groups/${group.body.id}`, { schemas: [patchOp], Operations });
        expect([refused.status, refused.body.scimType], `${profile} ${path}`).to.deep.equal([400, 'noTarget']);
      }
      expect((await call(profile, 'GET', `/Groups/${group.body.id}`)).body.members).to.have.lengthOf(1);
    }
  });
});
