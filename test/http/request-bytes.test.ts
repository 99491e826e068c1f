import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { requestBytes } from '../../src/http/request-bytes.ts';

describe('the bytes of a request', () => {
  let server: Server;
  let outcomes: (string | undefined)[];
  let waiting: ((outcome: string | undefined) => void)[];

  beforeEach(async () => {
    outcomes = [];
    waiting = [];
    server = createServer((request, response) => {
      Promise.resolve(requestBytes(request, response))
        .then(
          (bytes) => bytes?.toString(),
          (error: Error & { status?: number }) => `refused with ${error.status}`,
        )
        .then((outcome) => {
          outcomes.push(outcome);
          waiting.shift()?.(outcome);
          response.end();
        })
        .catch(() => response.destroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => server.close());

  const port = (): number => (server.address() as AddressInfo).port;
  const nextOutcome = (): Promise<string | undefined> => new Promise((resolve) => waiting.push(resolve));
  const send = async (headers: Record<string, string | number>, ...pieces: (string | Buffer)[]): Promise<void> => {
    const call = httpRequest({ port: port(), host: '127.0.0.1', method: 'POST', headers });
    for (const piece of pieces) call.write(piece);
    call.end();
    const [answer] = await once(call, 'response');
    answer.resume();
  };

  it('are taken as they come, whole, in pieces, chunked or compressed', async () => {
    await send({ 'content-length': 5 }, 'whole');
    await send({ 'content-length': 8 }, 'in ', 'piece', '');
    await send({ 'content-length': 0 });
    await send({ 'transfer-encoding': 'chunked' }, 'chu', 'nked');
    const gzipped = gzipSync('gzipped');
    await send({ 'content-length': gzipped.length, 'content-encoding': 'gzip' }, gzipped);
    expect(outcomes).to.deep.equal(['whole', 'in piece', '', 'chunked', 'gzipped']);
  });

  it('are none where there is no body', async () => {
    const call = httpRequest({ port: port(), host: '127.0.0.1' }).end();
    const [answer] = await once(call, 'response');
    answer.resume();
    expect(outcomes).to.deep.equal([undefined]);
  });

  it('are refused where they are too many or in an unknown encoding', async () => {
    await send({ 'content-length': 6 * 1024 * 1024 }, Buffer.alloc(6 * 1024 * 1024)).catch(() => undefined);
    await send({ 'content-length': 1, 'content-encoding': 'rot13' }, 'x');
    expect(outcomes).to.deep.equal(['refused with 413', 'refused with 415']);
  });

  it('are refused where the connection ends before them', async () => {
    const outcome = nextOutcome();
    const socket = connect(port(), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nbegun');
    await once(server, 'request');
    socket.destroy();
    expect(await outcome).to.equal('refused with 400');
  });
});
