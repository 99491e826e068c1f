import { expect } from 'chai';
import { Retention } from '../../src/history/retention.ts';
import { ChainVerifier } from '../../src/history/verify/verify-chain.ts';
import { event, TENANT } from '../contract/fixtures.ts';
import { MemoryEventLog } from '../support/memory-event-log.ts';
import { MemoryLeases } from '../support/memory-notes.ts';

const now = new Date('2026-03-01T00:00:00.000Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString();

describe('retention of the audit', () => {
  const bench = async (keepDays: number | null) => {
    const events = new MemoryEventLog();
    const leases = new MemoryLeases(() => now);
    const issued: string[] = [];
    let ids = 0;
    const retention = new Retention({
      events,
      leases,
      owner: 'a',
      keepDaysOf: () => keepDays,
      clock: { now: () => now, newId: () => `made-${(ids += 1)}` },
      checkpointer: {
        issue: async (tenant) => {
          issued.push(tenant);
          return { size: 0, note: '', at: '' };
        },
      },
    });
    await events.append([90, 60, 40, 31, 29, 1].map((days) => event(`e${days}`, { at: daysAgo(days) })));
    await events.seal(TENANT, 100);
    return { events, leases, retention, issued };
  };

  it('keeps everything where nothing else is set', async () => {
    const { events, retention, issued } = await bench(null);
    expect(await retention.run(TENANT)).to.equal(0);
    expect(events.entries).to.have.length(6);
    expect(issued).to.deep.equal([]);
  });

  it('forgets what is older, after a checkpoint was signed; the rest is proved from its base, and the audit tells', async () => {
    const { events, retention, issued } = await bench(30);
    const { frontier, seq: size } = await events.head(TENANT);
    const checkpoint = { origin: 'test', size, root: frontier.root.toString('base64') };
    expect(await retention.run(TENANT)).to.equal(4);
    expect(issued).to.deep.equal([TENANT]);
    expect(events.entries.map(({ id }) => id)).to.deep.equal(['e29', 'e1']);
    const verifier = new ChainVerifier({ tenant: TENANT, base: await events.base(TENANT), checkpoints: [checkpoint] });
    for (const entry of events.entries) verifier.add(entry);
    expect(verifier.finish()).to.include({ integrity: 'intact', completeness: 'complete', first: 5, last: 6 });
    expect(events.waiting).to.have.length(1);
    expect(events.waiting[0]).to.deep.include({ type: 'audit.cut', data: { first: 1, last: 4, before: daysAgo(30) } });
    expect(await retention.run(TENANT)).to.equal(0);
    expect(events.waiting).to.have.length(1);
  });

  it('leaves it to the process that is at it', async () => {
    const { events, leases, retention } = await bench(30);
    await leases.take(`audit-retention/${TENANT}`, 'another', 60_000);
    expect(await retention.run(TENANT)).to.equal(0);
    expect(events.entries).to.have.length(6);
  });
});
