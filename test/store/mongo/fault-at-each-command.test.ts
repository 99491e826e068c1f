import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import { isWork } from '../../support/mongo-faults/command.ts';
import type { Command } from '../../support/mongo-faults/command.ts';
import { atEachPlace } from '../../support/mongo-faults/each-place.ts';
import { describeFault } from '../../support/mongo-faults/fault.ts';
import type { Fault } from '../../support/mongo-faults/fault.ts';
import { startFaultProxy } from '../../support/mongo-faults/fault-proxy.ts';
import type { FaultProxy } from '../../support/mongo-faults/fault-proxy.ts';
import type { FaultRule } from '../../support/mongo-faults/fault-plan.ts';
import type { MongoServerOptions } from '../../support/mongo-server.ts';
import { describeWithMongo, wipe } from '../../support/mongo-server-suite.ts';
import { committingAllOrNone, writeTrials } from './write-trials.ts';
import type { Stores, WriteTrial } from './write-trials.ts';

const retryable = { labels: ['RetryableWriteError'] } as const;

const cuts: readonly [Fault, ...Fault[]] = [
  { kind: 'cut before' },
  { kind: 'cut request' },
  { kind: 'cut after' },
  { kind: 'cut answer' },
];

const answers: readonly [Fault, ...Fault[]] = [
  { kind: 'refuse', code: 11602, ...retryable },
  { kind: 'refuse', code: 91, ...retryable },
  ...[13, 50, 14031, 8000].map((code): Fault => ({ kind: 'refuse', code })),
  { kind: 'unconfirmed', code: 64 },
  { kind: 'unconfirmed', code: 91, ...retryable },
];

/**
 * `FAULTS=all` tries each fault, once to four times, at each place; without it, each place meets one of them, and
 * each fault some places.
 */
const all = process.env['FAULTS'] === 'all';

type Injected = Omit<FaultRule, 'at'>;
type Rules = Readonly<Record<string, (place: number) => Injected>>;

const everyRule: Rules = Object.fromEntries(
  [...cuts, ...answers].flatMap((fault) =>
    [1, 2, 4].map((times) => [
      `${describeFault(fault)}${'labels' in fault ? ' (may be repeated)' : ''} × ${times}`,
      () => ({ fault, times }),
    ]),
  ),
);

const nth = <One>(several: readonly [One, ...One[]], n: number): One => several[n % several.length] ?? several[0];

const twiceCutAfter: Injected = { fault: { kind: 'cut after' }, times: 2 };

/** Places in a row meet different faults. */
const someRules: Rules = {
  'two tries cut after they were carried out, four cut before, or two refused': (place) =>
    nth<Injected>(
      [
        twiceCutAfter,
        { fault: { kind: 'cut before' }, times: 4 },
        { fault: nth(answers, Math.floor(place / 3)), times: 2 },
      ],
      place,
    ),
};

/** For a server for which the driver repeats nothing: the first failure is the store's. */
const standaloneRules: Rules = {
  'first try cut, or two cut after they were carried out': (place) =>
    nth<Injected>([{ fault: nth(cuts, Math.floor(place / 2)) }, twiceCutAfter], place),
};

/**
 * A transaction that the server is told neither to commit nor to abort holds its documents for a minute: slow to look
 * at.
 */
function leavesOpen({ name }: Command, { kind }: Fault): boolean {
  return name === 'abortTransaction' || (name === 'commitTransaction' && kind === 'refuse');
}

function describeFaults(
  title: string,
  database: string,
  trials: Readonly<Record<string, WriteTrial>>,
  rules: Rules,
  options: MongoServerOptions = {},
): void {
  describeWithMongo(
    title,
    database,
    (suite) => {
      let proxy: FaultProxy;
      let stores: Stores;

      before(async () => {
        proxy = await startFaultProxy(suite().uri);
        const [faulty, sound] = await Promise.all(
          [proxy.uri(database), suite().uri].map((uri) => openMongoStore({ uri, clock: systemClock })),
        );
        if (!faulty || !sound) throw new Error('not open');
        stores = { faulty, sound, direct: suite().direct, wipe: () => wipe(suite().direct) };
      });
      after(async () => {
        await stores.faulty.close();
        await stores.sound.close();
        await proxy.close();
      });

      for (const [name, trial] of Object.entries(trials)) {
        describe(name, () => {
          for (const [kind, rule] of Object.entries(all ? everyRule : rules)) {
            it(`loses and doubles nothing: ${kind}`, async function () {
              this.timeout(300_000);
              const places = await atEachPlace(
                proxy,
                (place) => {
                  const injected = rule(place);
                  return { matches: (command) => isWork(command) && !leavesOpen(command, injected.fault), ...injected };
                },
                trial(stores),
              );
              expect(places).not.to.deep.equal([]);
            });
          }
        });
      }
    },
    options,
  );
}

describeFaults(
  'MongoDB: a fault at each command',
  'latchkey-faults',
  { ...writeTrials, 'committing all or none': committingAllOrNone },
  someRules,
);
describeFaults(
  'MongoDB: a fault at each command, on a standalone server',
  'latchkey-faults',
  writeTrials,
  standaloneRules,
  { standalone: true },
);
