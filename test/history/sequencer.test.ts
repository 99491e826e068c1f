import { expect } from 'chai';
import type { EventLog } from '../../src/history/event-log.ts';
import { Sequencer } from '../../src/history/sequencer.ts';
import { MemoryLeases } from '../support/memory-notes.ts';

describe('Sequencer', () => {
  /** A log in which as many events arrive with each batch as are sealed by it: others write as fast as it seals. */
  function bench(waiting: number, arriving = (sealed: number): number => sealed) {
    const log = { waiting, sealed: 0 };
    const ways: (boolean | undefined)[] = [];
    const timers: (() => void)[] = [];
    const events = {
      unsealed: async () =>
        log.waiting === 0 ? [] : [{ tenant: 'acme', events: log.waiting, oldest: '2031-01-01T00:00:00.000Z' }],
      seal: async (_tenant: string, limit: number, inBackground?: boolean) => {
        ways.push(inBackground);
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
      scheduler: {
        elapsed: () => 0,
        after: (_ms, run) => {
          timers.push(run);
          return () => undefined;
        },
      },
      log: { warn: (...said: readonly unknown[]) => expect.fail(JSON.stringify(said)) },
    });
    /** The next turn, as soon as its time has come, until it ends. */
    const turn = async (): Promise<void> => {
      timers.splice(0).forEach((run) => run());
      while (timers.length === 0) await new Promise(setImmediate);
    };
    return { log, ways, sequencer, turn };
  }

  it('seals what waits when it is asked, and ends while others go on writing', async () => {
    const { log, ways, sequencer } = bench(1_050);
    await sequencer.catchUp('acme');
    expect(log.sealed).to.be.at.least(1_050).and.at.most(1_250);
    expect(new Set(ways), 'a reader waits: no other write goes first').to.deep.equal(new Set([false]));
  });

  it('leaves nothing where nobody else writes, and asks nothing of a tenant without events', async () => {
    const { log, sequencer } = bench(401, () => 0);
    await sequencer.catchUp('acme');
    expect(log).to.deep.equal({ waiting: 0, sealed: 401 });
    const other = bench(10);
    await other.sequencer.catchUp('another');
    expect(other.log.sealed).to.equal(0);
  });

  it('lets other writes go first, and no longer where it falls behind', async () => {
    const { log, ways, sequencer, turn } = bench(5_000, () => 0);
    sequencer.start();
    await turn();
    expect([log.sealed, new Set(ways.splice(0))]).to.deep.equal([2_000, new Set([true])]);
    await turn();
    await turn();
    expect([log.sealed, new Set(ways.splice(0))]).to.deep.equal([5_000, new Set([false])]);
    log.waiting = 10;
    await turn();
    expect(ways).to.deep.equal([true]);
    await sequencer.stop();
  });
});
