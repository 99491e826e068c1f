import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { answerUnreadable, maxHeaderBytes } from '../../src/http/answer-unreadable.ts';

describe('a request that is not HTTP', () => {
  let server: Server;

  before(async () => {
    server = createServer({ maxHeaderSize: maxHeaderBytes }, (request, response) =>
      request.once('end', () => response.end(request.url)).resume(),
    ).on('clientError', answerUnreadable);
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  after(() => server.close());

  async function answerTo(request: string): Promise<{ head: string; body: string }> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(request);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    return { head, body };
  }

  const cases: readonly (readonly [string, string, number])[] = [
    ['a line of chatter', 'HELLO\r\n\r\n', 400],
    ['a method nobody knows', 'FETCH /scim/v2/Users HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['broken chunks', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n', 400],
    ['a URL past all limits', `GET /?${'x'.repeat(maxHeaderBytes + 1000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ];
  for (const [title, request, status] of cases) {
    it(`${title} is answered ${status} with a SCIM error`, async () => {
      const { head, body } = await answerTo(request);
      expect(head)
        .to.match(new RegExp(`^HTTP/1.1 ${status} `))
        .and.to.include('Content-Type: application/scim+json');
      expect(JSON.parse(body))
        .to.include({ status: String(status) })
        .and.have.property('detail').that.is.not.empty;
    });
  }

  it('the longest filter still arrives, percent-encoded', async () => {
    const filter = encodeURIComponent(`userName eq "${'å'.repeat(8000)}"`);
    const { head, body } = await answerTo(`GET /?${filter} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(head).to.match(/^HTTP\/1.1 200 /);
    expect(body).to.include(filter.slice(-10));
  });
});
