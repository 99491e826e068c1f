import { expect } from 'chai';
import { FairTurns } from '../../../src/http/calls/fair-turns.ts';

describe('fair turns', () => {
  /** Starts tasks that end when they are told to; answers in which order they began. */
  const bench = (most: number, mostOfTenant: number) => {
    const turns = new FairTurns(most, mostOfTenant);
    const began: string[] = [];
    const ends: (() => void)[] = [];
    const all: Promise<void>[] = [];
    const ask = (tenant: string, client: string, name: string): void => {
      all.push(
        Promise.resolve(
          turns.run(tenant, client, async () => {
            began.push(name);
            await new Promise<void>((resolve) => ends.push(resolve));
          }),
        ),
      );
    };
    const settle = async (): Promise<void> => {
      for (let n = 0; n < 10; n += 1) await Promise.resolve();
    };
    const endOne = async (): Promise<void> => {
      ends.shift()?.();
      await settle();
    };
    return { ask, began, endOne, settle, all };
  };

  it('run at once while there is room, and never more than there may be, of one tenant either', async () => {
    const { ask, began, settle } = bench(4, 3);
    for (let n = 0; n < 9; n += 1) ask('a', 'x', `a${n}`);
    await settle();
    expect(began).to.deep.equal(['a0', 'a1', 'a2']);
    ask('b', 'y', 'b0');
    ask('b', 'y', 'b1');
    await settle();
    expect(began).to.deep.equal(['a0', 'a1', 'a2', 'b0']);
  });

  it('alternate between tenants, and between the clients of one, however much one of them asks for', async () => {
    const { ask, began, endOne, settle, all } = bench(1, 1);
    for (let n = 0; n < 6; n += 1) ask('a', 'loud', `loud${n}`);
    ask('a', 'quiet', 'quiet0');
    ask('b', 'other', 'other0');
    ask('b', 'other', 'other1');
    await settle();
    for (let n = 0; n < 9; n += 1) await endOne();
    await Promise.all(all);
    expect(began).to.deep.equal(['loud0', 'loud1', 'other0', 'quiet0', 'other1', 'loud2', 'loud3', 'loud4', 'loud5']);
  });

  it('give a place back after a task that failed', async () => {
    const turns = new FairTurns(1, 1);
    const no = new Error('no');
    const failed = (async () => turns.run('a', 'x', async () => Promise.reject(no)))().catch(() => 'failed');
    expect(await failed).to.equal('failed');
    expect(() =>
      turns.run('a', 'x', () => {
        throw no;
      }),
    ).to.throw(no);
    expect(await turns.run('a', 'x', async () => 'done')).to.equal('done');
  });

  it('answer within the turn where a task does, and give its place back', () => {
    const turns = new FairTurns(1, 1);
    expect(turns.run('a', 'x', () => 'one')).to.equal('one');
    expect(turns.run('a', 'x', () => 'two')).to.equal('two');
  });
});
