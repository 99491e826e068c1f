import { expect } from 'chai';
import type { EventLog } from '../../src/history/event-log.ts';
import { Sequencer } from '../../src/history/sequencer.ts';
import { MemoryLeases } from '../support/memory-notes.ts';

describe('Sequencer.catchUp', () => {
  /** A log in which as many events arrive with each batch as are sealed by it: others write as fast as it seals. */
  function bench(waiting: number, arriving = (sealed: number): number => sealed) {
    const log = { waiting, sealed: 0 };
    const events = {
      unsealed: async () =>
        log.waiting === 0 ? [] : [{ tenant: 'acme', events: log.waiting, oldest: '2031-01-01T00:00:00.000Z' }],
      seal: async (_tenant: string, limit: number) => {
        const sealed = Math.min(limit, log.waiting);
        log.sealed += sealed;
        log.waiting += arriving(sealed) - sealed;
        if (log.sealed > 1_000_000) throw new Error('it never ends');
        return sealed;
      },
    } as Partial<EventLog> as EventLog;
    const sequencer = new Sequencer({
      events,
      leases: new MemoryLeases(),
      owner: 'one',
      scheduler: { after: () => () => undefined, elapsed: () => 0 },
      log: { warn: (...said: readonly unknown[]) => expect.fail(JSON.stringify(said)) },
    });
    return { log, sequencer };
  }

  it('seals what waits when it is asked, and ends while others go on writing', async () => {
    const { log, sequencer } = bench(1_050);
    await sequencer.catchUp('acme');
    expect(log.sealed).to.be.at.least(1_050).and.at.most(1_250);
  });

  it('leaves nothing where nobody else writes, and asks nothing of a tenant without events', async () => {
    const { log, sequencer } = bench(401, () => 0);
    await sequencer.catchUp('acme');
    expect(log).to.deep.equal({ waiting: 0, sealed: 401 });
    const other = bench(10);
    await other.sequencer.catchUp('another');
    expect(other.log.sealed).to.equal(0);
  });
});
