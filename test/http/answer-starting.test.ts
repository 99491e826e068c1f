import { createServer } from 'node:http';
import { expect } from 'chai';
import request from 'supertest';
import { answerStarting } from '../../src/http/answer-starting.ts';

describe('while the process starts', () => {
  const server = createServer(answerStarting);

  for (const [method, path] of [
    ['get', '/scim/v2/Users'],
    ['post', '/scim/v2/Users'],
    ['get', '/readyz'],
  ] as const) {
    it(`${method} ${path} is a SCIM error that says when to come back`, async () => {
      const { status, headers, body } = await request(server)[method](path);
      expect(status).to.equal(503);
      expect(headers).to.include({ 'retry-after': '2', 'cache-control': 'no-store' });
      expect(headers['content-type']).to.equal('application/scim+json; charset=utf-8');
      const { schemas, status: told, detail } = body as Record<string, unknown>;
      expect(schemas).to.deep.equal(['urn:ietf:params:scim:api:messages:2.0:Error']);
      expect([told, detail]).to.deep.equal(['503', 'Latchkey is starting: try again in a few seconds']);
    });
  }

  it('a browser is shown a page', async () => {
    const { status, text } = await request(server).get('/sign-in').set('Accept', 'text/html');
    expect(status).to.equal(503);
    expect(text).to.include('<h1>One moment</h1>');
  });
});
