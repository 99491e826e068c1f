import { expect } from 'chai';
import { testToken } from '../support/launch.ts';
import { describeServed } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const latchkey = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

interface Answered {
  readonly status: number;
  readonly body: any;
  readonly headers: Headers;
}

/**
 * Each requirement (MUST, SHALL) on a service provider of "SCIM 2.0 Interoperability Profile"
 * (draft-ietf-scim-interop-profile) and of "IPSIE AL1 SCIM 2.0 Profile", by the title of its section.
 */
describeServed('the profile ipsie', {}, (served, store) => {
  let token = '';
  let clientId = '';
  const call = async (by: string, method: string, path: string, body?: unknown): Promise<Answered> => {
    const answer = await fetch(served().url + path, {
      method,
      headers: { authorization: `Bearer ${by}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
  };
  const scim = (method: string, path: string, body?: unknown) => call(token, method, `/scim/v2${path}`, body);
  const patch = (id: string, ...Operations: object[]) =>
    scim('PATCH', `/Users/${id}?attributes=name,emails,title,active,userName`, { schemas: [patchOp], Operations });
  let people = 0;
  const person = async (more: object = {}): Promise<any> => {
    people += 1;
    const answer = await scim('POST', '/Users', {
      schemas: [user],
      userName: `Ipsie.${people}@example.com`,
      externalId: `E-${people}`,
      emails: [{ value: `ipsie.${people}@example.com`, type: 'work', primary: true }],
      ...more,
    });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body;
  };
  const find = async (filter: string): Promise<any[]> =>
    (await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body.Resources as any[];
  const refused = ({ status, body }: Answered, scimType: string, what = ''): void => {
    expect(status, `${what} ${JSON.stringify(body)}`).to.equal(400);
    expect(body.scimType, `${what} ${body.detail}`).to.equal(scimType);
  };

  before(async () => {
    const client = await call(testToken, 'POST', '/admin/v1/clients', {
      name: 'ipsie',
      profile: 'ipsie',
      callsPerSecond: null,
    });
    clientId = client.body.id;
    const path = `/admin/v1/clients/${clientId}/credentials`;
    const { body } = await call(testToken, 'POST', path, { kind: 'secret' });
    const answer = await fetch(`${served().url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: body.secret,
        scope: 'scim',
      }),
    });
    token = ((await answer.json()) as { access_token: string }).access_token;
  });

  describe('SCIM Interoperability Profile', () => {
    it('Scope and Conformance: interopProfileConformant is true, here and for no other profile', async () => {
      expect((await scim('GET', '/ServiceProviderConfig')).body).to.deep.include({
        interopProfileConformant: true,
        changePassword: { supported: false },
      });
      for (const profile of ['auto', 'okta', 'entra', 'strict'])
        expect(
          (await call(served().token(profile), 'GET', '/scim/v2/ServiceProviderConfig')).body,
        ).not.to.have.property('interopProfileConformant');
    });

    it('Discovery Endpoints: all three are there, each schema of a resource type is listed, each id is its name', async () => {
      const types = (await scim('GET', '/ResourceTypes')).body.Resources as any[];
      const schemas = new Set(((await scim('GET', '/Schemas')).body.Resources as any[]).map(({ id }) => id as string));
      for (const type of types) {
        expect(type.id).to.equal(type.name);
        for (const urn of [type.schema, ...(type.schemaExtensions ?? []).map((one: any) => one.schema)])
          expect(schemas.has(urn as string), urn).to.equal(true);
      }
      expect(types.map(({ name }) => name)).to.include.members(['User', 'Group']);
    });

    it('Discovery Endpoints: the schemas are exactly what is supported, without password and sendPassword', async () => {
      for (const urn of [user, latchkey]) {
        const names = ((await scim('GET', `/Schemas/${urn}`)).body.attributes as any[]).map(
          ({ name }) => name as string,
        );
        expect(names).not.to.include.members(['password']).and.not.include('sendPassword');
        const full = await call(testToken, 'GET', `/scim/v2/Schemas/${urn}`);
        expect(full.body.attributes).to.have.length(names.length + 1);
      }
      const sent = { schemas: [user], userName: 'with-password@example.com' };
      refused(await scim('POST', '/Users', { ...sent, password: 'a-long-pass-phrase-1' }), 'invalidSyntax');
      refused(await scim('POST', '/Users', { ...sent, [latchkey]: { sendPassword: true } }), 'invalidSyntax');
      for (const alias of [
        { [enterprise]: { askPassword: true } },
        { 'urn:scim:wso2:schema': { askPassword: true } },
        { accountLocked: true },
        { resend: 'once' },
        { 'urn:ietf:params:scim:schemas:extension:custom:2.0:User': { forcePasswordReset: true } },
      ])
        refused(await scim('POST', '/Users', { ...sent, ...alias }), 'invalidSyntax');
      const { id, userName } = await person();
      refused(await scim('PUT', `/Users/${id}`, { schemas: [user], userName, password: 'x' }), 'invalidSyntax');
      for (const path of ['password', `${user}:password`, `${latchkey}:sendPassword`])
        expect((await patch(id, { op: 'replace', path, value: true })).status, path).to.equal(400);
      expect(await find('userName eq "with-password@example.com"')).to.deep.equal([]);
      const bulk = await scim('POST', '/Bulk', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations: [{ method: 'POST', path: '/Users', bulkId: 'a', data: { ...sent, password: 'x' } }],
      });
      expect(bulk.body.Operations[0].status).to.equal('400');
    });

    it('preRegistration works: the first key without a password on the wire', async () => {
      const { id } = await person({ [latchkey]: { preRegistration: true } });
      expect((await scim('GET', `/Users/${id}`)).body[latchkey]).to.include({ preRegistration: true, locked: true });
    });

    it('Case Sensitivity: filters and uniqueness agree: id and externalId exact, userName not', async () => {
      const { id, userName, externalId } = await person();
      expect(await find(`userName eq "${userName.toUpperCase()}"`)).to.have.length(1);
      expect(await find(`externalId eq "${externalId.toLowerCase()}"`)).to.have.length(0);
      expect(await find(`externalId eq "${externalId}"`)).to.have.length(1);
      expect(await find(`id eq "${id.toUpperCase()}"`)).to.have.length(0);
      const twin = await scim('POST', '/Users', { schemas: [user], userName: userName.toLowerCase() });
      expect(twin).to.deep.include({ status: 409 });
    });

    it('Attribute and Schema Handling: what no schema defines is refused as invalidSyntax', async () => {
      const { id, userName } = await person();
      const urn = 'urn:ietf:params:scim:schemas:extension:none:2.0:User';
      refused(
        await scim('POST', '/Users', { schemas: [user], userName: 'unknown@example.com', shoeSize: 5 }),
        'invalidSyntax',
      );
      refused(await scim('PUT', `/Users/${id}`, { schemas: [user], userName, shoeSize: 5 }), 'invalidSyntax');
      refused(
        await scim('POST', '/Users', { schemas: [user, urn], userName: 'unknown@example.com', [urn]: { a: 1 } }),
        'invalidSyntax',
      );
      expect((await patch(id, { op: 'add', path: 'shoeSize', value: 5 })).status).to.equal(400);
    });

    it('Canonical Values for Typed Attributes: /Schemas tells the types', async () => {
      const { attributes } = (await scim('GET', `/Schemas/${user}`)).body as { attributes: any[] };
      for (const name of ['emails', 'phoneNumbers', 'ims', 'addresses']) {
        const type = attributes.find((one) => one.name === name).subAttributes.find((one: any) => one.name === 'type');
        expect(type.canonicalValues, name).to.be.an('array').that.is.not.empty;
      }
    });

    it('Data Format and HTTP Headers: answers are application/scim+json', async () => {
      expect((await scim('GET', '/Users?count=1')).headers.get('content-type')).to.match(/^application\/scim\+json/);
    });

    it('Filtering: eq and and; what no schema defines is invalidFilter', async () => {
      const { userName, externalId } = await person();
      expect(await find(`userName eq "${userName}" and externalId eq "${externalId}"`)).to.have.length(1);
      refused(await scim('GET', '/Users?filter=shoeSize%20eq%205'), 'invalidFilter');
      refused(await scim('GET', '/Users?filter=password%20eq%20%22x%22'), 'invalidFilter');
    });

    it('Pagination: by index and by cursor, 100 resources at least where they are asked for', async () => {
      const { body } = await scim('GET', '/ServiceProviderConfig');
      expect(body.pagination).to.include({ cursor: true, index: true });
      expect(body.pagination.maxPageSize).to.be.at.least(100);
      expect((await scim('GET', '/Users?count=100&startIndex=1')).body).to.include({ startIndex: 1 });
      expect((await scim('GET', '/Users?count=1&cursor')).body).to.have.property('nextCursor');
    });

    it('Mandatory Use of the path Attribute: an operation without is refused as invalidSyntax, in Bulk too', async () => {
      const { id } = await person();
      refused(await patch(id, { op: 'replace', value: { title: 'X' } }), 'invalidSyntax');
      refused(
        await patch(id, { op: 'add', path: 'title', value: 'X' }, { op: 'add', value: { title: 'X' } }),
        'invalidSyntax',
      );
      const bulk = await scim('POST', '/Bulk', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations: [
          {
            method: 'PATCH',
            path: `/Users/${id}`,
            data: { schemas: [patchOp], Operations: [{ op: 'replace', value: { title: 'X' } }] },
          },
        ],
      });
      expect(bulk.body.Operations[0].response.scimType).to.equal('invalidSyntax');
      expect((await scim('GET', `/Users/${id}`)).body).not.to.have.property('title');
    });

    it('Singular Attributes: add and replace are the same of a simple one; of a complex one replace is whole, add merges', async () => {
      const { id } = await person({ name: { givenName: 'Ines', familyName: 'Okoro' } });
      expect((await patch(id, { op: 'add', path: 'title', value: 'Mate' })).body.title).to.equal('Mate');
      expect((await patch(id, { op: 'replace', path: 'title', value: 'Cook' })).body.title).to.equal('Cook');
      expect((await patch(id, { op: 'add', path: 'name', value: { familyName: 'Vance' } })).body.name).to.deep.equal({
        givenName: 'Ines',
        familyName: 'Vance',
      });
      expect((await patch(id, { op: 'replace', path: 'name.givenName', value: 'Tove' })).body.name.givenName).to.equal(
        'Tove',
      );
      expect(
        (await patch(id, { op: 'replace', path: 'name', value: { familyName: 'Okoro' } })).body.name,
      ).to.deep.equal({ familyName: 'Okoro' });
    });

    it('Multi-valued Attributes: replace takes the place of all values, add appends', async () => {
      const { id } = await person();
      const home = { value: 'home@example.com', type: 'home' };
      expect((await patch(id, { op: 'add', path: 'emails', value: [home] })).body.emails).to.have.length(2);
      expect((await patch(id, { op: 'replace', path: 'emails', value: [home] })).body.emails).to.deep.equal([home]);
    });

    it('Multi-valued Attributes: a filter leads to a sub-attribute, or is refused as invalidPath', async () => {
      const { id } = await person();
      const path = 'emails[type eq "work"]';
      const changed = await patch(id, { op: 'replace', path: `${path}.value`, value: 'new@example.com' });
      expect(changed.body.emails[0].value).to.equal('new@example.com');
      for (const op of ['replace', 'add', 'remove'])
        refused(await patch(id, { op, path, value: { value: 'x@example.com' } }), 'invalidPath', op);
    });

    it('Resource Lifecycle: PATCH deletes nothing; DELETE does, and the name is free', async () => {
      const { id, userName } = await person();
      expect((await patch(id, { op: 'replace', path: 'active', value: false })).body.active).to.equal(false);
      expect((await scim('GET', `/Users/${id}`)).body.active).to.equal(false);
      expect((await scim('DELETE', `/Users/${id}`)).status).to.equal(204);
      for (const method of ['GET', 'DELETE']) expect((await scim(method, `/Users/${id}`)).status).to.equal(404);
      expect((await patch(id, { op: 'replace', path: 'active', value: true })).status).to.equal(404);
      expect(await find(`userName eq "${userName}"`)).to.have.length(0);
      expect((await scim('POST', '/Users', { schemas: [user], userName })).status).to.equal(201);
    });

    it('Uniqueness Conflicts: 409 with uniqueness, for POST and PATCH', async () => {
      const [one, other] = [await person(), await person()];
      const twice = await scim('POST', '/Users', { schemas: [user], userName: one.userName });
      const renamed = await patch(other.id, { op: 'replace', path: 'userName', value: one.userName });
      for (const { status, body } of [twice, renamed]) {
        expect(status).to.equal(409);
        expect(body.scimType).to.equal('uniqueness');
      }
    });
  });

  describe('IPSIE AL1 SCIM 2.0 Profile', () => {
    it('Authentication and Authorization: an access token with the scope scim may do nothing beyond', async () => {
      await call(testToken, 'PATCH', `/admin/v1/clients/${clientId}`, { scopes: ['scim:read', 'scim:write', 'admin'] });
      expect((await call(token, 'GET', '/admin/v1/clients')).status).to.equal(403);
      expect((await scim('GET', '/Users?count=1')).status).to.equal(200);
      const metadata = await fetch(`${served().url}/.well-known/oauth-authorization-server`);
      expect(await metadata.json())
        .to.have.property('token_endpoint_auth_methods_supported')
        .that.includes('private_key_jwt');
    });

    it('Deactivate or Reactivate User: a deactivated user comes back the same', async () => {
      const { id } = await person({ title: 'Mate' });
      for (const active of [false, true])
        expect((await patch(id, { op: 'replace', path: 'active', value: active })).body).to.include({
          active,
          title: 'Mate',
        });
    });

    it('List Users By Alternate Identifier: userName, externalId and an e-mail address', async () => {
      const { userName, externalId, emails } = await person();
      for (const filter of [
        `userName eq "${userName}"`,
        `externalId eq "${externalId}"`,
        `emails[value eq "${emails[0].value}"]`,
      ])
        expect(await find(filter), filter).to.have.length(1);
    });

    it('Get All Users, Get All Groups: a rate limit tells when to come again', async function () {
      // The stand-in for MongoDB may be slower than the lowest rate there is.
      if (store !== 'SQLite') return this.skip();
      await call(testToken, 'PATCH', `/admin/v1/clients/${clientId}`, { callsPerSecond: 25 });
      const answers = await Promise.all(Array.from({ length: 200 }, () => scim('GET', '/Groups?count=1')));
      const limited = answers.find(({ status }) => status === 429);
      expect(Number(limited?.headers.get('retry-after'))).to.be.greaterThan(0);
      await call(testToken, 'PATCH', `/admin/v1/clients/${clientId}`, { callsPerSecond: null });
    });

    it('Add or Remove Group Members: by members, by the filter of one, and all of them', async () => {
      const [one, other] = [await person(), await person()];
      const { body: group } = await scim('POST', '/Groups', {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
        displayName: `Crew ${people}`,
      });
      const change = (operation: object) =>
        scim('PATCH', `/Groups/${group.id}`, { schemas: [patchOp], Operations: [operation] });
      const members = async (): Promise<string[]> =>
        ((await scim('GET', `/Groups/${group.id}`)).body.members ?? []).map(({ value }: { value: string }) => value);
      const both = [{ value: one.id }, { value: other.id }];
      expect((await change({ op: 'add', path: 'members', value: both })).status).to.be.oneOf([200, 204]);
      expect(await members()).to.have.members([one.id, other.id]);
      await change({ op: 'remove', path: `members[value eq "${one.id}"]` });
      expect(await members()).to.deep.equal([other.id]);
      await change({ op: 'remove', path: 'members' });
      expect(await members()).to.deep.equal([]);
      expect((await scim('GET', `/Groups/${group.id}?excludedAttributes=members`)).body).not.to.have.property(
        'members',
      );
    });

    it('Security Considerations: errors are SCIM errors and tell nothing of the inside; calls are logged', async () => {
      const { status, body } = await scim('GET', '/Users/none');
      expect(status).to.equal(404);
      expect(body).to.have.keys('schemas', 'status', 'detail');
      const log = await call(testToken, 'GET', `/admin/v1/requests?client=${clientId}&count=5`);
      expect(log.body.requests[0].client).to.deep.equal({ id: clientId, name: 'ipsie' });
    });
  });
});
