import { connect } from 'node:net';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import request from 'supertest';
import { createIsTrustedHop } from '../../src/caller/address-of.ts';
import type { Refusal } from '../../src/http/calls/refusals.ts';
import { createApp, type AppParts } from '../../src/http/app.ts';
import { createLog } from '../../src/base/log.ts';

const log = createLog('silent');

/** An application whose SCIM tells what it was handed. */
function appOf(more: Partial<AppParts> = {}) {
  let ids = 0;
  return createApp({
    scim: (_request, response, { id, path, query, headers }) =>
      response.writeHead(200, [...headers]).end(JSON.stringify({ id, path, query })),
    apis: [],
    pages: express.Router(),
    isTrustedHop: () => false,
    noteRefusal: () => undefined,
    secure: false,
    waitingMs: () => 0,
    log,
    ready: async () => undefined,
    clock: { now: () => new Date(0), newId: () => `id-${(ids += 1)}` },
    ...more,
  });
}

/** Pages that tell where the visitor is, and by which proxies they came. */
function whereabouts() {
  return express.Router().get('/where', (asked, response) => {
    response.json({ ip: asked.ip, ips: asked.ips });
  });
}

describe('The application', () => {
  it('believes trusted proxies, in a row of 20 at most, however many addresses X-Forwarded-For lists', async () => {
    const app = appOf({ isTrustedHop: createIsTrustedHop(['loopback', '10.0.0.0/8']), pages: whereabouts() });
    const where = async (forwarded: string) =>
      (await request(app).get('/where').set('X-Forwarded-For', forwarded)).body as { ip: string; ips: string[] };
    expect((await where('203.0.113.9, 10.0.0.2')).ip).to.equal('203.0.113.9');
    expect((await where('198.51.100.1, 203.0.113.9, 10.0.0.2')).ip).to.equal('203.0.113.9');
    expect((await where(`${'10.0.0.1,'.repeat(1000)}203.0.113.9`)).ip).to.equal('203.0.113.9');
    const { ips } = await where(`203.0.113.9${',10.0.0.1'.repeat(1000)}`);
    expect(ips).to.have.length.at.most(21);
    expect(new Set(ips)).to.deep.equal(new Set(['10.0.0.1']));
  });

  it('repeats the beginning of a long path that nothing is served at', async () => {
    const { status, text } = await request(appOf()).get(`/${'x'.repeat(12_000)}`);
    expect(status).to.equal(404);
    expect(text).to.include('nothing is served at /xxx').and.have.length.below(500);
  });

  for (const [url, path, query] of [
    ['/scim/v2/Users/1', '/Users/1', ''],
    ['/scim/v2', '/', ''],
    ['/scim/v2/', '/', ''],
    ['/scim/v2?count=1', '/', 'count=1'],
    ['/SCIM/V2/Users?filter=a%20eq%20%22%3F%22&x=?', '/Users', 'filter=a%20eq%20%22%3F%22&x=?'],
    ['/scim/v2//Users', '//Users', ''],
  ] as const) {
    it(`hands ${url} to SCIM`, async () => {
      const answer = await request(appOf()).get(url);
      expect(JSON.parse(answer.text)).to.deep.equal({ id: 'id-1', path, query });
      expect(answer.headers).to.include({ 'x-request-id': 'id-1', 'x-content-type-options': 'nosniff' });
    });
  }

  for (const url of ['/', '/scim', '/scim/v20/Users', '/scim/v2x', '/pages/scim/v2', '/%73cim/v2/Users']) {
    it(`does not take ${url} for SCIM`, async () => {
      const answer = await request(appOf()).get(url).expect(404);
      expect(answer.headers).to.include({ 'x-request-id': 'id-1', 'x-content-type-options': 'nosniff' });
      expect(answer.body).to.have.property('detail').that.contains('SCIM begins at /scim/v2');
    });
  }

  it('reads the whole address that a proxy is sent', async () => {
    const server = createServer(appOf());
    const text = await sendLine(
      server,
      'GET http://scim.example/scim/v2/Users?count=0 HTTP/1.1\r\nHost: scim.example\r\nConnection: close\r\n\r\n',
    );
    expect(text).to.contain('{"id":"id-1","path":"/Users","query":"count=0"}');
  });

  it('tells every answer to keep out of caches, and browsers to come by https where it is served so', async () => {
    for (const path of ['/scim/v2/Users', '/healthz', '/nothing'])
      for (const [secure, told] of [
        [true, 'max-age=31536000'],
        [false, undefined],
      ] as const) {
        const { headers } = await request(appOf({ secure })).get(path);
        expect(headers['cache-control'], path).to.equal('no-store');
        expect(headers['strict-transport-security'], path).to.equal(told);
      }
  });

  it('warns once an hour that a proxy is not trusted, naming the variable', async () => {
    const warned: unknown[] = [];
    let now = 10_000_000;
    const told = { ...log, warn: (...line: unknown[]) => warned.push(line) } as unknown as typeof log;
    const app = appOf({ log: told, clock: { now: () => new Date(now), newId: () => 'id' } });
    await request(app).get('/healthz');
    expect(warned).to.deep.equal([]);
    for (const [header, value] of [
      ['X-Forwarded-For', '203.0.113.9'],
      ['X-Forwarded-Proto', 'https'],
      ['Forwarded', 'for=203.0.113.9'],
    ] as const)
      await request(app).get('/scim/v2/Users').set(header, value);
    expect(warned).to.have.length(1);
    expect(JSON.stringify(warned)).to.include('LATCHKEY_TRUST_PROXY').and.not.include('203.0.113.9');
    now += 3_600_001;
    await request(app).get('/healthz').set('X-Forwarded-For', '203.0.113.9');
    expect(warned).to.have.length(2);
    const trusting = appOf({ log: told, isTrustedHop: createIsTrustedHop(['loopback']) });
    await request(trusting).get('/healthz').set('X-Forwarded-For', '203.0.113.9');
    expect(warned).to.have.length(2);
  });

  it('warns once an hour that a trusted proxy writes no addresses, and takes the proxy for the visitor', async () => {
    const warned: unknown[] = [];
    let now = 10_000_000;
    const app = appOf({
      log: { ...log, warn: (...line: unknown[]) => warned.push(line) } as unknown as typeof log,
      clock: { now: () => new Date(now), newId: () => 'id' },
      isTrustedHop: createIsTrustedHop(['loopback']),
      pages: whereabouts(),
    });
    const where = async (forwarded: string) =>
      (await request(app).get('/where').set('X-Forwarded-For', forwarded)).body.ip as string;
    expect(await where('203.0.113.5:1234')).to.equal('203.0.113.5');
    expect(await where('[2001:db8::1]:80')).to.equal('2001:db8::1');
    expect(warned).to.deep.equal([]);
    for (const junk of ['unknown', 'y'.repeat(1000)]) expect(await where(junk)).to.match(/^(?:127\.0\.0\.1|::1)$/);
    expect(warned).to.have.length(1);
    expect(JSON.stringify(warned)).to.include('X-Forwarded-For').and.include('unknown');
    now += 3_600_001;
    await where('z'.repeat(1000));
    expect(warned).to.have.length(2);
    expect(JSON.stringify(warned[1])).to.have.length.below(500);
  });

  it('tells of each call that nothing is served at, with its address, and of no good one', async () => {
    const refusals: Refusal[] = [];
    const app = appOf({ noteRefusal: (refusal) => refusals.push(refusal) });
    await request(app).post('/Users?filter=x').send({ userName: 'ines' }).expect(404);
    await request(app).get('/healthz').expect(200);
    expect(refusals).to.have.length(1);
    expect(refusals[0]).to.deep.include({
      requestId: 'id-1',
      method: 'POST',
      path: '/Users',
      query: 'filter=x',
      status: 404,
      outcome: 'notServed',
      detail: 'nothing is served there: SCIM begins at /scim/v2',
    });
    expect(refusals[0]?.address).to.match(/127\.0\.0\.1$/);
  });

  for (const [name, host] of Object.entries({
    'two Host fields': 'Host: a.example\r\nHost: a.example',
    'two Host fields that differ': 'Host: a.example\r\nhOsT: b.example',
    'a Host with a path': 'Host: a.example/x',
    'a Host with a user': 'Host: ines@a.example',
    'a Host with a blank': 'Host: a b',
    'a Host with two ports': 'Host: a.example:1:2',
  })) {
    it(`refuses ${name} (RFC 9112 §3.2)`, async () => {
      for (const path of ['/healthz', '/nothing']) {
        const text = await sendLine(
          createServer({ requireHostHeader: false }, appOf()),
          `GET ${path} HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`,
        );
        expect(text)
          .to.match(/^HTTP\/1\.1 400 /)
          .and.match(/Host/);
      }
    });
  }

  it('asks every caller outside of SCIM for a Host, too', async () => {
    const text = await sendLine(
      createServer({ requireHostHeader: false }, appOf()),
      'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n',
    );
    expect(text)
      .to.match(/^HTTP\/1\.1 400 /)
      .and.contain('the header field Host is missing');
  });
});

/** What a server answers to the bytes of a request. */
async function sendLine(server: Server, bytes: string): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    return await new Promise((resolve, reject) => {
      let text = '';
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () =>
        socket.write(bytes),
      ).setEncoding('utf8');
      socket
        .on('data', (some: string) => {
          text += some;
        })
        .on('end', () => resolve(text))
        .on('error', reject);
    });
  } finally {
    server.close();
  }
}
