import { expect } from 'chai';
import { AskedTogether } from '../../../../src/store/mongo/commands/asked-together.ts';

describe('What is asked for together', () => {
  const questions: string[] = [];
  const doubled = new AskedTogether<number, number>(async (key, items) => {
    questions.push(`${key}: ${items.join()}`);
    if (items.includes(0)) throw new Error('nothing to double');
    return (item) => item * 2;
  }, 3);
  beforeEach(() => questions.splice(0));

  it('is one question, and each is told its own answer', async () => {
    expect(await Promise.all([doubled.ask('a', 1), doubled.ask('a', 2)])).to.deep.equal([2, 4]);
    expect(questions).to.deep.equal(['a: 1,2']);
  });

  it('is one question for each key', async () => {
    expect(await Promise.all([doubled.ask('a', 1), doubled.ask('b', 2)])).to.deep.equal([2, 4]);
    expect(questions).to.deep.equal(['a: 1', 'b: 2']);
  });

  it('is several questions where there is more than one may ask', async () => {
    expect(await Promise.all([1, 2, 3, 4].map((n) => doubled.ask('a', n)))).to.deep.equal([2, 4, 6, 8]);
    expect(questions).to.deep.equal(['a: 1,2,3', 'a: 4']);
  });

  it('is gathered while a question is on its way, and asked for once that is answered', async () => {
    let answer = (): void => undefined;
    const asked: string[] = [];
    const slow = new AskedTogether<number, number>(async (_, items) => {
      asked.push(items.join());
      if (asked.length === 1) await new Promise<void>((resolve) => (answer = resolve));
      return (item) => item;
    }, 10);
    const first = slow.ask('a', 1);
    await new Promise((resolve) => setImmediate(resolve));
    const later = [slow.ask('a', 2)];
    await new Promise((resolve) => setImmediate(resolve));
    later.push(slow.ask('a', 3));
    const before = asked.length;
    answer();
    expect(await Promise.all([first, ...later])).to.deep.equal([1, 2, 3]);
    // A machine that halts here for longer than the question may be waited for asks for them one by one.
    if (before === 1) expect(asked.join(' ')).to.be.oneOf(['1 2,3', '1 2 3']);
  });

  it('does not wait long for a question that is not answered', async () => {
    const slow = new AskedTogether<number, number>(async (_, items) => {
      if (items.includes(1)) await new Promise(() => undefined);
      return (item) => item;
    }, 10);
    void slow.ask('a', 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await slow.ask('a', 2)).to.equal(2);
  });

  it('fails together, and what is asked for later does not', async () => {
    const outcomes = await Promise.allSettled([doubled.ask('a', 0), doubled.ask('a', 1)]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    expect(await doubled.ask('a', 1)).to.equal(2);
  });
});
