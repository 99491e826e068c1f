import { expect } from 'chai';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { ScimClient } from '../../support/scim-client.ts';
import { groupUrn, userUrn } from '../../support/resource-types.ts';

const patch = (...operations: Json[]): { body: JsonObject } => ({
  body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations },
});
const user = (userName: string, more: JsonObject = {}): { body: JsonObject } => ({
  body: { schemas: [userUrn], userName, ...more },
});
const group = (displayName: string, size = 0): { body: JsonObject } => ({
  body: {
    schemas: [groupUrn],
    displayName,
    members: Array.from({ length: size }, (_, index) => ({ value: `m${index}` })),
  },
});
const namesOf = (body: JsonObject): unknown[] =>
  (body['Resources'] as JsonObject[]).map((one) => one['userName'] ?? one['displayName']);

describe('the endpoint', () => {
  let client: ScimClient;
  beforeEach(() => {
    client = new ScimClient();
  });

  describe('one resource', () => {
    it('creates with 201, Location and ETag, and never shows the password', async () => {
      const { status, headers, body } = await client.call(
        'POST',
        '/Users',
        user('ines', { password: 'correct horse battery' }),
      );
      expect(status).to.equal(201);
      expect(headers).to.include({ Location: 'https://scim.example/scim/v2/Users/u1', ETag: 'W/"1"' });
      expect(body).to.deep.equal({
        schemas: [userUrn],
        userName: 'ines',
        id: 'u1',
        meta: {
          resourceType: 'User',
          created: '2031-05-06T07:08:09.000Z',
          lastModified: '2031-05-06T07:08:09.000Z',
          location: 'https://scim.example/scim/v2/Users/u1',
          version: 'W/"1"',
        },
      });
    });

    it('passes a conflict on with its detail', async () => {
      await client.call('POST', '/Users', user('ines'));
      const { status, body } = await client.call('POST', '/Users', user('ines'));
      expect(status).to.equal(409);
      expect(body).to.include({ status: '409', scimType: 'uniqueness', detail: 'userName is taken; its id is u1.' });
    });

    it('answers GET, and 304 to who has that version already', async () => {
      await client.call('POST', '/Users', user('ines'));
      expect((await client.call('GET', '/users/u1/')).body).to.include({ userName: 'ines' });
      for (const tag of ['W/"1"', '"1"', '"x", W/"1"', '*']) {
        const { status, headers, body } = await client.call('GET', '/Users/u1', { headers: { 'if-none-match': tag } });
        expect(status, tag).to.equal(304);
        expect(headers).to.deep.equal({ ETag: 'W/"1"' });
        expect(body).to.deep.equal({});
      }
      expect((await client.call('GET', '/Users/u1', { headers: { 'if-none-match': 'W/"2"' } })).status).to.equal(200);
    });

    it('refuses malformed entity tags', async () => {
      await client.call('POST', '/Users', user('ines'));
      for (const tag of ['1', 'W/1', '"1', '"1",', 'W/"1" W/"2"']) {
        expect(
          (await client.call('PUT', '/Users/u1', { ...user('ines'), headers: { 'if-match': tag } })).status,
          tag,
        ).to.equal(400);
      }
    });

    it('holds every write to If-Match', async () => {
      await client.call('POST', '/Users', user('ines'));
      const headers = { 'if-match': 'W/"7", "8"' };
      expect((await client.call('PUT', '/Users/u1', { ...user('ines'), headers })).status).to.equal(412);
      expect(
        (await client.call('PATCH', '/Users/u1', { ...patch({ op: 'replace', path: 'title', value: 'x' }), headers }))
          .status,
      ).to.equal(412);
      expect((await client.call('DELETE', '/Users/u1', { headers })).status).to.equal(412);
      expect((await client.call('DELETE', '/Users/u1', { headers: { 'if-match': '"1"' } })).status).to.equal(204);
      expect((await client.call('GET', '/Users/u1')).body).to.include({ status: '404' });
    });

    it('projects on every verb', async () => {
      const { body: created } = await client.call(
        'POST',
        '/Users?attributes=userName',
        user('ines', { title: 'Pilot' }),
      );
      expect(created).to.have.all.keys('schemas', 'id', 'userName');
      expect((await client.call('GET', '/Users/u1?excludedAttributes=title,meta')).body).to.have.all.keys(
        'schemas',
        'id',
        'userName',
      );
      expect((await client.call('GET', '/Users/u1?attributes=title&Attributes=userName')).body).to.have.all.keys(
        'schemas',
        'id',
        'userName',
        'title',
      );
      expect(
        (await client.call('PUT', '/Users/u1?attributes=title', user('ines', { title: 'Captain' }))).body,
      ).to.have.all.keys('schemas', 'id', 'title');
      const patched = await client.call(
        'PATCH',
        '/Users/u1?attributes=meta.version',
        patch({ op: 'replace', path: 'title', value: 'Pilot' }),
      );
      expect(patched.body['meta']).to.deep.equal({ version: 'W/"3"' });
    });

    it('answers HEAD as GET, without reading members', async () => {
      await client.call('POST', '/Groups', group('Harbour', 3000));
      const before = client.handler.membersRead.chunks;
      const { status, headers } = await client.call('HEAD', '/Groups/g1');
      expect(status).to.equal(200);
      expect(headers).to.deep.equal({ ETag: 'W/"1"' });
      expect(client.handler.membersRead.chunks).to.equal(before);
    });

    it('leaves the body out for who prefers that', async () => {
      const headers = { prefer: 'respond-async, return=minimal' };
      const created = await client.call('POST', '/Users', { ...user('ines'), headers });
      expect(created).to.deep.include({ status: 201, body: {} });
      expect(created.headers).to.include({
        'Preference-Applied': 'return=minimal',
        Location: 'https://scim.example/scim/v2/Users/u1',
      });
      const patched = await client.call('PATCH', '/Users/u1', {
        ...patch({ op: 'replace', path: 'title', value: 'Pilot' }),
        headers,
      });
      expect(patched).to.deep.include({
        status: 204,
        headers: { ETag: 'W/"2"', 'Preference-Applied': 'return=minimal' },
      });
      expect((await client.call('PUT', '/Users/u1', { ...user('ines'), headers })).status).to.equal(204);
    });

    it('needs a JSON object', async () => {
      for (const body of [undefined, null, 'text', 3, [{}]]) {
        const call = body === undefined ? {} : { body };
        for (const [method, path] of [
          ['POST', '/Users'],
          ['PUT', '/Users/u1'],
          ['PATCH', '/Users/u1'],
          ['POST', '/Bulk'],
          ['POST', '/.search'],
        ] as const) {
          expect((await client.call(method, path, call)).body, `${method} ${JSON.stringify(body)}`).to.include({
            status: '400',
            scimType: 'invalidSyntax',
          });
        }
      }
    });

    it('refuses bodies made to exhaust the stack', async () => {
      let deep: Json = 'x';
      for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
      expect((await client.call('POST', '/Users', user('ines', { name: deep }))).body).to.include({
        status: '400',
        scimType: 'invalidSyntax',
      });
    });
  });

  describe('PATCH answers', () => {
    it('200 with the body, and says in the log what was made of each operation', async () => {
      await client.call('POST', '/Users', user('ines'));
      const { status, body, log } = await client.call(
        'PATCH',
        '/Users/u1',
        patch({ op: 'Replace', path: 'active', value: 'False' }, { op: 'replace', value: { hat: 1 } }),
      );
      expect(status).to.equal(200);
      expect(body).to.include({ active: false });
      expect(log.operations).to.deep.equal([
        { op: 'replace', path: 'active', outcome: 'applied', rules: ['capitalisedOp', 'booleanText'] },
        { op: 'replace', outcome: 'alreadyTrue', rules: ['unknownInValue'], dropped: ['hat'] },
      ]);
      expect(log.dropped).to.deep.equal(['hat']);
    });

    it("204 for a group in Entra's dialect, and for members alone in any, 200 whenever attributes are named", async () => {
      await client.call('POST', '/Groups', group('Harbour', 1));
      const add = (op: string): ReturnType<typeof patch> => patch({ op, path: 'members', value: [{ value: 'm9' }] });
      expect((await client.call('PATCH', '/Groups/g1', add('Add'))).status).to.equal(204);
      expect((await client.call('PATCH', '/Groups/g1', add('add'))).status).to.equal(204);
      const rename = (op: string) => patch({ op, path: 'displayName', value: 'Harbour' });
      expect((await client.call('PATCH', '/Groups/g1', rename('replace'))).status).to.equal(200);
      expect((await client.call('PATCH', '/Groups/g1', rename('Replace'))).status).to.equal(204);
      const without = await client.call('PATCH', '/Groups/g1?excludedAttributes=members', add('add'));
      expect(without.status).to.equal(200);
      expect(without.body).to.not.have.property('members');
      expect((await client.call('PATCH', '/Groups/g1', { ...add('add'), profile: 'entra' })).status).to.equal(204);
      expect((await client.call('PATCH', '/Groups/g1?attributes=displayName', add('Add'))).body).to.include({
        displayName: 'Harbour',
      });
    });

    it('204 for members alone, of which no other is read, so that one member costs the same in every group', async () => {
      await client.call('POST', '/Groups', group('Harbour', 5000));
      const before = client.handler.membersRead.chunks;
      const { status, headers } = await client.call(
        'PATCH',
        '/Groups/g1',
        patch({ op: 'add', path: 'members', value: [{ value: 'new' }] }),
      );
      expect({ status, headers }).to.deep.equal({ status: 204, headers: { ETag: 'W/"2"' } });
      expect(client.handler.membersRead).to.deep.equal({ chunks: before, open: 0 });
    });

    it('204 where the body would be a stream', async () => {
      await client.call('POST', '/Groups', group('Harbour', 5000));
      const before = client.handler.membersRead.chunks;
      const rename = patch({ op: 'replace', path: 'displayName', value: 'Quay' });
      expect((await client.call('PATCH', '/Groups/g1', rename)).status).to.equal(204);
      expect(client.handler.membersRead).to.deep.equal({ chunks: before + 3, open: 0 });
    });

    it('204 where there is no operation, with nothing done, but for a strict client', async () => {
      await client.call('POST', '/Users', user('ines'));
      for (const profile of ['auto', 'entra'] as const) {
        const { status, headers, log } = await client.call('PATCH', '/Users/u1', { ...patch(), profile });
        expect({ status, headers }).to.deep.equal({ status: 204, headers: { ETag: 'W/"1"' } });
        expect(log.rules).to.deep.equal(['noOperations']);
      }
      for (const profile of ['strict', 'okta'] as const) {
        const { status, body } = await client.call('PATCH', '/Users/u1', { ...patch(), profile });
        expect({ status, scimType: body['scimType'] }).to.deep.equal({ status: 400, scimType: 'invalidSyntax' });
      }
      expect((await client.call('PATCH', '/Users/nobody', patch())).status).to.equal(404);
      expect(
        (await client.call('PATCH', '/Users/u1', { ...patch(), headers: { 'if-match': 'W/"7"' } })).status,
      ).to.equal(412);
    });
  });

  describe('a strict client', () => {
    const body = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ines' };
    for (const [title, change] of [
      ['schemas of null', { schemas: null }],
      ['schemas that are empty', { schemas: [] }],
      ['a schema that is none of this type', { schemas: [...body.schemas, 'urn:x'] }],
      ["another type's schema", { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'] }],
      ['a boolean as text', { active: 'true' }],
      ['a number for text', { displayName: 5 }],
      ['a path for a key', { 'name.givenName': 'Ines' }],
      ['an address as its bare value', { emails: ['ines@mail.example'] }],
    ] satisfies [string, JsonObject][])
      it(`is refused ${title}, in POST and PUT, where another is understood`, async () => {
        await client.call('POST', '/Users', { body: { ...body, userName: 'other' } });
        for (const [method, path] of [
          ['POST', '/Users'],
          ['PUT', '/Users/u1'],
        ] as const) {
          const strict = await client.call(method, path, { body: { ...body, ...change }, profile: 'strict' });
          expect([strict.status, strict.body['scimType']]).to.deep.equal([400, 'invalidSyntax']);
        }
        expect((await client.call('POST', '/Users', { body: { ...body, ...change } })).status).to.equal(201);
      });

    it('is understood without the URN of an extension in schemas, as its object names it', async () => {
      const extended = {
        ...body,
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Quay' },
      };
      expect((await client.call('POST', '/Users', { body: extended, profile: 'strict' })).status).to.equal(201);
    });

    it('is taken by its letter', async () => {
      expect((await client.call('POST', '/Users', { body, profile: 'strict' })).status).to.equal(201);
    });
  });

  it('an If-Match that names no version matches none', async () => {
    await client.call('POST', '/Users', user('ines'));
    for (const method of ['DELETE', 'PUT', 'PATCH'] as const)
      expect(
        (await client.call(method, '/Users/u1', { ...patch(), headers: { 'if-match': '' } })).status,
        method,
      ).to.equal(400);
  });

  describe('groups', () => {
    it('show their members with $ref', async () => {
      const { body } = await client.call('POST', '/Groups', group('Harbour', 2));
      expect(body['members']).to.deep.equal(
        [0, 1].map((index) => ({
          value: `m${index}`,
          type: 'User',
          $ref: `https://scim.example/scim/v2/Users/m${index}`,
        })),
      );
    });

    it('are streamed whole when they are large', async () => {
      await client.call('POST', '/Groups', group('Harbour', 12_345));
      const { body, pieces } = await client.call('GET', '/Groups/g1');
      expect(pieces).to.be.greaterThan(10);
      expect((body['members'] as JsonObject[]).map(({ value }) => value)).to.deep.equal(
        Array.from({ length: 12_345 }, (_, index) => `m${index}`),
      );
      expect(body).to.include({ displayName: 'Harbour' });
      expect(client.handler.membersRead.open).to.equal(0);
      const only = await client.call('GET', '/Groups/g1?attributes=members.value');
      expect((only.body['members'] as JsonObject[])[12_344]).to.deep.equal({ value: 'm12344' });
    });

    it('cost nothing for their members when these are excluded', async () => {
      await client.call('POST', '/Groups?excludedAttributes=members', group('Harbour', 3000));
      await client.call('GET', '/Groups/g1?excludedAttributes=members');
      await client.call('GET', '/Groups?excludedAttributes=members');
      await client.call('GET', '/Groups?attributes=displayName');
      expect(client.handler.membersRead.chunks).to.equal(0);
    });

    it('are streamed in lists, each whole', async () => {
      for (const [name, size] of [
        ['A', 2],
        ['B', 1500],
        ['C', 0],
        ['D', 900],
      ] as const)
        await client.call('POST', '/Groups', group(name, size));
      const { body, pieces } = await client.call('GET', '/Groups');
      expect(pieces).to.be.a('number');
      expect(body).to.include({ totalResults: 4, itemsPerPage: 4, startIndex: 1 });
      expect(
        (body['Resources'] as JsonObject[]).map((one) => [
          one['displayName'],
          (one['members'] as Json[] | undefined)?.length,
        ]),
      ).to.deep.equal([
        ['A', 2],
        ['B', 1500],
        ['C', undefined],
        ['D', 900],
      ]);
      expect(client.handler.membersRead.open).to.equal(0);
    });

    it('give back what they read from when the reader goes away before the first piece', async () => {
      await client.call('POST', '/Groups', group('Harbour', 5000));
      const { body } = await client.endpoint.handle({
        method: 'GET',
        path: '/Groups/g1',
        query: new URLSearchParams(),
        headers: {},
        body: undefined,
        baseUrl: 'https://scim.example',
        context: {
          tenant: 'default',
          client: { id: 'c1', name: 'Test' },
          profile: 'auto',
          triggeredBy: 'scim',
          requestId: 'r1',
          dryRun: false,
        },
      });
      expect(client.handler.membersRead.open).to.equal(1);
      await (body as AsyncIterableIterator<string>).return?.();
      expect(client.handler.membersRead.open).to.equal(0);
    });
  });

  describe('lists', () => {
    beforeEach(async () => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) await client.call('POST', '/Users', user(name));
      for (const name of ['X', 'Y']) await client.call('POST', '/Groups', group(name));
    });

    it('page by index, with numbers', async () => {
      const { body } = await client.call('GET', '/Users?startIndex=2&count=2');
      expect(body).to.deep.include({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
        totalResults: 5,
        startIndex: 2,
        itemsPerPage: 2,
      });
      expect(namesOf(body)).to.deep.equal(['b', 'c']);
      expect((await client.call('GET', '/Users?startIndex=9')).body).to.deep.include({
        totalResults: 5,
        Resources: [],
      });
      expect((await client.call('GET', '/Users?count=0')).body).to.deep.include({
        totalResults: 5,
        itemsPerPage: 0,
        Resources: [],
      });
    });

    it('are empty, not missing, when nothing matches', async () => {
      const { status, body } = await client.call('GET', '/Users?filter=userName+eq+%22nobody%22');
      expect(status).to.equal(200);
      expect(body).to.deep.include({ totalResults: 0, itemsPerPage: 0, Resources: [] });
    });

    it('can be searched by POST', async () => {
      const { body } = await client.call('POST', '/users/.SEARCH/', {
        body: {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
          filter: 'userName gt "b"',
          sortBy: 'userName',
          sortOrder: 'descending',
          attributes: ['userName'],
          count: 2,
        },
      });
      expect(namesOf(body)).to.deep.equal(['e', 'd']);
      expect(body).to.include({ totalResults: 3 });
    });

    it('go over all types at the root, one after another, on every page', async () => {
      for (let startIndex = 1; startIndex <= 8; startIndex += 1) {
        for (const count of [1, 2, 3, 7, 10]) {
          const { body } = await client.call('POST', '/.search', { body: { startIndex, count } });
          expect(namesOf(body), `${startIndex}, ${count}`).to.deep.equal(
            ['a', 'b', 'c', 'd', 'e', 'X', 'Y'].slice(startIndex - 1, startIndex - 1 + count),
          );
          expect(body).to.include({ totalResults: 7 });
        }
      }
      expect(namesOf((await client.call('GET', '/?filter=displayName eq "x"')).body)).to.deep.equal(['X']);
      expect((await client.call('GET', '/?filter=nonsense eq "x"')).body).to.include({
        status: '400',
        scimType: 'invalidFilter',
      });
    });

    it('go by cursor, each resource once, over one type and over all', async () => {
      for (const [path, expected] of [
        ['/Users', 'abcde'],
        ['/', 'abcdeXY'],
      ] as const) {
        for (const count of [1, 2, 3, 5, 7, 100]) {
          const names: unknown[] = [];
          let cursor: string | undefined = '';
          while (cursor !== undefined) {
            const { body } = await client.call('GET', `${path}?count=${count}&cursor=${cursor}`);
            expect(body).to.include({ totalResults: expected.length }).and.not.have.property('startIndex');
            names.push(...namesOf(body));
            cursor = body['nextCursor'] as string | undefined;
          }
          expect(names.join(''), `${path} by ${count}`).to.equal(expected);
        }
      }
    });

    it('go back by cursor to where they came from, over one type and over all', async () => {
      for (const [path, expected] of [
        ['/Users', 'abcde'],
        ['/', 'abcdeXY'],
        ['/?sortBy=displayName&sortOrder=descending', 'edcbaYX'],
      ] as const) {
        for (const count of [1, 2, 3, 5, 6, 7]) {
          const read = async (cursor: unknown) =>
            (
              await client.call(
                'GET',
                `${path}${path.includes('?') ? '&' : '?'}count=${count}&cursor=${String(cursor)}`,
              )
            ).body;
          let page = await read('');
          const pages = [namesOf(page).join('')];
          expect(page).not.to.have.property('previousCursor');
          while (page['nextCursor'] !== undefined)
            pages.push(namesOf((page = await read(page['nextCursor']))).join(''));
          expect(pages.join(''), `${path} by ${count}`).to.equal(expected);
          for (const earlier of pages.slice(0, -1).reverse())
            expect(namesOf((page = await read(page['previousCursor']))).join(''), `${path} by ${count}`).to.equal(
              earlier,
            );
          expect(page).not.to.have.property('previousCursor');
          for (const later of pages.slice(1))
            expect(namesOf((page = await read(page['nextCursor']))).join(''), `${path} by ${count}`).to.equal(later);
          expect(page).not.to.have.property('nextCursor');
        }
      }
    });

    it('take a cursor only for the query it was made for, and only for a while', async () => {
      const { body } = await client.call('GET', '/Users?count=1&cursor=');
      const cursor = body['nextCursor'] as string;
      expect((await client.call('GET', `/Groups?count=1&cursor=${cursor}`)).body).to.include({
        scimType: 'invalidCursor',
      });
      expect((await client.call('GET', `/Users?count=1&cursor=${cursor}x`)).body).to.include({
        scimType: 'invalidCursor',
      });
      client.now = new Date('2031-05-06T09:08:09Z');
      expect((await client.call('GET', `/Users?count=1&cursor=${cursor}`)).body).to.include({
        scimType: 'expiredCursor',
      });
    });
  });

  describe('/Me', () => {
    const location = 'https://scim.example/scim/v2/Users/u1';
    beforeEach(async () => {
      await client.call('POST', '/Users', { body: { schemas: [userUrn], userName: 'ines' } });
    });

    it('is the user that the client calls for, under its permanent address', async () => {
      const { status, headers, body } = await client.call('GET', '/me?attributes=userName,meta.location', { me: 'u1' });
      expect([status, headers]).to.deep.equal([
        200,
        { ETag: 'W/"1"', Location: location, 'Content-Location': location },
      ]);
      expect(body).to.deep.include({ id: 'u1', userName: 'ines', meta: { location } });
      expect(await client.call('GET', '/Me', { me: 'u1', headers: { 'if-none-match': 'W/"1"' } })).to.deep.include({
        status: 304,
        headers: { ETag: 'W/"1"', Location: location },
      });
    });

    it('is changed and removed like the user', async () => {
      const title = {
        body: {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
          Operations: [{ op: 'add', path: 'title', value: 'Pilot' }],
        },
        me: 'u1',
      };
      expect((await client.call('PATCH', '/Me', title)).body).to.include({ title: 'Pilot' });
      expect((await client.call('PATCH', '/Me', { ...title, headers: { 'if-match': 'W/"1"' } })).status).to.equal(412);
      expect((await client.call('PUT', '/Me', { body: { schemas: [userUrn], userName: 'ida' }, me: 'u1' })).body)
        .to.include({ userName: 'ida' })
        .and.not.have.property('title');
      expect(await client.call('DELETE', '/Me', { me: 'u1' })).to.deep.include({
        status: 204,
        headers: { Location: location },
      });
      expect((await client.call('GET', '/Me', { me: 'u1' })).status).to.equal(404);
    });

    it('is not offered to a client that calls for nobody, nor as a place to create', async () => {
      expect((await client.call('GET', '/Me')).body).to.include({ status: '501' });
      expect((await client.call('POST', '/Me', { body: {}, me: 'u1' })).body).to.include({ status: '501' });
    });
  });

  describe('routes', () => {
    it('answer 404, 405 with Allow, and 501 as SCIM errors', async () => {
      const cases = [
        ['GET', '/Nothing', 404],
        ['GET', '/Users/u1/more', 404],
        ['GET', '/Users/%ZZ', 400],
        ['GET', '/Users/0', 404],
        ['GET', '/constructor', 404],
        ['GET', '/__proto__', 404],
        ['GET', '/toString/x', 404],
        ['GET', '/Me', 501],
        ['PUT', '/Users', 405],
        ['POST', '/Users/u1', 405],
        ['GET', '/Users/.search', 405],
        ['POST', '/Schemas', 405],
        ['DELETE', '/ServiceProviderConfig', 405],
        ['GET', '/Bulk', 405],
      ] as const;
      for (const [method, path, status] of cases) {
        const { body, headers } = await client.call(method, path);
        expect(body, `${method} ${path}`)
          .to.include({ status: String(status) })
          .and.have.property('detail')
          .that.is.a('string');
        if (status === 405) expect(headers['Allow'], path).to.be.a('string').and.not.include(method);
      }
    });

    it('lead to discovery in any letter case', async () => {
      expect((await client.call('GET', '/serviceproviderconfig')).body).to.have.nested.property(
        'bulk.maxOperations',
        1000,
      );
      expect((await client.call('GET', '/ResourceTypes/User')).body).to.include({ endpoint: '/Users' });
      expect((await client.call('GET', `/SCHEMAS/${encodeURIComponent(userUrn)}/`)).body).to.include({ id: userUrn });
      expect((await client.call('GET', '/Schemas?filter=id eq "x"')).body).to.include({ status: '403' });
    });

    it('decode ids', async () => {
      await client.call('POST', '/Users', user('ines'));
      expect((await client.call('GET', '/Users/%751')).body).to.include({ id: 'u1' });
    });
  });

  describe('a create with an Idempotency-Key', () => {
    const attempts = async (...calls: { name: string; key: string }[]) => {
      for (const { name, key } of calls)
        await client.call('POST', '/Users', { ...user(name), headers: { 'idempotency-key': key } });
      return client.handler.attempts;
    };

    it('is the same attempt with the same key and body', async () => {
      const [first, second] = await attempts({ name: 'ines', key: 'k1' }, { name: 'ines', key: 'k1' });
      expect(first).to.have.all.keys('key', 'digest').and.to.deep.equal(second);
    });

    it('is another attempt with another key, and bears another digest with another body', async () => {
      const [first, otherKey, otherBody] = await attempts(
        { name: 'ines', key: 'k1' },
        { name: 'ivo', key: 'k2' },
        { name: 'ida', key: 'k1' },
      );
      expect(otherKey?.key).not.to.equal(first?.key);
      expect(otherBody?.key).to.equal(first?.key);
      expect(otherBody?.digest).not.to.equal(first?.digest);
    });

    it('is no attempt without a key, or with one that is empty', async () => {
      await client.call('POST', '/Users', user('ines'));
      expect(await attempts({ name: 'ivo', key: '' })).to.deep.equal([undefined, undefined]);
    });

    it('is refused when the key is longer than 255 characters', async () => {
      expect(
        (await client.call('POST', '/Users', { ...user('ines'), headers: { 'idempotency-key': 'k'.repeat(256) } }))
          .status,
      ).to.equal(400);
    });
  });
});
