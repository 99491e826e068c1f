import { expect } from 'chai';
import { beginCall, onBehalfOf, presentCall } from '../../src/domain/present-call.ts';

describe('the present call', () => {
  it('is known to all that runs on its behalf, also after something was waited for', async () => {
    const call = { requestId: 'r1' };
    await onBehalfOf(call, async () => {
      await Promise.resolve();
      expect(presentCall()).to.equal(call);
    });
    expect(presentCall()).to.equal(undefined);
  });

  it('stays known after its answer, and is given up some time after the last of several', async () => {
    const ends = [beginCall(0), beginCall(0)];
    let goOn = (): void => undefined;
    const afterwork = onBehalfOf({ requestId: 'r2' }, async () => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return presentCall()?.requestId;
    });
    ends[0]!();
    await timersTurn();
    onBehalfOf({ requestId: 'r3' }, () => expect(presentCall()?.requestId).to.equal('r3'));
    ends[1]!();
    goOn();
    expect(await afterwork).to.equal('r2');
  });

  it('is carried through work that no request has begun, however long, and is given up after it', async () => {
    let goOn = (): void => undefined;
    const waited = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let leftBehind: Promise<string | undefined> | undefined;
    const work = onBehalfOf(
      { requestId: 'job' },
      async () => {
        await waited;
        const known = presentCall()?.requestId;
        leftBehind = timersTurn().then(() => presentCall()?.requestId);
        return known;
      },
      0,
    );
    await timersTurn();
    goOn();
    expect(await work).to.equal('job');
    await timersTurn();
    expect(await leftBehind).to.equal(undefined);
  });

  it('begins anew with the next call', async () => {
    beginCall(0)();
    await timersTurn();
    const end = beginCall();
    await onBehalfOf({ requestId: 'r4' }, async () => {
      await Promise.resolve();
      expect(presentCall()?.requestId).to.equal('r4');
    });
    end();
  });
});

/** Timers of no length have run. */
function timersTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(() => setTimeout(resolve, 0), 0));
}
