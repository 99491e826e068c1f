import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import express, { type Express } from 'express';
import request from 'supertest';
import { createBouncesRouter } from '../../src/inbound/bounces-router.ts';
import { createErrorBoundary } from '../../src/http/error-boundary.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import type { BounceNotice, Bounces } from '../../src/provisioning/messages/bounces.ts';
import { StoreUnavailableError } from '../../src/provisioning/records/resource-store.ts';
import { MemoryLog } from '../support/courier-bench.ts';
import { authenticateTokens, plainClient } from '../support/token-callers.ts';

const bounce = readFileSync(join(packageRoot, 'test', 'samples', 'bounces', 'ses-bounce.json'), 'utf8');

describe('the bounce hooks', () => {
  let app: Express;
  let log: MemoryLog;
  let taken: { tenant: string; notice: BounceNotice }[];
  let down: boolean;
  /** How often a notice comes before its mail is known to be sent. */
  let early: number;
  let waited: number;
  const clock = { ms: Date.parse('2026-11-21T09:00:00Z'), now: () => new Date(clock.ms) };

  beforeEach(() => {
    log = new MemoryLog();
    taken = [];
    down = false;
    early = 0;
    waited = 0;
    const client = (scopes: string[]) => plainClient({ tenant: 'acme', name: 'ses', scopes });
    const authenticate = authenticateTokens({
      'may-tell': client(['bounces']),
      'may-not': client(['scim:read', 'scim:write']),
    });
    const bounces: Pick<Bounces, 'take'> = {
      take: async (tenant, notice) => {
        if (down) throw new StoreUnavailableError('away');
        if (early > 0) {
          early -= 1;
          return 'tooEarly';
        }
        taken.push({ tenant, notice });
        return 'unknown';
      },
    };
    app = express();
    app.use((_request, response, next) => {
      response.locals.requestId = 'r1';
      next();
    });
    const wait = async (ms: number) => void (waited += ms);
    app.use(createBouncesRouter({ authenticate, bounces: bounces as Bounces, clock, log: log as never, wait }));
    app.use(createErrorBoundary(log as never));
  });

  const post = (provider: string, body: string, type = 'text/plain; charset=UTF-8') =>
    request(app).post(`/hooks/v1/bounces/${provider}`).set('Content-Type', type).send(body);

  it('takes a bearer token', async () => {
    await post('ses', bounce).set('Authorization', 'Bearer may-tell').expect(204);
    expect(taken.map(({ tenant, notice }) => [tenant, notice.kind])).to.deep.equal([['acme', 'bounced']]);
  });

  it('takes Basic, as SNS and others send it from a URL', async () => {
    await post('ses', bounce).auth('any', 'may-tell').expect(204);
    expect(taken).to.have.length(1);
  });

  it('asks for Basic where nothing comes: SNS sends it only then', async () => {
    const { headers } = await post('ses', bounce).expect(401);
    expect(headers['www-authenticate']).to.match(/^Basic /);
    await post('ses', bounce).set('Authorization', 'Bearer wrong').expect(401);
    await post('ses?token=may-tell', bounce).expect(401);
    expect(taken).to.have.length(0);
  });

  it('wants the scope', () => post('ses', bounce).auth('any', 'may-not').expect(403));

  for (const provider of ['unknown', 'constructor', '__proto__']) {
    it(`knows no provider '${provider}'`, () => post(provider, bounce).auth('any', 'may-tell').expect(404));
  }

  for (const [provider, body] of [
    ['ses', '{'],
    ['sendgrid', '{"a":1}'],
    ['postmark', '[]'],
    ['postmark', ''],
  ] as const) {
    it(`refuses what it cannot read: ${provider} '${body}'`, () =>
      post(provider, body).auth('any', 'may-tell').expect(400));
  }

  it('fetches no SubscribeURL: it logs it', async () => {
    const text = readFileSync(join(packageRoot, 'test', 'samples', 'bounces', 'ses-subscription.json'), 'utf8');
    await post('ses', text).auth('any', 'may-tell').expect(204);
    expect(log.lines.find(({ level }) => level === 'warn')?.fields).to.have.property('subscribeUrl');
    expect(taken).to.have.length(0);
  });

  it('says what became of each notice, without an address', async () => {
    await post('ses', bounce).auth('any', 'may-tell');
    expect(log.lines.map(({ text }) => text)).to.deep.equal(['bounces']);
    expect(JSON.stringify(log.lines)).to.include('unknown').and.not.include('ines@');
  });

  it('writes one line for a call, however many events it holds, and takes in the first thousand', async () => {
    const events = Array.from({ length: 1500 }, (_, index) => ({
      event: 'bounce',
      status: '5.1.1',
      reason: `${index}`,
    }));
    await post('sendgrid', JSON.stringify([{ event: 'delivered' }, ...events]))
      .auth('any', 'may-tell')
      .expect(204);
    expect(taken).to.have.length(1000);
    expect(log.lines.map(({ level, text }) => [level, text])).to.deep.equal([
      ['warn', 'a bounce could not be read'],
      ['info', 'bounces'],
    ]);
    expect(JSON.stringify(log.lines)).to.include('500 events beyond the first 1000').and.to.include('1000');
  });

  it('lets others have their turn while it reads a thousand events with long reasons', async () => {
    const events = Array.from({ length: 1000 }, () => ({
      event: 'bounce',
      reason: `550 5.1.1 ${'ab12 '.repeat(700)}`,
    }));
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await post('sendgrid', JSON.stringify(events)).auth('any', 'may-tell').expect(204);
    isDone = true;
    expect(taken).to.have.length(1000);
    expect(turns).to.be.above(10);
  });

  it('tells once an hour that mail comes back for our own sake, with what to do', async () => {
    const suspended = JSON.stringify([
      { event: 'bounce', status: '5.7.1', reason: '554 5.7.1 Client host [192.0.2.7] blocked using zen.spamhaus.org' },
    ]);
    for (const minutes of [0, 1, 58, 2]) {
      clock.ms += minutes * 60_000;
      await post('sendgrid', suspended).auth('any', 'may-tell').expect(204);
    }
    const errors = log.lines.filter(({ level }) => level === 'error');
    expect(errors).to.have.length(2);
    expect(errors[0]?.fields).to.have.property('advice').that.includes('blocklist');
    expect(taken[0]?.notice).to.include({ kind: 'softBounced' }).and.have.property('ours');
  });

  it('has the provider try again while the store is away', async () => {
    down = true;
    await post('ses', bounce).auth('any', 'may-tell').expect(503);
  });

  it('waits a moment for a mail that is still being sent, and has the news come again where that takes longer', async () => {
    early = 3;
    await post('ses', bounce).auth('any', 'may-tell').expect(204);
    expect(taken).to.have.length(1);
    expect(waited).to.be.within(1, 2500);
    early = Infinity;
    for (const provider of ['ses', 'rfc3464'] as const) {
      const body =
        provider === 'ses'
          ? bounce
          : readFileSync(join(packageRoot, 'test', 'samples', 'bounces', 'rfc3464-failed.eml'), 'utf8');
      const answer = await post(provider, body, provider === 'ses' ? undefined : 'message/rfc822')
        .auth('any', 'may-tell')
        .expect(503);
      expect(Number(answer.headers['retry-after'])).to.be.above(0);
    }
    early = 0;
    await post('ses', bounce).auth('any', 'may-tell').expect(204);
    expect(taken).to.have.length(2);
  });
});
