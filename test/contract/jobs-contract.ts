import { expect } from 'chai';
import { systemClock } from '../../src/base/clock.ts';
import { JobLostError, type Jobs } from '../../src/jobs/jobs.ts';
import { NoteJobs } from '../../src/jobs/note-jobs.ts';
import type { Leases } from '../../src/domain/leases.ts';
import type { Notes } from '../../src/domain/notes.ts';
import { TENANT } from './fixtures.ts';

/** What a store gives here. */
type Parts = { readonly notes: Notes; readonly leases: Leases };

/** Work that outlives requests and processes. */
export function jobsContract(store: () => Parts): void {
  describe('jobs', () => {
    /** Two processes on one store, and what happens when the first one dies: its leases run out. */
    const workers = () => {
      const { notes, leases } = store();
      const worker = (owner: string): Jobs => new NoteJobs({ notes, leases, clock: systemClock, owner });
      return { both: [worker('one'), worker('other')] as const, die: () => leases.release(`job/${TENANT}/a`, 'one') };
    };
    const draft = (id: string, tenant = TENANT) => ({ tenant, id, kind: 'count', data: { to: 3 } });
    const kinds = ['count'];

    it('are added once, are found and listed in their tenant alone', async () => {
      const [jobs] = workers().both;
      await Promise.all([
        jobs.add(draft('b')),
        jobs.add(draft('b')),
        jobs.add(draft('a')),
        jobs.add(draft('c', 'other')),
      ]);
      expect((await jobs.list({ tenant: TENANT, limit: 9 })).map(({ id }) => id)).to.deep.equal(['a', 'b']);
      expect((await jobs.list({ tenant: TENANT, after: 'a', limit: 9 })).map(({ id }) => id)).to.deep.equal(['b']);
      expect(await jobs.find(TENANT, 'b')).to.deep.include({
        ...draft('b'),
        state: 'waiting',
        runs: 0,
        checkpoint: {},
      });
      expect(await jobs.find('other', 'b')).to.equal(undefined);
    });

    it('are in the hands of one worker at a time', async () => {
      const [one, other] = workers().both;
      await one.add(draft('a'));
      const taken = await Promise.all([one.take(kinds), other.take(kinds), one.take(kinds), other.take(kinds)]);
      expect(taken.filter((each) => each !== undefined)).to.have.length(1);
      expect(await one.take(['another kind'])).to.equal(undefined);
      await taken.find((each) => each !== undefined)!.end({ state: 'done' });
      expect(await one.find(TENANT, 'a')).to.deep.include({ state: 'done', runs: 1 });
      expect(await other.take(kinds)).to.equal(undefined);
    });

    it('go on from what was saved when their worker dies, and the dead one can write no more', async () => {
      const { both, die } = workers();
      const [one, other] = both;
      await one.add(draft('a'));
      const dead = (await one.take(kinds))!;
      await dead.save({ checkpoint: { at: 2 }, progress: { done: 2, total: 3, phase: 'counting' } });
      await die();
      const heir = (await other.take(kinds))!;
      expect(heir.job).to.deep.include({ state: 'running', runs: 2, checkpoint: { at: 2 } });
      expect(heir.job.progress).to.deep.equal({ done: 2, total: 3, phase: 'counting' });
      const late = await dead.save({ checkpoint: { at: 9 }, progress: { done: 9 } }).then(
        () => undefined,
        (cause: unknown) => cause,
      );
      expect(late).to.be.instanceOf(JobLostError);
      await dead.end({ state: 'failed' });
      expect((await other.find(TENANT, 'a'))?.checkpoint).to.deep.equal({ at: 2 });
      await heir.end({ state: 'done' });
      expect(await other.find(TENANT, 'a')).to.deep.include({ state: 'done' });
    });

    it('are paused after the step at hand, rest, and are resumed where they were', async () => {
      const [jobs] = workers().both;
      await jobs.add(draft('a'));
      const taken = (await jobs.take(kinds))!;
      expect(await taken.keep()).to.equal(undefined);
      expect(await jobs.ask(TENANT, 'a', 'pause')).to.deep.include({ outcome: 'done' });
      expect(await jobs.ask(TENANT, 'a', 'pause')).to.deep.include({ outcome: 'done' });
      expect(await taken.save({ checkpoint: { at: 1 }, progress: { done: 1 } })).to.equal('pause');
      await taken.end({ state: 'paused', reason: 'asked' });
      expect(await jobs.find(TENANT, 'a')).to.deep.include({ state: 'paused', reason: 'asked' });
      expect(await jobs.take(kinds)).to.equal(undefined);
      expect(await jobs.ask(TENANT, 'a', 'resume')).to.deep.include({ outcome: 'done' });
      const again = (await jobs.take(kinds))!;
      expect(again.job).to.deep.include({ state: 'running', runs: 2, checkpoint: { at: 1 } });
      expect(again.job).not.to.have.any.keys('reason', 'wish');
      // A pause that is taken back before the worker has seen it never was.
      await jobs.ask(TENANT, 'a', 'pause');
      await jobs.ask(TENANT, 'a', 'resume');
      expect(await again.keep()).to.equal(undefined);
      await again.end({ state: 'done' });
      expect(await jobs.ask(TENANT, 'a', 'resume')).to.deep.include({ outcome: 'conflict' });
    });

    it('are cancelled at once unless they run, and then after the step at hand', async () => {
      const [jobs] = workers().both;
      await jobs.add(draft('a'));
      expect(await jobs.ask(TENANT, 'a', 'cancel')).to.have.nested.property('job.state', 'cancelled');
      expect(await jobs.take(kinds)).to.equal(undefined);
      await jobs.add(draft('b'));
      const taken = (await jobs.take(kinds))!;
      expect(await jobs.ask(TENANT, 'b', 'cancel')).to.have.nested.property('job.state', 'running');
      expect(await jobs.ask(TENANT, 'b', 'pause')).to.deep.include({ outcome: 'conflict' });
      expect(await taken.keep()).to.equal('cancel');
      await taken.end({ state: 'cancelled' });
      expect(await jobs.find(TENANT, 'b')).to.deep.include({ state: 'cancelled' });
      expect(await jobs.ask(TENANT, 'b', 'cancel')).to.deep.include({ outcome: 'done' });
      expect(await jobs.ask(TENANT, 'never', 'cancel')).to.deep.equal({ outcome: 'notFound' });
    });

    it('are given back by a worker that stops, with what was asked meanwhile', async () => {
      const [one, other] = workers().both;
      await one.add(draft('a'));
      const taken = (await one.take(kinds))!;
      await other.ask(TENANT, 'a', 'cancel');
      await taken.end({ state: 'waiting' });
      const next = (await other.take(kinds))!;
      expect(next.job).to.deep.include({ state: 'running', wish: 'cancel', runs: 2 });
      await next.end({ state: 'cancelled' });
    });

    it('are forgotten only when they have ended', async () => {
      const [jobs] = workers().both;
      await jobs.add(draft('a'));
      expect(await jobs.remove(TENANT, 'a')).to.equal(false);
      await jobs.ask(TENANT, 'a', 'cancel');
      expect(await jobs.remove(TENANT, 'a')).to.equal(true);
      expect(await jobs.find(TENANT, 'a')).to.equal(undefined);
      expect(await jobs.remove(TENANT, 'a')).to.equal(false);
    });
  });
}
