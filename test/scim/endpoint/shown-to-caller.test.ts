import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import { userUrn, groupUrn } from '../../support/resource-types.ts';
import { ScimClient, type Answer } from '../../support/scim-client.ts';

const context = { writesOnly: true } as const;
const ines = { schemas: [userUrn], userName: 'ines', title: 'Captain', name: { givenName: 'Ines' } };
const shownOf = ({ body: { meta, ...shown } }: Answer): JsonObject => {
  expect(meta).to.be.an('object');
  return shown;
};

describe('a client that may write and not read', () => {
  let client: ScimClient;
  beforeEach(async () => {
    client = new ScimClient();
    await client.call('POST', '/Users', { body: ines });
  });

  it('is shown of a create what it sent', async () => {
    const body = { schemas: [userUrn], userName: 'tove', title: 'Cook' };
    const answer = await client.call('POST', '/Users', { body, context });
    expect([answer.status, shownOf(answer)]).to.deep.equal([201, { ...body, id: 'u2' }]);
  });

  it('is shown of a PATCH what it sent, and nothing of what was there', async () => {
    const body = { Operations: [{ op: 'replace', path: 'title', value: 'Cook' }] };
    const answer = await client.call('PATCH', '/Users/u1', { body, context });
    expect(shownOf(answer)).to.deep.equal({ schemas: [userUrn], id: 'u1', title: 'Cook' });
    const whole = await client.call('PATCH', '/Users/u1', { body });
    expect(shownOf(whole)).to.deep.equal({ ...ines, title: 'Cook', id: 'u1' });
  });

  it('is shown of a resource its id alone', async () => {
    expect(shownOf(await client.call('GET', '/Users/u1', { context }))).to.deep.equal({ schemas: [userUrn], id: 'u1' });
  });

  it('is not told who has what it wants', async () => {
    const detailFor = async (reads: boolean): Promise<unknown> =>
      (await client.call('POST', '/Users', { body: ines, ...(reads ? {} : { context }) })).body;
    expect(await detailFor(true)).to.include({ status: '409', detail: 'userName is taken; its id is u1.' });
    expect(await detailFor(false)).to.include({ status: '409', detail: 'userName is taken.' });
  });

  it('is told of its own faults like any other', async () => {
    const answer = await client.call('POST', '/Users', { body: { schemas: [userUrn] }, context });
    expect(answer.body).to.include({ status: '400', detail: 'userName is required.' });
  });

  it('does not make the members of a group be read', async () => {
    const crew = { schemas: [groupUrn], displayName: 'Crew', members: [{ value: 'u1' }] };
    await client.call('POST', '/Groups', { body: crew, context });
    await client.call('GET', '/Groups/g2', { context });
    await client.call('PUT', '/Groups/g2', { body: crew, context });
    expect(client.handler.membersRead.chunks).to.equal(0);
    await client.call('GET', '/Groups/g2');
    expect(client.handler.membersRead.chunks).to.equal(1);
  });
});

describe('the parameters of a projection', () => {
  const client = new ScimClient();
  for (const name of ['attributes', 'excludedAttributes']) {
    for (const value of ['', '%20']) {
      it(`are refused where ${name} is '${value}'`, async () => {
        const { body } = await client.call('POST', `/Users?${name}=${value}`, { body: ines });
        expect(body).to.include({ status: '400', detail: `${name} is empty: give it a value, or leave it out.` });
      });
    }
  }
});

describe('a precondition of reading', () => {
  let client: ScimClient;
  beforeEach(async () => {
    client = new ScimClient();
    await client.call('POST', '/Users', { body: ines });
  });

  for (const [headers, status] of [
    [{ 'if-match': 'W/"1"' }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': 'W/"2", W/"1"' }, 200],
    [{ 'if-match': 'W/"2"' }, 412],
    [{ 'if-none-match': 'W/"1"' }, 304],
    [{ 'if-none-match': 'W/"2"' }, 200],
    [{ 'if-match': 'W/"2"', 'if-none-match': 'W/"1"' }, 412],
  ] as const) {
    it(`${JSON.stringify(headers)} comes to ${status}`, async () => {
      expect((await client.call('GET', '/Users/u1', { headers })).status).to.equal(status);
    });
  }
});
