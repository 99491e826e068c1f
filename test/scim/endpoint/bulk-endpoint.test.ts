import { expect } from 'chai';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import type { DeferredBulk } from '../../../src/scim/port/deferred-bulk.ts';
import { userUrn } from '../../support/resource-types.ts';
import { ScimClient, type Answer, type Call } from '../../support/scim-client.ts';

const create = (userName: string): JsonObject => ({
  method: 'POST',
  path: '/Users',
  data: { schemas: [userUrn], userName },
});
const statusesOf = ({ body }: Answer): unknown[] => (body['Operations'] as JsonObject[]).map(({ status }) => status);

async function bulk(client: ScimClient, operations: Json[], more: JsonObject = {}, call: Call = {}): Promise<Answer> {
  return client.call('POST', '/Bulk', { ...call, body: { ...more, Operations: operations } });
}

async function countOf(client: ScimClient): Promise<unknown> {
  return (await client.call('GET', '/Users?count=0')).body['totalResults'];
}

describe('POST /Bulk', () => {
  let client: ScimClient;
  beforeEach(() => {
    client = new ScimClient();
  });

  describe('with an Idempotency-Key', () => {
    const headers = { 'idempotency-key': 'k1' };
    const whole = { allOrNothing: true };

    it('answers a batch that comes again as it did, and does nothing', async () => {
      const first = await bulk(client, [create('ines'), create('tove')], whole, { headers });
      const again = await bulk(client, [create('ines'), create('tove')], whole, { headers });
      expect(statusesOf(first)).to.deep.equal(['201', '201']);
      expect(again.body).to.deep.equal(first.body);
      expect(await countOf(client)).to.equal(2);
    });

    it('keeps no answer of a batch that came to nothing', async () => {
      const failed = await bulk(client, [create('ines'), create('ines')], whole, { headers });
      const again = await bulk(client, [create('ines'), create('tove')], whole, { headers });
      expect([statusesOf(failed), statusesOf(again)]).to.deep.equal([
        ['424', '409'],
        ['201', '201'],
      ]);
    });

    it('keeps no answer of what is only tried', async () => {
      const tried = { headers, context: { dryRun: true } };
      await bulk(client, [create('ines')], whole, tried);
      expect(statusesOf(await bulk(client, [create('tove')], whole, { headers }))).to.deep.equal(['201']);
    });

    it('gives each operation a key of its own', async () => {
      await bulk(client, [create('ines'), create('tove')], {}, { headers });
      const [first, second] = client.handler.attempts;
      expect(first?.key).to.be.a('string').that.does.not.equal(second?.key);
    });
  });

  for (const key of [undefined, '']) {
    it(`gives operations no key where the batch has ${key === undefined ? 'none' : 'an empty one'}`, async () => {
      await bulk(client, [create('ines')], {}, key === undefined ? {} : { headers: { 'idempotency-key': key } });
      await bulk(
        client,
        [create('tove')],
        { allOrNothing: true },
        key === undefined ? {} : { headers: { 'idempotency-key': key } },
      );
      expect(client.handler.attempts).to.deep.equal([undefined, undefined]);
    });
  }

  for (const path of ['/Me', '/Bulk', '/Users/.search', '/Schemas']) {
    it(`refuses an operation that goes to ${path}`, async () => {
      const [answer] = (await bulk(client, [{ method: 'POST', path, data: {} }])).body['Operations'] as JsonObject[];
      expect(answer).to.include({ status: path === '/Schemas' ? '405' : '400' });
    });
  }

  it('answers a fault of ours with 500, and says no more of it', async () => {
    client.handler.failNextCreate = new Error('secret of the database');
    const [answer] = (await bulk(client, [create('ines')])).body['Operations'] as JsonObject[];
    expect(answer).to.have.nested.property('response.detail', 'Something failed on our side.');
  });

  describe('that is to be answered before it is done', () => {
    const begun: unknown[] = [];
    const deferred: DeferredBulk = {
      begin: async ({ body }) => {
        begun.push(body);
        return 't1';
      },
      find: async () => undefined,
      tokens: async () => undefined,
    };
    const headers = { prefer: 'respond-async' };
    beforeEach(() => {
      begun.length = 0;
      client = new ScimClient({ deferred });
    });

    it('is put off, and says where its answer will be', async () => {
      const answer = await bulk(client, [create('ines')], {}, { headers });
      expect(answer.status).to.equal(202);
      expect(answer.headers).to.include({ 'Set-Txn': 't1', Location: 'https://scim.example/scim/v2/.transactions/t1' });
      expect([begun.length, await countOf(client)]).to.deep.equal([1, 0]);
    });

    for (const [title, call] of [
      ['it does not ask for that', {}],
      ['it only tries what would happen', { headers, context: { dryRun: true } }],
    ] as const) {
      it(`is done at once where ${title}`, async () => {
        expect(statusesOf(await bulk(client, [create('ines')], {}, call))).to.deep.equal(['201']);
        expect(begun).to.deep.equal([]);
      });
    }

    it('is done at once where nothing can be put off', async () => {
      client = new ScimClient();
      expect(statusesOf(await bulk(client, [create('ines')], {}, { headers }))).to.deep.equal(['201']);
    });
  });
});
