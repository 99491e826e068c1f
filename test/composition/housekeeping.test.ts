import { expect } from 'chai';
import { Housekeeping, type Chore } from '../../src/composition/housekeeping.ts';

describe('housekeeping', () => {
  it('does at the start what cannot wait, and the rest a while after it', async () => {
    const done: string[] = [];
    const chore = (name: string, when: Partial<Chore>): Chore => ({
      everyMs: 60_000,
      run: () => Promise.resolve(done.push(name)),
      failure: name,
      ...when,
    });
    const housekeeping = new Housekeeping(
      [
        chore('later', {}),
        chore('soon', { firstWithinMs: 1_000 }),
        chore('much later', { firstWithinMs: 10_000_000_000 }),
        chore('at once', { atStart: true }),
      ],
      { warn: () => undefined },
      () => 0.001,
    );
    housekeeping.start();
    expect(done).to.deep.equal(['at once']);
    while (!done.includes('soon')) await new Promise((resolve) => setTimeout(resolve, 1));
    housekeeping.stop();
    expect(done).to.deep.equal(['at once', 'soon']);
  });

  it('goes on after a turn that failed, and says what failed', async () => {
    const warned: unknown[] = [];
    let turns = 0;
    const failing: Chore = {
      everyMs: 1,
      atStart: true,
      run: () => Promise.reject(new Error(String((turns += 1)))),
      failure: 'the chore failed',
    };
    const housekeeping = new Housekeeping([failing], { warn: (_error: unknown, text?: string) => warned.push(text) });
    housekeeping.start();
    while (turns < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    housekeeping.stop();
    await Promise.resolve();
    expect(new Set(warned)).to.deep.equal(new Set(['the chore failed']));
  });
});
