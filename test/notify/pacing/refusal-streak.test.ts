import { expect } from 'chai';
import { RefusalStreak } from '../../../src/notify/pacing/refusal-streak.ts';
import { CourierBench, queued } from '../../support/courier-bench.ts';

describe('RefusalStreak', () => {
  const refused = (id: string, reply: string, domain = `${id}.example`) => ({ id, tenant: 't', domain, reply });

  it('finds that one text for three domains in a row is about us, whatever ids and domains it names', () => {
    const streak = new RefusalStreak();
    expect(streak.add(refused('a', '554 5.9.9 No for a.example (id 4R9qXc0Zk 17:03:11)'))).to.equal(false);
    expect(streak.add(refused('a2', '554 5.9.9 No for a.example (id 5R9qXc0Zk 17:03:12)', 'a.example'))).to.equal(
      false,
    );
    expect(streak.add(refused('b', '554 5.9.9 No for b.example (id 6R9qXc0Zk 17:03:13)'))).to.equal(false);
    expect(streak.add(refused('c', '554 5.9.9 No for c.example (id 7R9qXc0Zk 17:03:14)'))).to.equal(true);
    expect(streak.takeBack().map(({ id }) => id)).to.deep.equal(['a', 'a2', 'b']);
    expect(streak.takeBack()).to.deep.equal([]);
    expect(streak.add(refused('d', '554 5.9.9 No for d.example (id 8R9qXc0Zk 17:03:15)'))).to.equal(true);
    expect(streak.covers(refused('b', '554 5.9.9 No for b.example (id 6R9qXc0Zk 17:03:13)'))).to.equal(true);
    streak.end();
    expect(streak.add(refused('e', '554 5.9.9 No for e.example (id 9R9qXc0Zk 17:03:16)'))).to.equal(false);
  });

  it('takes other words, other codes, one domain and unknown mailboxes for what they are', () => {
    const streak = new RefusalStreak();
    for (const reply of ['554 no', '554 never', '550 no'])
      expect(streak.add(refused(reply.slice(4), reply))).to.equal(false);
    for (const id of ['a', 'b', 'c', 'd']) expect(streak.add(refused(id, '554 no', 'one.example'))).to.equal(false);
    for (const id of ['a', 'b', 'c', 'd']) expect(streak.add(refused(id, '550 5.1.1 User unknown'))).to.equal(false);
  });

  for (const [reply, domains] of [
    ['552 5.2.2 Mailbox full', 3],
    ['552 Storage quota exceeded', 3],
    ['550 5.2.2 over quota', 3],
    ['550 Account over quota', 3],
    ['550 5.2.1 account disabled', 3],
    ['550 Account inactive', 3],
    ['550 account suspended', 3],
    ['554 User account is disabled', 3],
    ['550 mailbox unavailable', 5],
    ['550 5.1.1 user unknown', 5],
    ['553 Mailbox name not allowed', 5],
  ] as const)
    it(`takes '${reply}' of ${domains} domains in a row for ours, of fewer for theirs`, () => {
      const streak = new RefusalStreak();
      const ids = Array.from({ length: domains }, (_none, index) => `d${index}`);
      expect(ids.map((id) => streak.add(refused(id, reply)))).to.deep.equal(ids.map((_id, at) => at === domains - 1));
      expect(streak.takeBack().map(({ id }) => id)).to.deep.equal(ids.slice(0, -1));
      // Whatever is taken in between says that the account is well.
      for (const id of ids.slice(1)) expect(streak.covers(refused(id, reply))).to.equal(true);
      streak.end();
      for (const id of ids.slice(1)) expect(streak.add(refused(id, reply))).to.equal(false);
    });

  it('says nothing of us where one domain alone answers so, however often', () => {
    const streak = new RefusalStreak();
    for (let index = 0; index < 20; index += 1)
      expect(streak.add(refused(`m${index}`, '552 5.2.2 Mailbox full', 'one.example'))).to.equal(false);
  });
});

describe('a refusal that is about us', () => {
  const domains = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const run = async (answer: CourierBench['answer'], advance: number): Promise<CourierBench> => {
    const bench = new CourierBench();
    bench.answer = answer;
    bench.file(...domains.map((id) => queued(id, `${id}.example`)));
    const worker = bench.worker('w');
    await worker.start();
    await bench.time.advance(advance);
    await worker.stop();
    return bench;
  };
  const states = (bench: CourierBench) => domains.map((id) => [bench.get(id).state, bench.get(id).attempts]);

  it('ends nothing and burns no attempt for three days, says once an hour what to do, and everybody is reached once it is mended', async () => {
    let mended = false;
    const bench = new CourierBench();
    bench.answer = () =>
      mended
        ? { outcome: 'accepted', reply: '250 ok' }
        : { outcome: 'channelDown', reply: '554 Sending paused', advice: 'Ask the provider.', retryAfterMs: 60_000 };
    bench.file(...domains.map((id) => queued(id, `${id}.example`)));
    const worker = bench.worker('w');
    await worker.start();
    await bench.time.advance(72 * 3_600_000);
    expect(states(bench)).to.deep.equal(domains.map(() => ['queued', 0]));
    const errors = bench.log.lines.filter(({ level }) => level === 'error');
    expect(errors.length).to.be.within(60, 73);
    expect(errors[0]?.fields).to.include({ reply: '554 Sending paused', advice: 'Ask the provider.' });
    mended = true;
    await bench.time.advance(600_000);
    expect(states(bench)).to.deep.equal(domains.map(() => ['sent', 1]));
    await worker.stop();
  });

  it('is found by its words alone: who was given up before is put back', async () => {
    const bench = await run(() => ({ outcome: 'permanent', reply: '554 5.9.9 Computer says no' }), 3_600_000);
    expect(states(bench)).to.deep.equal(domains.map(() => ['queued', 0]));
    expect(bench.log.lines.some(({ level, fields }) => level === 'error' && 'advice' in fields)).to.equal(true);
  });

  for (const reply of ['552 5.2.2 Mailbox full', '550 5.2.1 account disabled', '550 5.1.1 user unknown'])
    it(`is found where each domain is told '${reply}': who was given up is put back`, async () => {
      const bench = await run(() => ({ outcome: 'permanent', reply }), 3_600_000);
      expect(states(bench)).to.deep.equal(domains.map(() => ['queued', 0]));
      expect(bench.log.lines.some(({ level, fields }) => level === 'error' && 'advice' in fields)).to.equal(true);
    });

  it('stops nobody else where it is one recipient alone', async () => {
    const bench = await run(
      ({ id }) =>
        id === 'a'
          ? { outcome: 'channelDown', reply: '554 5.7.1 blocked using a list', retryAfterMs: 60_000 }
          : { outcome: 'accepted', reply: '250 ok' },
      60_000,
    );
    expect(states(bench)).to.deep.equal(domains.map((id) => (id === 'a' ? ['queued', 0] : ['sent', 1])));
  });

  it('counts after two days where the server takes others meanwhile', async () => {
    const bench = new CourierBench();
    bench.answer = ({ id }) =>
      id === 'a'
        ? { outcome: 'channelDown', reply: '554 5.7.1 blocked using a list', retryAfterMs: 60_000 }
        : { outcome: 'accepted', reply: '250 ok' };
    bench.file(queued('a', 'a.example'));
    const worker = bench.worker('w');
    await worker.start();
    for (let hour = 0; hour < 120 && bench.get('a').state !== 'dead'; hour += 1) {
      bench.file(queued(`b${hour}`, 'b.example'));
      await bench.time.advance(3_600_000);
    }
    expect(bench.get('a')).to.include({ state: 'dead' });
    await worker.stop();
  });
});
