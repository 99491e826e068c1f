import { expect } from 'chai';
import { onBehalfOf, presentCall } from '../../src/domain/present-call.ts';
import { systemScheduler } from '../../src/jobs/scheduler.ts';

describe("the machine's own timers", () => {
  it('run what a call has set for no call: loops that it has woken outlive it', async () => {
    const seen = await new Promise((resolve) => {
      onBehalfOf({ requestId: 'r1' }, () => systemScheduler.after(0, () => resolve(presentCall())));
    });
    expect(seen).to.equal(undefined);
  });
});
