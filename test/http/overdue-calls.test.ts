import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import { isOverdue, longestWaitMs, OverdueCalls } from '../../src/http/overdue-calls.ts';

describe('Overdue calls', () => {
  let server: Server;
  let now = 0;
  let waitingMs = 0;
  let overdue: OverdueCalls;
  let handle: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    now = 0;
    waitingMs = 0;
    overdue = new OverdueCalls(
      () => waitingMs,
      () => now,
    );
    handle = () => undefined;
    server = createServer((request, response) => {
      overdue.watch(request, response);
      request.resume();
      handle(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const arrived = () =>
    new Promise<ServerResponse>((resolve) => {
      handle = (request, response) => request.once('end', () => resolve(response));
    });
  const ask = (accept = '*/*') =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers: { accept } });

  it('are answered 503 with Retry-After when the store answers nothing', async () => {
    const come = arrived();
    const asked = ask();
    const response = await come;
    overdue.look();
    expect(isOverdue(response.req)).to.equal(false);
    now = longestWaitMs + 1;
    waitingMs = 5_000;
    overdue.look();
    const answer = await asked;
    expect(isOverdue(response.req)).to.equal(true);
    expect(answer.status).to.equal(503);
    expect(answer.headers.get('retry-after')).to.equal('5');
    expect(await answer.json()).to.include({ status: '503' });
    // The work ends all the same, and its answer goes nowhere.
    expect(() => response.setHeader('ETag', 'late').writeHead(200).end('late')).not.to.throw();
  });

  it('get a page where a browser asks', async () => {
    const come = arrived();
    const asked = ask('text/html');
    await come;
    overdue.look();
    now = longestWaitMs + 1;
    waitingMs = 5_000;
    overdue.look();
    expect((await asked).headers.get('content-type')).to.equal('text/html; charset=utf-8');
  });

  it('are left alone while the store works, and before their time', async () => {
    const come = arrived();
    const asked = ask();
    const response = await come;
    overdue.look();
    now = longestWaitMs + 1;
    overdue.look();
    now = longestWaitMs - 1;
    waitingMs = 5_000;
    overdue.look();
    response.end('done');
    expect(await (await asked).text()).to.equal('done');
  });
});
