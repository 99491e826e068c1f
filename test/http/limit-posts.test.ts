import { expect } from 'chai';
import express, { type ErrorRequestHandler, type Express } from 'express';
import request from 'supertest';
import { limitPosts } from '../../src/http/limit-posts.ts';

describe('the limit of forms', () => {
  let app: Express;
  beforeEach(() => {
    app = express();
    app.set('trust proxy', true);
    app.use(limitPosts());
    app.post('/:page', (_request, response) => response.status(Number(response.req.get('X-Answer') ?? 303)).end());
    const refuse: ErrorRequestHandler = (error: { status: number }, _request, response, next) => {
      if (response.headersSent) next(error);
      else response.status(error.status).end();
    };
    app.use(refuse);
  });

  const post = (path: string, answer: number, address = '203.0.113.7') =>
    request(app).post(path).set('X-Forwarded-For', address).set('X-Answer', String(answer));
  const times = async (count: number, act: () => request.Test): Promise<number[]> => {
    const statuses: number[] = [];
    for (let done = 0; done < count; done += 1) statuses.push((await act()).status);
    return statuses;
  };

  it('does not count forms that do their work', async () => {
    expect(new Set(await times(600, () => post('/set-password', 303)))).to.deep.equal(new Set([303]));
    expect((await post('/sign-in', 422)).status).to.equal(422);
  }).timeout(20_000);

  it('counts those that are refused, per address, and says when to come back', async () => {
    expect(new Set(await times(300, () => post('/sign-in', 422)))).to.deep.equal(new Set([422]));
    const refused = await post('/sign-in', 422);
    expect(refused.status).to.equal(429);
    expect(refused.headers['retry-after']).to.equal('60');
    expect((await post('/sign-in', 422, '203.0.113.8')).status).to.equal(422);
  }).timeout(20_000);

  it('counts requests for messages whatever comes of them, and an IPv6 network as one', async () => {
    let host = 0;
    const ask = () => post('/forgot-password', 303, `2001:db8::${(host += 1).toString(16)}`);
    expect(new Set(await times(120, ask))).to.deep.equal(new Set([303]));
    expect((await ask()).status).to.equal(429);
    expect((await post('/forgot-password', 303, '2001:db8:0:1::1')).status).to.equal(303);
  }).timeout(20_000);
});
