import { expect } from 'chai';
import type { DomainEvent } from '../../../src/domain/events.ts';
import type { VerificationView } from '../../../src/history/verify/audit-verification.ts';
import { AdminBench } from '../../support/admin-bench.ts';
import { tenant } from '../../support/provisioning-bench.ts';

const audit = '/admin/v1/audit';

/** A bench whose audit has these events. */
async function withEvents(count: number, over: (at: number) => Partial<DomainEvent> = () => ({})): Promise<AdminBench> {
  const bench = new AdminBench();
  await bench.auditLog.append(
    Array.from({ length: count }, (_, at): DomainEvent => ({
      id: `e${String(at).padStart(6, '0')}`,
      tenant,
      type: 'user.updated',
      at: `2031-05-0${1 + (at % 5)}T07:08:09.000Z`,
      resourceType: 'User',
      resourceId: `u${at % 3}`,
      version: 1,
      triggeredBy: 'scim',
      actor: { kind: 'client', id: 'okta', name: 'Okta' },
      changes: [{ path: 'title', before: 'Clerk', after: 'Pilot' }],
      data: {},
      ...over(at),
    })),
  );
  return bench;
}

const read = (bench: AdminBench, path: string) => bench.call('get', `${audit}${path}`, undefined, 'audit:read');

async function verified(bench: AdminBench): Promise<VerificationView> {
  expect((await bench.call('post', `${audit}/verification`, {}, 'audit:read')).status).to.equal(202);
  for (let look = 0; look < 300; look += 1) {
    const { body } = await read(bench, '/verification');
    if (body.state !== 'running') return body as VerificationView;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the verification did not end');
}

describe('/admin/v1/audit/events', () => {
  it('lists what somebody did and what was done to them, with before and after, and is an event itself', async () => {
    const bench = await withEvents(9, (at) => (at === 4 ? { actor: { kind: 'user', id: 'u0', name: 'ines' } } : {}));
    const { body } = await read(bench, '/events?about=u0');
    expect(body.totalResults).to.equal(4);
    expect(body.events[0].changes).to.deep.equal([{ path: 'title', before: 'Clerk', after: 'Pilot' }]);
    expect(body.filter).to.equal('(target.id eq "u0" or actor.id eq "u0")');
    expect(bench.auditReads).to.have.length(1);
  });

  it('filters by type or its beginning, outcome, call and days', async () => {
    const bench = await withEvents(10, (at) => ({
      ...(at === 1 ? { type: 'user.deleted' as const, outcome: 'refused' as const } : {}),
      requestId: `r${at}`,
    }));
    const totalOf = async (query: string) => (await read(bench, `/events?${query}`)).body.totalResults as number;
    expect(await totalOf('type=user.')).to.equal(10);
    expect(await totalOf('type=user.deleted')).to.equal(1);
    expect(await totalOf('outcome=refused')).to.equal(1);
    expect(await totalOf('request=r7')).to.equal(1);
    expect(await totalOf('since=2031-05-02&until=2031-05-03')).to.equal(4);
    expect((await read(bench, '/events?since=2031-02-30')).status).to.equal(400);
    expect((await read(bench, `/events?type=${encodeURIComponent('a" or type pr')}`)).status).to.equal(400);
    expect(await totalOf(`about=${encodeURIComponent('" or type pr or id eq "')}`)).to.equal(0);
  });
});

describe('/admin/v1/audit/verification', () => {
  it('proves a chain of more entries than one step holds', async () => {
    const bench = await withEvents(5_200);
    expect((await read(bench, '/verification')).body.state).to.equal('none');
    const verdict = await verified(bench);
    expect([verdict.state, verdict.entries, verdict.total]).to.deep.equal(['intact', 5_200, 5_200]);
  }).timeout(60_000);

  for (const place of [0, 3, 5_100])
    it(`tells that entry ${place + 1} was altered`, async () => {
      const bench = await withEvents(5_200);
      await bench.auditLog.seal(tenant, 10_000);
      const entry = bench.auditLog.entries[place]!;
      const facts = entry.facts as { text: string };
      Object.assign(facts, { text: facts.text.replace('user.updated', 'user.deleted') });
      const verdict = await verified(bench);
      expect([verdict.state, verdict.faults.length > 0]).to.deep.equal(['broken', true]);
      expect(verdict.faults[0]).to.match(new RegExp(`^${place + 1}: `));
    }).timeout(60_000);

  it('tells that one was taken away', async () => {
    const bench = await withEvents(50);
    await bench.auditLog.seal(tenant, 10_000);
    bench.auditLog.entries.splice(20, 1);
    expect((await verified(bench)).state).to.equal('broken');
    await withEvents(1);
  });

  it('tells that the end was cut off', async () => {
    const bench = await withEvents(50);
    await bench.auditLog.seal(tenant, 10_000);
    bench.auditLog.entries.splice(45);
    expect((await verified(bench)).state).to.equal('broken');
  });
});
