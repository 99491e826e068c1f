import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { refuseExpectation } from '../../src/http/refuse-expectation.ts';

describe('a request that expects something', () => {
  let server: Server;

  before(async () => {
    server = createServer((request, response) => request.once('end', () => response.end('read')).resume()).on(
      'checkExpectation',
      refuseExpectation,
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  after(() => server.close());

  async function answerTo(expectation: string): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nExpect: ${expectation}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
    );
    return text(socket);
  }

  it('is answered 417 with a SCIM error where nobody knows what', async () => {
    const answer = await answerTo('200-ok');
    expect(answer)
      .to.match(/^HTTP\/1.1 417 /)
      .and.to.include('Content-Type: application/scim+json')
      .and.to.include('"status":"417"');
  });

  it('is told to go on where that is all', async () => {
    expect(await answerTo('100-continue'))
      .to.match(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/)
      .and.to.include('read');
  });
});
