import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { createLog } from '../../src/base/log.ts';
import { maxHeaderBytes } from '../../src/http/answer-unreadable.ts';
import { refuseUnreadable } from '../../src/http/refuse-unreadable.ts';

describe('a request that never becomes a call', () => {
  let server: Server;
  let lines: Record<string, unknown>[];
  let now = 0;

  beforeEach(async () => {
    lines = [];
    now = 0;
    server = createServer({ maxHeaderSize: maxHeaderBytes }, (_request, response) => response.end('served'));
    const takeLog = refuseUnreadable(server, () => now);
    takeLog(createLog('info', { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) }));
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(() => server.close());

  async function answerTo(request: string | Buffer): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(request);
    return text(socket);
  }

  const cases: readonly (readonly [string, string | Buffer, number, string])[] = [
    ['chatter', 'HELLO secret-in-it\r\n\r\n', 400, 'notHttp'],
    ['TLS on the plain port', Buffer.from('16030100c8010000c40303', 'hex'), 400, 'tlsOnPlainPort'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400, 'notHttp'],
    [
      'a length beside chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'notHttp',
    ],
    [
      'endless headers',
      `GET /?${'x'.repeat(maxHeaderBytes + 1000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      431,
      'headersTooLong',
    ],
    [
      'an unknown expectation',
      'POST / HTTP/1.1\r\nHost: x\r\nExpect: secret-in-it\r\nContent-Length: 0\r\n\r\n',
      417,
      'unknownExpectation',
    ],
    ['CONNECT', 'CONNECT secret-in-it:443 HTTP/1.1\r\nHost: x\r\n\r\n', 501, 'notServed'],
  ];
  for (const [title, request, status, outcome] of cases)
    it(`leaves one line and an answer: ${title}`, async () => {
      const answer = await answerTo(request);
      expect(answer).to.match(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).to.include(`"status":"${status}"`);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ msg: 'refused', status, outcome, address: '127.0.0.1' });
      expect(JSON.stringify(lines)).not.to.include('secret-in-it');
    });

  it('leaves none where nothing was sent, or the request is good', async () => {
    const silent = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(silent, 'connect');
    silent.resetAndDestroy();
    expect(await answerTo('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).to.include('served');
    expect(lines).to.deep.equal([]);
  });

  it('does not fill the log: a flood is cut, and the next line says by how much', async () => {
    for (let count = 0; count < 40; count += 1) await answerTo('HELLO\r\n\r\n');
    expect(lines).to.have.length(30);
    now = 60_000;
    await answerTo('HELLO\r\n\r\n');
    expect(lines).to.have.length(31);
    expect(lines[30]).to.include({ withheld: 10 });
  });
});
