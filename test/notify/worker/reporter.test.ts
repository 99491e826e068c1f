import { expect } from 'chai';
import type { Delivery } from '../../../src/notify/delivery/delivery.ts';
import { Reporter } from '../../../src/notify/worker/reporter.ts';
import { MemoryLog, queued } from '../../support/courier-bench.ts';
import { ManualTime } from '../../support/manual-time.ts';
import { MemoryOutbox } from '../../support/memory-outbox.ts';

describe('Reporter', () => {
  const time = () => new ManualTime();
  const untold = (id: string, more: Partial<Delivery> = {}) =>
    queued(id, 'x.example', { state: 'sent', reported: false, attempts: 1, ...more });

  it('sweeps up at start what nobody told, and again until the record could be written', async () => {
    const [scheduler, outbox, told] = [time(), new MemoryOutbox(), [] as string[]];
    let broken = true;
    outbox.deliveries.set('a', untold('a')).set('b', untold('b'));
    const reporter = new Reporter({
      outbox,
      scheduler,
      log: new MemoryLog() as never,
      addressee: {
        report: async ({ id }) => {
          if (broken && id === 'b') throw new Error('busy');
          told.push(id);
        },
      },
    });
    reporter.start();
    await scheduler.advance(100);
    expect(told).to.eql(['a']);
    broken = false;
    await scheduler.advance(10_000);
    expect(told).to.eql(['a', 'b']);
    expect(await outbox.unreported(10)).to.eql([]);
    await reporter.stop();
    expect(scheduler.pending).to.equal(0);
  });

  it('tells news of one delivery in order, and does not follow it up with what the sweep read before', async () => {
    const [scheduler, outbox, told] = [time(), new MemoryOutbox(), [] as string[]];
    outbox.deliveries.set('slow', untold('slow')).set('a', untold('a', { state: 'queued', attempts: 1 }));
    const reporter = new Reporter({
      outbox,
      scheduler,
      log: new MemoryLog() as never,
      addressee: {
        report: async ({ id, state, attempts }) => {
          if (id === 'slow') await new Promise<void>((resolve) => scheduler.after(1000, resolve));
          told.push(`${id} ${state} ${attempts}`);
        },
      },
    });
    reporter.start();
    await scheduler.settle();
    const later = untold('a', { attempts: 2 });
    outbox.deliveries.set('a', later);
    await reporter.tell(later);
    await scheduler.advance(2000);
    expect(told).to.eql(['a sent 2', 'slow sent 1']);
  });
});
