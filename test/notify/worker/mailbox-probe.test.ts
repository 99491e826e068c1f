import { expect } from 'chai';
import { CourierBench, queued } from '../../support/courier-bench.ts';

const day = 86_400_000;

describe('a mailbox that does not exist yet', () => {
  const unknown = { outcome: 'permanent', reply: '550 5.1.1 <…> User unknown' } as const;

  it('is asked for at growing gaps, shown as held, and written to once it is there', async () => {
    const bench = new CourierBench();
    const expected = new Date(bench.time.now().getTime() + 15 * day);
    bench.prepare = async () => ({
      outcome: 'send',
      to: 'ines@new.example',
      locales: ['en'],
      values: {},
      mailboxExpectedBy: expected,
    });
    const asked: number[] = [];
    bench.answer = () => {
      asked.push(Math.round(bench.time.elapsed() / 3_600_000));
      return asked.length > 6 ? { outcome: 'accepted', reply: '250 ok' } : unknown;
    };
    bench.file(queued('a', 'new.example'));
    const worker = bench.worker('w');
    await worker.start();
    await bench.time.advance(30_000);
    expect(bench.get('a')).to.include({
      state: 'queued',
      attempts: 1,
      heldFor: 'The mailbox does not exist yet: 550 5.1.1 <…> User unknown',
    });
    await bench.time.advance(4 * day);
    expect(asked).to.deep.equal([0, 1, 3, 7, 15, 31, 55]);
    expect(bench.get('a')).to.include({ state: 'sent', attempts: 7 }).and.not.have.property('heldFor');
    await worker.stop();
  });

  it('is given up once it should have been there', async () => {
    const bench = new CourierBench();
    const expected = new Date(bench.time.now().getTime() + 5 * 3_600_000);
    bench.prepare = async () => ({
      outcome: 'send',
      to: 'ines@new.example',
      locales: ['en'],
      values: {},
      mailboxExpectedBy: expected,
    });
    bench.answer = () => unknown;
    bench.file(queued('a', 'new.example'));
    const worker = bench.worker('w');
    await worker.start();
    await bench.time.advance(4.9 * 3_600_000);
    expect(bench.get('a').state).to.equal('queued');
    await bench.time.advance(0.2 * 3_600_000);
    expect(bench.get('a')).to.include({ state: 'dead', attempts: 4 });
    await worker.stop();
  });

  it('is not waited for where none is expected, nor after any other refusal', async () => {
    const bench = new CourierBench();
    const expected = new Date(bench.time.now().getTime() + day);
    bench.prepare = async ({ id }) => ({
      outcome: 'send',
      to: 'ines@new.example',
      locales: ['en'],
      values: {},
      ...(id === 'a' ? {} : { mailboxExpectedBy: expected }),
    });
    bench.answer = ({ id }) => (id === 'a' ? unknown : { outcome: 'permanent', reply: '550 5.7.1 refused' });
    bench.file(queued('a', 'new.example'), queued('b', 'new.example'));
    const worker = bench.worker('w');
    await worker.start();
    await bench.time.advance(5000);
    expect([bench.get('a').state, bench.get('b').state]).to.deep.equal(['dead', 'dead']);
    await worker.stop();
  });
});
