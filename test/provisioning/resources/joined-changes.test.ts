import { expect } from 'chai';
import { JoinedChanges } from '../../../src/provisioning/resources/joined-changes.ts';
import { StoreUnavailableError } from '../../../src/provisioning/records/resource-store.ts';
import { InvalidValueError } from '../../../src/scim/model/scim-error.ts';

/** Who made each change: the service by itself, or the one whose writes go together. */
type Made = (who: string) => Promise<string>;

describe('Joined changes', () => {
  let made: string[];
  let open: () => void;
  let writes: (() => Promise<boolean>)[];
  const change =
    (name: string): Made =>
    async (who) => {
      made.push(`${name} ${who}`);
      return name;
    };
  /** The first change of a record, which lasts until `open` is called. */
  const first: Made = async (who) => {
    await new Promise<void>((resolve) => {
      open = resolve;
    });
    return change('first')(who);
  };
  const joined = () =>
    new JoinedChanges<string>('alone', async (work) => {
      await work('together');
      return (await writes.shift()?.()) ?? true;
    });
  const outcomes = async (work: readonly Promise<unknown>[]) =>
    (await Promise.allSettled(work)).map((one) =>
      one.status === 'fulfilled' ? one.value : (one.reason as Error).message,
    );

  beforeEach(() => {
    made = [];
    writes = [];
  });

  it('are made one after another and written together when they come while one is written', async () => {
    const changes = joined();
    const all = [changes.run('a', first), ...['second', 'third'].map((name) => changes.run('a', change(name)))];
    const other = changes.run('b', change('of another record'));
    expect(await other).to.equal('of another record');
    open();
    expect(await outcomes(all)).to.deep.equal(['first', 'second', 'third']);
    expect(made).to.deep.equal(['of another record alone', 'first alone', 'second together', 'third together']);
    expect(await changes.run('a', change('later'))).to.equal('later');
    expect(made.at(-1)).to.equal('later alone');
  });

  it('refuse only the one that is refused', async () => {
    const changes = joined();
    const refused: Made = async () => {
      throw new InvalidValueError('no such member');
    };
    const all = [changes.run('a', first), changes.run('a', change('second')), changes.run('a', refused)];
    open();
    expect(await outcomes(all)).to.deep.equal(['first', 'second', 'no such member']);
  });

  it('are made each by itself where another writer was quicker, or one of them fails', async () => {
    const changes = joined();
    writes = [async () => false];
    const all = [changes.run('a', first), changes.run('a', change('second')), changes.run('a', change('third'))];
    open();
    expect(await outcomes(all)).to.deep.equal(['first', 'second', 'third']);
    expect(made.slice(-2)).to.deep.equal(['second alone', 'third alone']);

    const failing: Made = async () => {
      throw new Error('a fault of ours');
    };
    const more = [changes.run('a', first), changes.run('a', change('fourth')), changes.run('a', failing)];
    open();
    expect(await outcomes(more)).to.deep.equal(['first', 'fourth', 'a fault of ours']);
    expect(made.at(-1)).to.equal('fourth alone');
  });

  it('are not made again where it is not known whether they were written', async () => {
    const changes = joined();
    writes = [
      async () => {
        throw new StoreUnavailableError('the disk is gone');
      },
    ];
    const all = [changes.run('a', first), changes.run('a', change('second')), changes.run('a', change('third'))];
    open();
    expect(await outcomes(all)).to.deep.equal(['first', 'the disk is gone', 'the disk is gone']);
    expect(made).to.deep.equal(['first alone', 'second together', 'third together']);
  });
});
