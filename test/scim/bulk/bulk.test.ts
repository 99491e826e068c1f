import { expect } from 'chai';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { ScimError } from '../../../src/scim/model/scim-error.ts';
import { ScimClient, type Answer } from '../../support/scim-client.ts';
import { enterpriseUrn, groupUrn, userUrn } from '../../support/resource-types.ts';

const bulk = async (client: ScimClient, operations: Json[], more: JsonObject = {}): Promise<Answer> =>
  client.call('POST', '/Bulk', {
    body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], ...more, Operations: operations },
  });
const user = (bulkId: string, userName: string, more: JsonObject = {}): JsonObject => ({
  method: 'POST',
  path: '/Users',
  bulkId,
  data: { schemas: [userUrn], userName, ...more },
});
const group = (bulkId: string, displayName: string, members: string[]): JsonObject => ({
  method: 'POST',
  path: '/Groups',
  bulkId,
  data: { schemas: [groupUrn], displayName, members: members.map((value) => ({ value })) },
});
const answersOf = ({ body }: Answer): JsonObject[] => body['Operations'] as JsonObject[];
const statusesOf = (answer: Answer): unknown[] => answersOf(answer).map(({ status }) => status);
const idsOf = (answer: Answer): (string | undefined)[] =>
  answersOf(answer).map(({ location }) => (location as string).split('/').at(-1));
const membersOf = ({ body }: Answer): unknown[] =>
  ((body['members'] as JsonObject[] | undefined) ?? []).map(({ value }) => value);

describe('Bulk', () => {
  let client: ScimClient;
  beforeEach(() => {
    client = new ScimClient();
  });

  it('answers each operation with status as text, location and version', async () => {
    const answer = await bulk(client, [
      user('a', 'ines'),
      {
        method: 'patch',
        path: '/Users/bulkId:a',
        data: { Operations: [{ op: 'replace', path: 'title', value: 'Pilot' }] },
      },
    ]);
    expect(answer.status).to.equal(200);
    expect(answer.body['schemas']).to.deep.equal(['urn:ietf:params:scim:api:messages:2.0:BulkResponse']);
    expect(answersOf(answer)).to.deep.equal([
      {
        method: 'POST',
        bulkId: 'a',
        location: 'https://scim.example/scim/v2/Users/u1',
        version: 'W/"1"',
        status: '201',
      },
      { method: 'PATCH', location: 'https://scim.example/scim/v2/Users/u1', version: 'W/"2"', status: '200' },
    ]);
    expect((await client.call('GET', '/Users/u1')).body).to.include({ title: 'Pilot' });
  });

  it('resolves references backward and forward, in values and in filters', async () => {
    const answer = await bulk(client, [
      group('g', 'Harbour', ['bulkId:late', 'bulkId:late']),
      user('early', 'ines'),
      user('late', 'tove', { [enterpriseUrn]: { manager: { value: 'bulkId:early' } } }),
      {
        method: 'PATCH',
        path: '/Groups/bulkId:g',
        data: {
          Operations: [
            { op: 'remove', path: 'members[value eq "bulkId:late"]' },
            { op: 'add', path: 'members', value: [{ value: 'bulkId:early' }] },
          ],
        },
      },
      { method: 'DELETE', path: '/Users/bulkId:late' },
    ]);
    expect(statusesOf(answer)).to.deep.equal(['201', '201', '201', '200', '204']);
    const groupId = idsOf(answer)[0];
    const earlyId = idsOf(answer)[1];
    expect(membersOf(await client.call('GET', `/Groups/${groupId}`))).to.deep.equal([earlyId]);
  });

  it('resolves a reference after hundreds of other values', async () => {
    const many = Array.from({ length: 400 }, (_, index) => ({ value: `${index}@example.com` }));
    const answer = await bulk(client, [
      user('a', 'ines', { emails: many, [enterpriseUrn]: { manager: { value: 'bulkId:b' } } }),
      group('g', 'Crew', ['bulkId:a', 'BULKID:b']),
      user('b', 'tove'),
    ]);
    expect(statusesOf(answer)).to.deep.equal(['201', '201', '201']);
    const [ines, crew, tove] = idsOf(answer);
    expect(membersOf(await client.call('GET', `/Groups/${crew}`))).to.have.members([ines, tove]);
    const { body } = await client.call('GET', `/Users/${ines}`);
    expect((body[enterpriseUrn] as JsonObject)['manager']).to.include({ value: tove });
  });

  it('resolves circular references by adding them afterwards', async () => {
    const answer = await bulk(client, [
      group('a', 'A', ['bulkId:b', 'x']),
      group('b', 'B', ['bulkId:a', 'y']),
      group('self', 'S', ['bulkId:self']),
    ]);
    expect(statusesOf(answer)).to.deep.equal(['201', '201', '201']);
    const [a, b, self] = idsOf(answer);
    expect(membersOf(await client.call('GET', `/Groups/${a}`))).to.have.members([b, 'x']);
    expect(membersOf(await client.call('GET', `/Groups/${b}`))).to.have.members([a, 'y']);
    expect(membersOf(await client.call('GET', `/Groups/${self}`))).to.deep.equal([self]);
    expect(answersOf(answer)[1]).to.include({ version: 'W/"2"' });
  });

  it('resolves circular managers', async () => {
    const answer = await bulk(client, [
      user('a', 'a', { [enterpriseUrn]: { department: 'Sea', manager: { value: 'bulkId:b' } } }),
      user('b', 'b', { [enterpriseUrn]: { manager: { value: 'bulkId:a' } } }),
    ]);
    expect(statusesOf(answer)).to.deep.equal(['201', '201']);
    const [a, b] = idsOf(answer);
    expect((await client.call('GET', `/Users/${a}`)).body[enterpriseUrn]).to.deep.equal({
      department: 'Sea',
      manager: { value: b },
    });
    expect((await client.call('GET', `/Users/${b}`)).body[enterpriseUrn]).to.deep.equal({ manager: { value: a } });
  });

  it('refuses what is unknown, doubled or failed, and goes on with the rest', async () => {
    const answer = await bulk(client, [
      group('g', 'G', ['bulkId:nobody']),
      user('a', 'ines'),
      user('a', 'tove'),
      user('b', 'ines'),
      group('h', 'H', ['bulkId:b']),
      { method: 'GET', path: '/Users' },
      { method: 'POST', path: '/Bulk', data: {} },
      { method: 'POST', path: '/Users' },
      7,
      user('z', 'zoe'),
    ]);
    expect(statusesOf(answer)).to.deep.equal(['400', '201', '400', '409', '409', '400', '400', '400', '400', '201']);
    expect(answersOf(answer)[0]?.['response'])
      .to.include({ scimType: 'invalidValue' })
      .and.have.property('detail')
      .that.includes('nobody');
    expect(answersOf(answer)[3]?.['response']).to.include({ scimType: 'uniqueness', status: '409' });
  });

  it('stops at failOnErrors', async () => {
    const operations = [user('a', 'ines'), user('b', 'ines'), user('c', 'c'), user('d', 'ines'), user('e', 'e')];
    expect(statusesOf(await bulk(client, operations, { failOnErrors: 2 }))).to.deep.equal(['201', '409', '201', '409']);
    expect((await bulk(new ScimClient(), operations, { failOnErrors: 1 })).body['Operations']).to.have.length(2);
    expect((await bulk(client, operations, { failOnErrors: 'x' })).body).to.include({ scimType: 'invalidSyntax' });
  });

  it('holds an operation to its version', async () => {
    await bulk(client, [user('a', 'ines')]);
    const answer = await bulk(client, [
      { method: 'DELETE', path: '/Users/u1', version: 'W/"9"' },
      { method: 'DELETE', path: '/Users/u1', version: 'W/"1"' },
    ]);
    expect(statusesOf(answer)).to.deep.equal(['412', '204']);
  });

  it('has limits', async () => {
    const many = Array.from({ length: 1001 }, () => ({ method: 'DELETE', path: '/Users/x' }));
    expect((await bulk(client, many)).body).to.include({ status: '413' });
    expect(
      (await client.call('POST', '/Bulk', { body: { Operations: [] }, headers: { 'content-length': '99999999' } }))
        .body,
    ).to.include({ status: '413' });
  });

  it('takes all back where all or nothing is asked for', async () => {
    const answer = await bulk(
      client,
      [user('a', 'ines'), group('g', 'G', ['bulkId:late']), user('late', 'ines'), user('z', 'zoe')],
      { allOrNothing: true, failOnErrors: 5 },
    );
    expect(statusesOf(answer)).to.deep.equal(['424', '424', '409', '424']);
    expect(answersOf(answer)[1]).to.deep.equal({
      method: 'POST',
      bulkId: 'g',
      status: '424',
      response: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: '424',
        detail: 'Not carried out: Operations[2] failed, and all or nothing was asked for.',
      },
    });
    expect(answer.log.operations?.map(({ outcome }) => outcome)).to.deep.equal([
      'notApplied',
      'notApplied',
      'refused',
      'notApplied',
    ]);
    expect((await client.call('GET', '/?count=0')).body).to.include({ totalResults: 0 });
    expect(
      statusesOf(await bulk(client, [user('a', 'ines'), group('g', 'G', ['bulkId:a'])], { allOrNothing: true })),
    ).to.deep.equal(['201', '201']);
    expect((await bulk(client, [user('b', 'b')], { allOrNothing: 'true' })).body).to.include({
      scimType: 'invalidSyntax',
    });
  });

  it('lets others have their turn between operations', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    await bulk(
      client,
      Array.from({ length: 1000 }, (_, index) => user(`b${index}`, `u${index}`)),
    );
    clearInterval(timer);
    expect(turns).to.be.greaterThan(5);
  });

  describe('whose writes go together', () => {
    const delivered = (answer: Answer): unknown[] => answersOf(answer).map(({ status, bulkId }) => [bulkId, status]);

    it('takes a hundred operations at a time, and removals one by one', async () => {
      const many = Array.from({ length: 250 }, (_, index) => user(`b${index}`, `u${index}`));
      expect(statusesOf(await bulk(client, many))).to.deep.equal(many.map(() => '201'));
      expect(client.handler.piecesWritten).to.equal(3);
      const removal = (id: string) => ({ method: 'DELETE', path: `/Users/${id}` });
      expect(statusesOf(await bulk(client, [removal('u1'), removal('u2'), user('x', 'x')]))).to.deep.equal([
        '204',
        '204',
        '201',
      ]);
      expect(client.handler.piecesWritten).to.equal(3);
    });

    it('does them one by one where another writer was quicker: each once, with references, and refusals as they then are', async () => {
      client.handler.mishaps.push('quicker');
      const answer = await bulk(client, [
        group('g', 'Crew', ['bulkId:a', 'bulkId:b']),
        user('a', 'ines'),
        user('c', 'ines'),
        user('b', 'tove'),
      ]);
      expect(delivered(answer)).to.deep.equal([
        ['g', '201'],
        ['a', '201'],
        ['c', '409'],
        ['b', '201'],
      ]);
      const made = answersOf(answer).filter(({ status }) => status === '201');
      const [crew = '', ines = '', tove = ''] = made.map(({ location }) => (location as string).split('/').at(-1));
      expect(membersOf(await client.call('GET', `/Groups/${crew}`))).to.have.members([ines, tove]);
      expect((await client.call('GET', '/Users?count=0')).body).to.include({ totalResults: 2 });
      expect(answer.log.operations?.map(({ outcome }) => outcome)).to.deep.equal([
        'applied',
        'applied',
        'refused',
        'applied',
      ]);
    });

    it('answers 503 for all of them where the store is away, but for what was wrong by itself', async () => {
      client.handler.mishaps.push(new ScimError(503, undefined, 'The store is away.'));
      const answer = await bulk(client, [
        user('a', 'ines'),
        { method: 'POST', path: '/Users', bulkId: 'b' },
        user('c', 'c'),
      ]);
      expect(delivered(answer)).to.deep.equal([
        ['a', '503'],
        ['b', '400'],
        ['c', '503'],
      ]);
      expect((await client.call('GET', '/Users?count=0')).body).to.include({ totalResults: 0 });
    });

    for (const [name, mishap] of [
      ['another writer was quicker', 'quicker'],
      ['the store is away', new ScimError(503, undefined, 'The store is away.')],
    ] as const)
      it(`of several stretches, one for which ${name} takes back what was built on it`, async () => {
        client.handler.mishaps.push('none', mishap);
        const many = Array.from({ length: 350 }, (_, index) => user(`b${index}`, `u${index}`));
        const crew = group('g', 'Crew', ['bulkId:b3', 'bulkId:b340']);
        const answer = await bulk(client, [...many, crew]);
        const away = mishap === 'quicker' ? '201' : '503';
        const wanted = many.map((_, index) => [`b${index}`, index >= 100 && index < 200 ? away : '201']);
        expect(delivered(answer)).to.deep.equal([...wanted, ['g', '201']]);
        const created = statusesOf(answer).filter((status) => status === '201').length;
        expect((await client.call('GET', '/?count=0')).body).to.include({ totalResults: created });
        const [three, last, made] = [3, 340, 350].map((index) =>
          (answersOf(answer)[index]?.['location'] as string).split('/').at(-1),
        );
        expect(membersOf(await client.call('GET', `/Groups/${made}`))).to.have.members([three, last]);
      });

    it('of several stretches, what the first has taken is refused in the second', async () => {
      const many = Array.from({ length: 150 }, (_, index) => user(`b${index}`, `u${index % 120}`));
      expect(statusesOf(await bulk(client, many))).to.deep.equal(many.map((_, n) => (n < 120 ? '201' : '409')));
    });

    it('stops where so many errors end the run, and writes what came before', async () => {
      const answer = await bulk(client, [user('a', 'ines'), user('b', 'ines'), user('c', 'tove')], { failOnErrors: 1 });
      expect(statusesOf(answer)).to.deep.equal(['201', '409']);
      expect((await client.call('GET', '/Users?count=0')).body).to.include({ totalResults: 1 });
    });
  });

  it('answers a fault of ours for that operation alone', async () => {
    client.handler.failNextCreate = new Error('the store is away: mongodb://secret');
    const answer = await bulk(client, [user('a', 'ines'), user('b', 'tove')]);
    expect(statusesOf(answer)).to.deep.equal(['500', '201']);
    expect(JSON.stringify(answer.body)).to.not.include('secret');
  });
});
