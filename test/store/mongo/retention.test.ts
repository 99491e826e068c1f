import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { Retention } from '../../../src/history/retention.ts';
import { ChainVerifier } from '../../../src/history/verify/verify-chain.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { event, TENANT } from '../../contract/fixtures.ts';
import { describeWithMongo } from '../../support/mongo-server-suite.ts';

const dayMs = 86_400_000;

describeWithMongo('MongoDB: retention of the audit', 'latchkey-retention', (suite) => {
  let stores: readonly Store[];
  before(async () => {
    stores = await Promise.all([1, 2].map(() => openMongoStore({ uri: suite().uri, clock: systemClock })));
  });
  after(() => Promise.all(stores.map((store) => store.close())));

  const retentionOf = ({ events, leases }: Store, owner: string) =>
    new Retention({
      events,
      leases,
      owner,
      keepDaysOf: () => 30,
      clock: systemClock,
      checkpointer: { issue: () => Promise.resolve({ size: 0, note: '', at: '' }) },
    });

  it('forgets what is older once, whichever process is at it, and proves the rest from its base', async () => {
    const [one, other] = stores as [Store, Store];
    const at = (days: number) => new Date(Date.now() - days * dayMs).toISOString();
    await one.events.append([90, 60, 40, 31, 29, 1].map((days) => event(`e${days}`, { at: at(days) })));
    await one.events.seal(TENANT, 100);
    const { frontier, seq: size } = await one.events.head(TENANT);
    const forgotten = await Promise.all([retentionOf(one, 'a').run(TENANT), retentionOf(other, 'b').run(TENANT)]);
    expect(forgotten.sort()).to.deep.equal([0, 4]);
    const kept = await other.events.read(TENANT, 0, 10);
    expect(kept.map(({ id }) => id)).to.deep.equal(['e29', 'e1']);
    const verifier = new ChainVerifier({
      tenant: TENANT,
      base: await other.events.base(TENANT),
      checkpoints: [{ origin: 'test', size, root: frontier.root.toString('base64') }],
    });
    for (const entry of kept) verifier.add(entry);
    expect(verifier.finish()).to.include({ integrity: 'intact', completeness: 'complete', first: 5, last: 6 });
    // The audit tells of it.
    expect(await one.events.seal(TENANT, 100)).to.equal(1);
    expect((await one.events.read(TENANT, size, 10)).map(({ seq }) => seq)).to.deep.equal([7]);
    expect(await retentionOf(one, 'a').run(TENANT)).to.equal(0);
  });
});
