import { expect } from 'chai';
import { RefusalDelay } from '../../../src/provisioning/access/refusal-delay.ts';
import { ProvisioningBench, tenant, userBody } from '../../support/provisioning-bench.ts';

/** A stopwatch that moves by what the test makes things take, and by waiting. */
function stopwatch() {
  const watch = {
    at: 0,
    now: () => watch.at,
    wait: async (ms: number) => {
      watch.at += ms;
    },
  };
  return watch;
}

describe('the beat of refusals', () => {
  for (const [took, answeredAt] of [
    [0, 250],
    [40, 250],
    [199, 250],
    [201, 500],
    [449, 500],
    [451, 750],
  ] as const) {
    it(`answers after ${answeredAt} ms what took ${took} ms`, async () => {
      const watch = stopwatch();
      watch.at = 1_000;
      const beat = new RefusalDelay(250, watch).begin();
      watch.at += took;
      await beat();
      expect(watch.at - 1_000).to.equal(answeredAt);
    });
  }
});

describe('the time of a refused sign-in', () => {
  const password = 'Right-Password-1';
  let watch: ReturnType<typeof stopwatch>;
  let bench: ProvisioningBench;

  /** How long a try takes where reading and checking take next to nothing, and every commit a second. */
  async function timeOf(userName: string, secret = 'wrong password'): Promise<{ outcome: string; ms: number }> {
    const begun = watch.at;
    bench.store.interfereOnce(async () => {
      watch.at += 1_000;
    });
    const { outcome } = await bench.keys.signIn(tenant, userName, secret);
    return { outcome, ms: watch.at - begun };
  }

  beforeEach(async () => {
    watch = stopwatch();
    bench = new ProvisioningBench({}, { refusalMs: 250, stopwatch: watch });
    await bench.createUser(userBody('ines', {}, { password }));
  });

  it('is that of an unknown name where the account is locked', async () => {
    for (const name of ['ines', 'nobody'])
      for (let tries = 0; tries < 5; tries += 1) await bench.keys.signIn(tenant, name, 'wrong password');
    expect(await timeOf('ines')).to.deep.equal({ outcome: 'locked', ms: 250 });
    expect(await timeOf('nobody')).to.deep.equal({ outcome: 'locked', ms: 250 });
  });

  it('is that of an unknown name where the account is deactivated', async () => {
    const id = await bench.createUser(userBody('tove', {}, { password }));
    await bench.patchUser(id, [{ op: 'replace', path: 'active', value: false }]);
    expect(await timeOf('tove', password)).to.deep.equal({ outcome: 'invalid', ms: 250 });
    expect(await timeOf('nobody', password)).to.deep.equal({ outcome: 'invalid', ms: 250 });
  });

  it('does not wait for the failed try to be filed, which is filed all the same', async () => {
    let goOn = (): void => undefined;
    bench.store.interfereOnce(
      () =>
        new Promise((resolve) => {
          goOn = resolve;
        }),
    );
    expect((await bench.keys.signIn(tenant, 'ines', 'wrong password')).outcome).to.equal('invalid');
    expect(watch.at).to.equal(250);
    expect(bench.eventTypes()).not.to.include('signIn.failed');
    goOn();
    await bench.keys.settled();
    expect(bench.eventTypes()).to.include('signIn.failed');
  });

  it('lets nobody in by a right guess among many at once, and answers it as the wrong ones', async () => {
    const guesses = [...Array.from({ length: 30 }, (_, index) => `guess number ${index}`), password];
    const results = await Promise.all(guesses.map((guess) => bench.keys.signIn(tenant, 'ines', guess)));
    expect(new Set(results.map(({ outcome }) => outcome))).to.deep.equal(new Set(['invalid']));
    await bench.keys.settled();
    bench.now += 1_000;
    expect((await bench.keys.signIn(tenant, 'ines', password)).outcome).to.equal('locked');
  });

  it('lets nobody in by a right code among many at once', async () => {
    await bench.createUser(userBody('rhea', { preRegistration: true, invitationMethod: 'emailOtp' }));
    const [mail] = await bench.deliver();
    const guesses = [...Array.from({ length: 8 }, (_, index) => `ABCDEFG${index}`), String(mail!.values['code'])];
    const results = await Promise.all(guesses.map((guess) => bench.keys.signIn(tenant, 'rhea', guess)));
    expect(results.map(({ outcome }) => outcome)).not.to.include('codeAccepted');
  });
});
