import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createPostWebhook } from '../../src/webhooks/post-webhook.ts';
import { isPublicAddress, lookUpPublic, RefusedAddressError } from '../../src/network/public-address.ts';

describe('isPublicAddress', () => {
  for (const address of [
    '8.8.8.8',
    '93.184.215.14',
    '2001:4860:4860::8888',
    '::ffff:8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '169.253.1.1',
  ]) {
    it(`lets ${address} pass`, () => expect(isPublicAddress(address)).to.equal(true));
  }
  for (const address of [
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '192.0.0.192',
    '0.0.0.0',
    '0.1.2.3',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '168.63.129.16',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'fd00:ec2::254',
    'fc00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:169.254.169.254',
    '::ffff:0:10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '::127.0.0.1',
    '::ffff:168.63.129.16',
    'localhost',
    '',
  ]) {
    it(`refuses ${address === '' ? 'nothing' : address}`, () => expect(isPublicAddress(address)).to.equal(false));
  }
});

describe('lookUpPublic', () => {
  for (const all of [true, false]) {
    it(`fails for a name that leads inside (${all ? 'all addresses' : 'one address'})`, (done) => {
      lookUpPublic('localhost', { all }, (error) => {
        expect(error).to.be.instanceOf(RefusedAddressError);
        done();
      });
    });
  }
});

describe('createPostWebhook', () => {
  let server: Server;
  let asked: string[];
  let connections: number;
  let port: number;
  let trusted: ReturnType<typeof createPostWebhook>;
  const untrusted = createPostWebhook(new Set());

  before(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url === '/redirect') response.writeHead(307, { Location: `http://127.0.0.1:${port}/taken` }).end();
      else if (request.url === '/endless') response.writeHead(200).write('x'.repeat(1_000_000));
      else if (request.url === '/busy') response.writeHead(503, { 'Retry-After': '120' }).end();
      else if (request.url === '/hang-up') request.socket.destroy();
      else response.writeHead(204).end();
    });
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    trusted = createPostWebhook(new Set(['127.0.0.1', 'localhost']));
  });
  beforeEach(() => {
    asked = [];
    connections = 0;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('posts to a host that is trusted, by address and by name', async () => {
    expect(await trusted(new URL(`http://127.0.0.1:${port}/a`), {}, '{}')).to.include({ status: 204 });
    expect(await trusted(new URL(`http://localhost:${port}/b`), {}, '{}')).to.include({ status: 204 });
    expect(asked).to.deep.equal(['POST /a', 'POST /b']);
  });

  for (const url of [
    'http://93.184.215.14/',
    'https://127.0.0.1:PORT/',
    'https://2130706433:PORT/',
    'https://0x7f.1:PORT/',
    'https://[::1]:PORT/',
    'https://[::ffff:127.0.0.1]:PORT/',
    'https://169.254.169.254/latest/meta-data/',
    'https://localhost:PORT/',
    'https://0:PORT/',
  ]) {
    it(`refuses ${url} of a stranger without a connection`, async () => {
      const refused = await untrusted(new URL(url.replace('PORT', String(port))), {}, '{}').then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refused).to.be.instanceOf(RefusedAddressError);
      expect(connections).to.equal(0);
    });
  }

  it('follows no redirect', async () => {
    expect(await trusted(new URL(`http://127.0.0.1:${port}/redirect`), {}, '{}')).to.include({ status: 307 });
    expect(asked).to.deep.equal(['POST /redirect']);
  });

  it('tells how long the receiver asks to wait', async () => {
    expect(await trusted(new URL(`http://127.0.0.1:${port}/busy`), {}, '{}')).to.deep.equal({
      status: 503,
      retryAfter: '120',
    });
  });

  it('wants no more of an answer than its head', async () => {
    expect(await trusted(new URL(`http://127.0.0.1:${port}/endless`), {}, '{}')).to.include({ status: 200 });
  });

  it('rejects when there is no answer', async () => {
    expect(
      await trusted(new URL(`http://127.0.0.1:${port}/hang-up`), {}, '{}').catch((error: unknown) => error),
    ).to.be.instanceOf(Error);
  });
});
